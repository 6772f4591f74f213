"""A hundred thousand invented objects in the tree of a real country's size, as years of work would leave them.

Villages with their authorities, datasets with editions and figures, documents with pages, calls with assignments,
people in their posts. The rows go in by COPY. PARTS is the list of makers, each (count, chance) → rows made; a new noun
adds its own.
"""

import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from bench.bulk import copy, ids, repeat
from bench.search_corpus import ENGLISH, LAO
from sala.access.actor import command
from sala.catalogue import operations
from sala.catalogue.models import Dataset, Distribution, Edition, Figure, KeyFigure
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document, DocumentFile, DocumentPage
from sala.duties.calculations import OutcomeRow, statistics
from sala.duties.models import Assignment, Call
from sala.people.models import Appointment, Organisation, Person, Position
from sala.places.models import Area, Level, Parenthood

SHARES = {"villages": 0.17, "datasets": 0.6, "documents": 0.2, "calls": 0.03, "people": 0.05}  # a village has an office
TIERS, WEIGHTS = ["public", "government", "own"], [80, 15, 5]
PAGES, ASKED = 2, 5  # pages of a document, posts asked by a call
KEY_FIGURES, YEARS = 40, range(2015, 2025)
SINCE = (date(2020, 1, 1), None)
PATIENCE = timedelta(days=30)


def words(chance: random.Random, count: int) -> Translated:
    english = " ".join(chance.choices(ENGLISH, k=count))
    return Translated(lo="".join(chance.choices(LAO, k=count)), en=english.capitalize())


def day(chance: random.Random) -> date:
    return date(2000, 1, 1) + timedelta(chance.randint(0, 9000))


def terms(scheme: str) -> list[Term]:
    return list(Term.objects.filter(scheme=scheme))


