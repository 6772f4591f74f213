"""What the registers have within a shape, as they are at this moment and as far as the reader may know it.

Unlike layers of editions this changes from hour to hour: it is told with its day and is no part of what is kept.
"""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Aggregate, F, FloatField, Func, QuerySet, Value

from sala.access.actor import Actor
from sala.core import clock
from sala.core.language import Translated, languages
from sala.maps.live import LiveNoun, live_nouns
from sala.maps.queries.layers_here import SLIVER_HA, hectares

MOST = 20  # rows named of each part
NEAR = 10  # nearest in degrees, of which the nearest on the ground is told


# Where all of a shape lies in the other, nothing is cut.
SHARED = """(select case when st_coveredby(a, b) then a else st_intersection(a, b) end
    from (values (%(expressions)s)) as pair(a, b))"""


class HectaresWithin(Func):
    """Geodesic hectares of a shape's part that lies within another shape."""

    template = "st_area(" + SHARED + "::geography) / 10000"
    output_field = FloatField()


class HectaresTogether(Aggregate):
    """The same of many shapes, what overlaps counted once."""

    template = "st_area(st_union(st_collectionextract(" + SHARED + ", 3))::geography) / 10000"
    output_field = FloatField()


class Kilometres(Func):
    """On the ground, between two shapes."""

    template = "(select st_distance(a::geography, b::geography) / 1000 from (values (%(expressions)s)) as pair(a, b))"
    output_field = FloatField()


class Apart(Func):
    """Degrees between two shapes, in the order of which an index leads."""

    template, arg_joiner = "%(expressions)s", " <-> "
    output_field = FloatField()


def _constant(shape: GEOSGeometry) -> Func:
    return Func(Value(bytes(shape.ewkb)), function="st_geomfromewkb")


def registers_of(actor: Actor, shape: GEOSGeometry) -> list[dict[str, Any]]:
    """For each part that is told of: {"noun", "part", "title", "source", "as_of", "count", "ha", "share", "rows", "more", "km"}.

    rows  the largest, or the first by code: {"code", "name", "ha", "url"}     km  to the nearest where nothing lies within
    Parts of which the reader knows nothing at all are left out.
    """
    found, whole = [], hectares(shape)
    for noun in live_nouns().values():
        for part, name in noun.told_here() if noun.told_here else []:
            told = _part(noun, noun.rows(actor, part), shape)
            if told is not None:
                told["share"] = told["ha"] / whole if told["ha"] is not None and whole else None
                found.append({"noun": noun.key, "part": part, "title": name, "source": noun.source(part), "as_of": clock.today().isoformat(), **told})  # fmt: skip
    return found


def _part(noun: LiveNoun, rows: QuerySet, shape: GEOSGeometry) -> dict[str, Any] | None:
    within = rows.filter(**{f"{noun.geometry}__intersects": shape})
    ha = None
    if noun.size and shape.dims == 2:
        within = within.annotate(within_ha=HectaresWithin(F(noun.geometry), _constant(shape))).filter(within_ha__gte=SLIVER_HA)  # fmt: skip
        ha = within.order_by().aggregate(whole=HectaresTogether(F(noun.geometry), _constant(shape)))["whole"]
    named = list(within.order_by(*(["-within_ha"] if ha is not None else []), noun.number)[: MOST + 1])
    if not named:
        km = _nearest(noun, rows, shape)
        return None if km is None else {"count": 0, "ha": None, "rows": [], "more": 0, "km": km}
    count = within.count() if len(named) > MOST else len(named)
    return {
        "count": count, "ha": None if ha is None else round(float(ha), 2), "more": max(0, count - MOST), "km": None,
        "rows": [_told(noun, row) for row in named[:MOST]],
    }  # fmt: skip


def _told(noun: LiveNoun, row: Any) -> dict[str, Any]:
    shown, ha = row.shown, getattr(row, "within_ha", None)
    return {
        "code": shown.get("code", ""),
        "name": Translated({code: shown.get(f"name_{code}") or "" for code in languages()}),
        "ha": None if ha is None else round(float(ha), 2),
        "url": noun.address(shown["code"]) if noun.address else "",
    }


def _nearest(noun: LiveNoun, rows: QuerySet, shape: GEOSGeometry) -> float | None:
    """Kilometres on the ground to the nearest; None where there is none that the reader knows."""
    near = rows.order_by(Apart(F(noun.geometry), _constant(shape)))[:NEAR]
    found = [row.km for row in near.annotate(km=Kilometres(F(noun.geometry), _constant(shape)))]
    return round(min(found), 2) if found else None
