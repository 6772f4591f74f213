"""Lists of our own nouns as a form reads them: places of a level, facilities of a kind, organisations, within an area.

A list is CSV in UTF-8: name (the code), label (in the country's language), label_CODE for every language, the codes of
the areas around it under the code of each level (so that one list narrows another), and geometry, a point as forms write it.
Everything in it is open to everyone; only a list of another register (collection.about) is made for each reader, with
what that reader may know.
"""

import csv
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.collection.about import nouns
from sala.collection.models import FormMedia
from sala.core import language
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.people.models import Organisation, OrganisationKind
from sala.places.models import Area, Facility, FacilityKind, Level
from sala.places.queries.areas import current
from sala.places.queries.facilities import facilities_of

# seconds for which a process keeps a list made for one reader: between the asking for its hash and the fetching of it
AT_HAND = 60
PLACES, FACILITIES, ORGANISATIONS = "places", "facilities", "organisations"
NOUNS = (
    (PLACES, gettext_lazy("Places of a level")),
    (FACILITIES, gettext_lazy("Facilities of a kind")),
    (ORGANISATIONS, gettext_lazy("Organisations")),
)


def all_nouns() -> tuple[tuple[str, Any], ...]:
    """What lists can be made of, with those of other parts."""
    return (*NOUNS, *((noun.code, noun.plural) for noun in nouns().values()))


@dataclass(frozen=True)
class Source:
    """What a list is made of, kept as noun:kind:area.

    kind  code of a level, of a kind of facility, or of a kind of organisation ("": of every kind)
    area  code of the area within which they lie
    """

    noun: str
    kind: str
    area: str

    def __str__(self) -> str:
        return f"{self.noun}:{self.kind}:{self.area}"

    @property
    def is_by_reader(self) -> bool:
        """A list of another register: each reader gets it with what that reader may know."""
        return self.noun in nouns()

    @classmethod
    def read(cls, text: str) -> "Source":
        """Raises ValueError for anything that str() did not write."""
        noun, kind, area = text.split(":")
        if noun not in dict(all_nouns()):
            raise ValueError(text)
        return cls(noun, kind, area)

    def words(self) -> str:
        """For people: “Village · Laos”."""
        area = Area.objects.filter(code=self.area).first()
        if self.is_by_reader:
            return f"{nouns()[self.noun].plural} · {area or self.area}"
        if self.noun == PLACES:
            what: Any = Level.objects.filter(code=self.kind).first()
        elif self.noun == FACILITIES:
            what = FacilityKind.objects.filter(code=self.kind).first()
        else:
            what = dict(OrganisationKind.choices).get(self.kind, _("Organisations"))
        return f"{what or self.kind} · {area or self.area}"


def made(source: Source, actor: Actor | None = None) -> bytes:
    """The list as CSV, in the order of the codes. Raises Invalid where the area or the kind is not known.

    actor  the reader of a list that is made for each reader (Source.is_by_reader); None: everybody
    """
    area = Area.objects.filter(code=source.area).first()
    if area is None:
        raise Invalid(_("There is no place with the code %(code)s.") % {"code": source.area})
    rows, levels = _rows(source, area, actor or public())
    around = Around(levels)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    more = ["kind", "parent"] if source.noun == ORGANISATIONS else []
    if source.is_by_reader:
        more = list(nouns()[source.noun].columns)
    codes = language.languages()
    out.writerow(["name", "label", *(f"label_{code}" for code in codes), *around.columns, *more, "geometry"])
    for code, name, path, point, extra in rows:
        texts = Translated(name)
        label = texts.text(language.required_language()).text or code
        said = [texts.get(each) or label for each in codes]
        out.writerow([code, label, *said, *around.codes_of(path), *extra, _point(point)])
    return text.getvalue().encode()


def for_reader(file: FormMedia, actor: Actor) -> tuple[bytes, str] | None:
    """(content, MD5) of a list that is made for each reader; None: the kept file is the same for everybody.

    Raises Invalid where the area of the list is not known any more.
    """
    if not file.source or file.source.split(":")[0] not in nouns():
        return None
    source = Source.read(file.source)
    key = _key(file, source, actor)
    kept: tuple[bytes, str] | None = cache.get(key) if key else None
    if kept is not None:
        return zlib.decompress(kept[0]), kept[1]
    content = made(source, actor)
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if key:
        cache.set(key, (zlib.compress(content), md5), AT_HAND)
    return content, md5


def _key(file: FormMedia, source: Source, actor: Actor) -> str:
    """Names the list as it stands for this reader, with the rights of today; "" where it has to be made each time."""
    area = Area.objects.filter(code=source.area).first()
    mark = nouns()[source.noun].mark(actor, area.path) if area else ""
    if not mark:
        return ""
    rights = [
        (one.position_id, one.organisation_path, [(sorted(each.verbs), each.area_path, each.organisation_path) for each in one.grants])
        for one in actor.holdings
    ]  # fmt: skip
    shared = sorted((noun, sorted(ids)) for noun, ids in actor.shared.items())
    told = repr([file.source, get_language(), actor.is_everything, rights, shared, mark])
    return f"list-{file.pk}-{hashlib.sha256(told.encode()).hexdigest()}"


Row = tuple[str, dict[str, str], str, Point | None, list[str]]


def _rows(source: Source, area: Area, actor: Actor) -> tuple[Iterator[Row], list[Level]]:
    """(code, name, path, point, further cells) of each, and the levels that may lie around them."""
    levels = list(Level.objects.order_by("rank"))[1:]  # the country itself lies around everything
    if source.is_by_reader:
        return iter(nouns()[source.noun].listed(actor, area.path)), levels
    if source.noun == PLACES:
        level = _known(Level.objects.filter(code=source.kind).first())
        areas = current(level).filter(path__startswith=area.path).order_by("code")
        told = areas.values_list("code", "name", "path", "label_point")
        return ((*row, []) for row in told.iterator()), [each for each in levels if each.rank < level.rank]
    if source.noun == FACILITIES:
        kind = _known(FacilityKind.objects.filter(code=source.kind).first())
        open_ones = visible(public(), Facility).filter(pk__in=facilities_of(kind, area.path).values("pk"))
        facilities = open_ones.order_by("code").values_list("code", "name", "area__path", "point")
        return ((*row, []) for row in facilities.iterator()), levels
    houses = visible(public(), Organisation).filter(area__path__startswith=area.path, closed_on__isnull=True)
    if source.kind:
        houses = houses.filter(kind=source.kind)
    listed = houses.order_by("code").values_list("code", "name", "area__path", "kind", "parent__code")
    return ((code, name, path, None, [kind, parent or ""]) for code, name, path, kind, parent in listed.iterator()), levels  # fmt: skip


def _known(row: Any) -> Any:
    if row is None:
        raise Invalid(_("Choose the level or the kind that the list is made of."))
    return row


class Around:
    """The codes of the areas on a path, by level."""

    def __init__(self, levels: list[Level]):
        self.columns = [level.code for level in levels]
        place = {level.pk: number for number, level in enumerate(levels)}
        known = Area.objects.filter(level__in=levels).values_list("pk", "code", "level_id")
        self.known = {pk: (code, place[level]) for pk, code, level in known.iterator()}

    def codes_of(self, path: str) -> list[str]:
        found = [""] * len(self.columns)
        for part in path.split("/"):
            if part and (area := self.known.get(int(part))):
                found[area[1]] = area[0]
        return found


def _point(point: Point | None) -> str:
    """latitude longitude altitude accuracy, as an answer to a geopoint has it"""
    return f"{point.y:.6f} {point.x:.6f} 0 0" if point else ""
