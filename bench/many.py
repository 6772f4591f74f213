"""A hundred thousand invented objects in the tree of a real country's size: datasets with an edition, documents, people.

The rows are written in bulk, as the database would hold them after years of work; the search rows come from the
product's own reindexing. PARTS is the list of makers, each (count, chance) → rows made; a new noun adds its own.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection

from bench.search_corpus import ENGLISH, LAO
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Appointment, Organisation, Person, Position
from sala.places.models import Area
from sala.search.operations import reindex

AT_ONCE = 2000
SHARES = {"datasets": 0.6, "documents": 0.35, "people": 0.05}
TIERS, WEIGHTS = ["public", "government", "own"], [80, 15, 5]


def words(chance: random.Random, count: int) -> Translated:
    english = " ".join(chance.choices(ENGLISH, k=count))
    return Translated(lo="".join(chance.choices(LAO, k=count)), en=english.capitalize())


def terms(scheme: str) -> list[Term]:
    return list(Term.objects.filter(scheme=scheme))


def datasets(count: int, chance: random.Random) -> None:
    """Most cover a district, each with one published edition of last year or longer ago."""
    areas, owners = list(Area.objects.select_related("level")), list(Organisation.objects.all())
    weights = [area.level.rank + 1 for area in areas]
    licences, frequencies, topics = terms("licence"), terms("frequency"), terms("topic")
    now = clock.now()
    made = [
        Dataset(
            slug=f"bench-{number}", title=words(chance, 4), description=words(chance, 25), owner=chance.choice(owners),
            place=place, tier=chance.choices(TIERS, WEIGHTS)[0], licence=chance.choice(licences),
            frequency=chance.choice(frequencies), state="published", is_published=True, is_invented=True,
        )
        for number, place in enumerate(chance.choices(areas, weights, k=count))
    ]  # fmt: skip
    Dataset.objects.bulk_create(made, batch_size=AT_ONCE)
    tagged = Dataset.topics.through
    tagged.objects.bulk_create(
        [tagged(dataset_id=dataset.pk, term_id=chance.choice(topics).pk) for dataset in made], batch_size=AT_ONCE
    )
    parts = [Distribution(dataset=dataset, code="data", name=words(chance, 2)) for dataset in made]
    Distribution.objects.bulk_create(parts, batch_size=AT_ONCE)
    columns = [{"name": name, "label": name, "type": "text"} for name in ("code", "name", "amount")]
    Edition.objects.bulk_create(
        [
            Edition(
                distribution=part, number=1, state="published", is_published=True, period=str(chance.randint(2015, 2025)),
                file_name="data.csv", media_type="text/csv", format="csv", bytes=10_000, sha256=f"{part.pk:064x}",
                rows=chance.randint(10, 5000), columns=columns, received_at=now, published_at=now,
            )
            for part in parts
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip


def documents(count: int, chance: random.Random) -> None:
    areas, owners = list(Area.objects.all()), list(Organisation.objects.all())
    kinds, topics, now = terms("document-kind"), terms("topic"), clock.now()
    made = [
        Document(
            slug=f"bench-{number}", kind=chance.choice(kinds), title=words(chance, 6), summary=words(chance, 30),
            number=f"{number}/BENCH", issuer=owner, owner=owner, issued_on=date(2000, 1, 1) + timedelta(chance.randint(0, 9000)),
            tier=chance.choices(TIERS, WEIGHTS)[0], state="published", is_published=True, published_at=now, is_invented=True,
        )
        for number, owner in enumerate(chance.choices(owners, k=count))
    ]  # fmt: skip
    Document.objects.bulk_create(made, batch_size=AT_ONCE)
    for through, key, choices in (
        (Document.areas.through, "area_id", areas),
        (Document.topics.through, "term_id", topics),
    ):
        through.objects.bulk_create(
            [through(document_id=one.pk, **{key: chance.choice(choices).pk}) for one in made], batch_size=AT_ONCE
        )


def people(count: int, chance: random.Random) -> None:
    """Invented holders, as many posts as there are people for."""
    posts = list(Position.objects.order_by("pk"))
    chance.shuffle(posts)
    made = [
        Person(name=f"Invented holder {number}", email=f"bench-{number}@example.org", is_invented=True)
        for number in range(min(count, len(posts)))
    ]
    Person.objects.bulk_create(made, batch_size=AT_ONCE)
    held = [
        Appointment(person=person, position=post, valid=(date(2020, 1, 1), None))
        for person, post in zip(made, posts, strict=False)
    ]
    Appointment.objects.bulk_create(held, batch_size=AT_ONCE)


PARTS: dict[str, Callable[[int, random.Random], None]] = {
    "datasets": datasets,
    "documents": documents,
    "people": people,
}


def fill(count: int) -> None:
    """Make `count` objects in all, and their search rows."""
    chance = random.Random(11)
    for name, make in PARTS.items():
        make(int(count * SHARES[name]), chance)
    reindex()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