def villages(count: int, chance: random.Random) -> None:
    """Half of them the villages, half their authorities: an organisation and its head's post for each."""
    level = Level.objects.order_by("rank").last()
    above = list(Area.objects.filter(level__rank=level.rank - 1))
    offices = {office.area_id: office for office in Organisation.objects.filter(area__in=above, kind="administration")}
    areas, houses, posts = [], [], []
    numbers = [ids(model, count // 2) for model in (Area, Organisation, Position)]
    for number, (area_id, house_id, post_id) in enumerate(zip(*numbers, strict=True)):
        district = above[number % len(above)]
        code = f"{district.code}{number // len(above) + 1:03}"
        area = Area(id=area_id, level=level, code=code, name=words(chance, 2), parent=district, is_invented=True,
                    path=f"{district.path}{area_id}/")  # fmt: skip
        above_it = offices.get(district.id)
        house = Organisation(
            id=house_id, code=f"village-{code}", name=area.name, kind="village", area=area, parent=above_it,
            path=f"{above_it.path if above_it else '/'}{house_id}/", is_invented=True,
        )  # fmt: skip
        areas.append(area)
        houses.append(house)
        posts.append(Position(id=post_id, organisation=house, code=f"village-{code}-head", title=words(chance, 1), is_head=True,
                              is_invented=True))  # fmt: skip
    copy(areas)
    copy([Parenthood(area=area, parent=area.parent, valid=(None, None)) for area in areas], with_id=False)
    copy(houses)
    copy(posts)


def datasets(count: int, chance: random.Random) -> None:
    """Most cover a district or a village, each with a published edition that shares one real file of real places."""
    real = _real_edition()
    areas, owners = list(Area.objects.select_related("level")), list(Organisation.objects.all())
    weights = [area.level.rank + 1 for area in areas]
    licences, frequencies, topics = terms("licence"), terms("frequency"), terms("topic")
    parts = list(zip(*(ids(model, count) for model in (Dataset, Distribution, Edition)), strict=True))
    made = [
        Dataset(
            id=dataset_id, slug=f"bench-{number}", title=words(chance, 4), description=words(chance, 25),
            owner=chance.choice(owners), place=place, tier=chance.choices(TIERS, WEIGHTS)[0],
            licence=chance.choice(licences), frequency=chance.choice(frequencies), state="published",
            is_published=True, is_invented=True,
        )
        for number, ((dataset_id, _part, _edition), place) in enumerate(
            zip(parts, chance.choices(areas, weights, k=count), strict=True))
    ]  # fmt: skip
    copy(made)
    tagged = Dataset.topics.through
    copy([tagged(dataset_id=one.id, term_id=chance.choice(topics).pk) for one in made], with_id=False)
    dataset_ids, part_ids, edition_ids = zip(*parts, strict=True)
    repeat(real.distribution, id=part_ids, dataset_id=dataset_ids)
    for column in real.distribution.dictionary.all():
        repeat(column, distribution_id=part_ids)
    _editions(real, part_ids, edition_ids, chance)
    operations.keep_all_promises()
    numbers = [real.rows] * count
    repeat(real.areas.first(), edition_id=edition_ids, area_id=[one.place_id for one in made], rows=numbers)
    _figures(parts[:KEY_FIGURES], chance)


def _real_edition() -> Edition:
    """An edition that was taken in as any other, for its file, its table and its columns."""
    codes = list(Area.objects.filter(level__rank=2).values_list("code", flat=True))
    lines = [f"{code},2024,row {number},{number * 7}" for number, code in enumerate(codes)]
    dataset = operations.create_dataset(
        command(), owner=Organisation.objects.order_by("pk").first(), slug="bench", tier="public",
        place=Area.objects.order_by("pk").first(), title=Translated(lo="ຂໍ້ມູນ", en="Data"), licence=terms("licence")[0],
    )  # fmt: skip
    part = operations.add_distribution(command(), dataset, code="data", name=Translated(lo="ຕາຕະລາງ", en="Table"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        path.write_text("\n".join(["code,year,name,amount", *lines]), encoding="utf-8")
        edition = operations.receive_edition(command(), part, path, path.name, period="2024")
    edition = operations.settle_edition(command(), edition, recipe={}, roles={"code": "area", "year": "period"})
    operations.submit_edition(command(), edition)
    operations.publish_edition(command(), edition)
    return Edition.objects.get(pk=edition.pk)


def _editions(real: Edition, part_ids: Sequence[int], edition_ids: Sequence[int], chance: random.Random) -> None:
    """One for each part, published at some time in the last eight years, of the period of the year before."""
    now = clock.now()
    published = [now - timedelta(days=chance.randint(1, 3000)) for _part in part_ids]
    first = Edition(
        id=edition_ids[0], distribution_id=part_ids[0], number=1, state="published", is_published=True,
        period=str(published[0].year - 1), file_name=real.file_name, media_type=real.media_type, format=real.format,
        bytes=real.bytes, sha256=real.sha256, table_sha256=real.table_sha256, rows=real.rows, columns=real.columns,
        area_column=real.area_column, period_column=real.period_column, received_at=published[0],
        published_at=published[0], area_map={},
    )  # fmt: skip
    copy([first])
    repeat(
        first, id=edition_ids[1:], distribution_id=part_ids[1:], period=[str(day.year - 1) for day in published[1:]],
        received_at=published[1:], published_at=published[1:],
    )  # fmt: skip


def _figures(parts: list[tuple[int, int, int]], chance: random.Random) -> None:
    """Ten years of some key figures for every district, every province and the country."""
    keys = [
        KeyFigure(id=key_id, distribution_id=part_id, code=f"figure-{key_id}", name=words(chance, 3), value_column="amount")
        for key_id, (_dataset, part_id, _edition) in zip(ids(KeyFigure, len(parts)), parts, strict=True)
    ]  # fmt: skip
    copy(keys)
    places = list(Area.objects.filter(level__rank__lte=2).values_list("pk", flat=True))
    copy([
        Figure(key_figure=key, edition_id=edition_id, area_id=area_id, period=str(year), period_end=date(year, 12, 31),
               value=chance.randint(1, 10**6), row=1)
        for key, (_dataset, _part, edition_id) in zip(keys, parts, strict=True) for area_id in places for year in YEARS
    ], with_id=False)  # fmt: skip


def documents(count: int, chance: random.Random) -> None:
    areas, owners = list(Area.objects.all()), list(Organisation.objects.all())
    kinds, topics, now = terms("document-kind"), terms("topic"), clock.now()
    numbers = list(zip(ids(Document, count), ids(DocumentFile, count), strict=True))
    made = [
        Document(
            id=pk, slug=f"bench-{number}", kind=chance.choice(kinds), title=words(chance, 6), summary=words(chance, 30),
            number=f"{number}/BENCH", issuer=owner, owner=owner, issued_on=day(chance), language="lo",
            tier=chance.choices(TIERS, WEIGHTS)[0], state="published", is_published=True, published_at=now, is_invented=True,
        )
        for number, ((pk, _file), owner) in enumerate(zip(numbers, chance.choices(owners, k=count), strict=True))
    ]  # fmt: skip
    copy(made)
    for through, key, choices in (
        (Document.areas.through, "area_id", areas),
        (Document.topics.through, "term_id", topics),
    ):
        copy([through(document_id=one.pk, **{key: chance.choice(choices).pk}) for one in made], with_id=False)
    copy([DocumentFile(id=file_id, document_id=pk, language="lo", name="text.pdf", media_type="application/pdf", bytes=100_000,
                       sha256=f"{file_id:064x}", added_at=now) for pk, file_id in numbers])  # fmt: skip
    copy([DocumentPage(document_id=pk, file_id=file_id, language="lo", number=page, text="".join(chance.choices(LAO, k=80)))
          for pk, file_id in numbers for page in range(1, PAGES + 1)], with_id=False)  # fmt: skip


def calls(count: int, chance: random.Random) -> None:
    """Each asks a few posts; a third is still open, and of those some are late."""
    posts = list(Position.objects.order_by("pk"))
    today, now = clock.today(), clock.now()
    made = []
    for number, pk in enumerate(ids(Call, count)):
        opens = today - timedelta(days=chance.randint(20, 60) if number % 3 == 0 else chance.randint(200, 2000))
        made.append(Call(
            id=pk, reference=f"BENCH-{number}", kind="data-call", title=words(chance, 4), purpose=words(chance, 10),
            instruction=words(chance, 20), issuer=chance.choice(posts), opens_on=opens, due_on=opens + PATIENCE,
            state="issued" if number % 3 == 0 else "closed", is_issued=True, tier=chance.choices(TIERS, WEIGHTS)[0],
            is_invented=True, made_at=now, issued_at=now,
            statistics=statistics([OutcomeRow("accepted", True, 9)] * ASKED) if number % 3 else None,
        ))  # fmt: skip
    copy(made)
    copy([assignment(call, post, chance) for call in made for post in chance.sample(posts, ASKED)], with_id=False)


def assignment(call: Call, post: Position, chance: random.Random) -> Assignment:
    state = "accepted" if call.state == "closed" else chance.choice(["issued", "in_progress", "submitted"])
    waits = {"accepted": None, "submitted": call.issuer}.get(state, post)
    return Assignment(call=call, position=post, due_on=call.due_on, state=state, waits_for=waits)


def people(count: int, chance: random.Random) -> None:
    """Invented holders, as many posts as there are people for."""
    posts = list(Position.objects.filter(appointments__isnull=True).order_by("pk"))
    chance.shuffle(posts)
    made = [
        Person(id=pk, name=f"Invented holder {number}", email=f"bench-{number}@example.org", is_invented=True)
        for number, pk in enumerate(ids(Person, min(count, len(posts))))
    ]
    copy(made)
    held = zip(made, posts, strict=False)
    copy([Appointment(person=person, position=post, valid=SINCE) for person, post in held], with_id=False)


PARTS: dict[str, Callable[[int, random.Random], None]] = {
    "villages": villages,
    "datasets": datasets,
    "documents": documents,
    "calls": calls,
    "people": people,
}


def fill(count: int) -> None:
    """Make `count` objects in all. Their search rows are written by whoever asked for them."""
    chance = random.Random(11)
    for name, make in PARTS.items():
        make(int(count * SHARES[name]), chance)
