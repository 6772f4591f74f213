"""Finding areas: as the tree was on a day, by name, by point, and many at once for a column of a table."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from sala.core import clock
from sala.core.models import PackFact
from sala.places.finder import Finder
from sala.places.models import Area, AreaName, Boundary, Level, Parenthood, Succession, SuccessionKind

REDRAWN = (SuccessionKind.SPLIT, SuccessionKind.MERGE)


def country() -> Area:
    """The area that contains all others, as the country pack names it."""
    return Area.objects.get(code=PackFact.get("country_area"))


def areas_on(day: date, level: Level | str | None = None) -> QuerySet[Area]:
    """The areas that existed on the day. Their `parent` and `path` are today's: ask parent_on for those of the day."""
    belonged = Parenthood.objects.filter(area=OuterRef("pk"), valid__contains=day)
    root = Q(parent__isnull=True) & (Q(valid_from__isnull=True) | Q(valid_from__lte=day))
    areas = Area.objects.filter(Q(Exists(belonged)) | root & (Q(ended_on__isnull=True) | Q(ended_on__gt=day)))
    if level is None:
        return areas
    return areas.filter(level__code=level) if isinstance(level, str) else areas.filter(level=level)


def current(level: Level | str | None = None) -> QuerySet[Area]:
    """The areas of today."""
    return areas_on(clock.today(), level)


def parent_on(area: Area, day: date) -> Area | None:
    """To which area this one belonged on the day; None for a country, or when it did not exist."""
    row = Parenthood.objects.filter(area=area, valid__contains=day).select_related("parent").first()
    return row.parent if row else None


def children_on(area: Area, day: date) -> QuerySet[Area]:
    """The areas that belonged directly to this one on the day."""
    held = Parenthood.objects.filter(parent=area, valid__contains=day)
    return Area.objects.filter(pk__in=held.values("area"))


def latest_boundaries(areas: Iterable[Area | int]) -> dict[int, Boundary]:
    """Newest boundary per area id, with its vintage and without the full geometry.

    A vintage older than the last split or merge of its area does not describe the area any more and is left out.
    """
    ids = [area if isinstance(area, int) else area.pk for area in areas]
    rows = standing_boundaries().filter(area__in=ids).order_by("area_id", "-vintage__as_of", "-vintage_id")
    rows = rows.distinct("area_id").select_related("vintage").defer("geometry")
    return {row.area_id: row for row in rows}


def areas_near(shape: GEOSGeometry) -> QuerySet[Any]:
    """Areas of today with a boundary whose box meets that of the shape (WGS 84); `boundary`: the id of their newest one.

    Nothing is read of the areas that lie elsewhere, and no outline leaves the database.
    """
    near = Boundary.objects.filter(geometry__bboverlaps=shape).values("area")
    newest = standing_boundaries().filter(area=OuterRef("pk")).order_by("-vintage__as_of", "-vintage_id")
    return current().filter(pk__in=near).annotate(boundary=Subquery(newest.values("pk")[:1]))


def standing_boundaries() -> QuerySet[Boundary]:
    """Boundaries not outdated by a later split or merge of their area."""
    redrawn = Succession.objects.filter(kind__in=REDRAWN, on__gt=OuterRef("vintage__as_of"), on__lte=clock.today())
    touched = redrawn.filter(Q(predecessor=OuterRef("area")) | Q(successor=OuterRef("area")))
    return Boundary.objects.filter(~Exists(touched))


def locate(point: Point) -> Area | None:
    """The smallest area of today in whose newest boundary the point (longitude, latitude) lies."""
    covering = dict(
        standing_boundaries()
        .filter(geometry__covers=point, area__in=current())
        .order_by("-area__level__rank", "area_id", "vintage__as_of", "vintage_id")
        .values_list("area_id", "pk")
    )
    newest = latest_boundaries(covering)
    for area_id, pk in covering.items():
        if newest[area_id].pk == pk:
            return Area.objects.select_related("level", "parent").get(pk=area_id)
    return None


# ---- by name and code --------------------------------------------------------------------------------------------


def find_by_name(text: str, parent: Area | None = None) -> list[Area]:
    """Areas of today that bear this name, as name, alias or former name, the widest first.

    With `parent`, only those inside it. Spaces, hyphens, diacritics and level words are forgiven only when the exact
    name finds nothing.
    """
    areas = current()
    if parent is not None:
        areas = areas.filter(path__startswith=parent.path).exclude(pk=parent.pk)
    return sorted(Finder(areas).named(text), key=lambda area: (area.level.rank, area.code))


def join_column(values: Iterable[str], level: Level | str | None = None) -> dict[str, Area | None]:
    """The area each value of a column means: by code in any system in force, then by name or alias.

    A value that can mean two areas gives None; `level` narrows. Values keep their spelling as keys.
    """
    finder = Finder(current(level), one_level=level is not None)
    return {value: finder.one(value) for value in values}


def join_pairs(
    pairs: Iterable[tuple[str, str]], level: Level | str | None = None
) -> dict[tuple[str, str], Area | None]:
    """As join_column for (value, parent) pairs: a name that several parents know is looked for inside its parent.

    The parent may be a code or a name of any area above; where it is not found, its values are joined without it.
    """
    wanted = list(pairs)
    finder = Finder(current(level), one_level=level is not None)
    parents = join_column({parent for _value, parent in wanted})
    return {(value, parent): finder.one(value, within=parents[parent]) for value, parent in wanted}


def name_texts(areas: Iterable[Area]) -> dict[int, list[str]]:
    """Every name of each area: in all languages, with aliases and former names."""
    found = {area.pk: list(area.name.values()) for area in areas}
    for pk, text in AreaName.objects.filter(area__in=found).values_list("area_id", "text"):
        found[pk].append(text)
    return found
