"""Features as GeoJSON text. The database writes shapes and properties; nothing is read and written again here."""

import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from sala.catalogue.models import Feature
from sala.core.errors import Missing
from sala.core.statements import Statement, among, given
from sala.maps.collections import Collection
from sala.maps.ogc.asked import Asked
from sala.maps.ogc.collections import Offered

DIGITS = 7  # of a degree: about a centimetre


def page_of(offered: Offered, asked: Asked) -> tuple[list[str], int]:
    """Features of one page as GeoJSON, and how many fit in all."""
    found, collection = offered.found(asked), offered.inside
    if asked.offset >= found.matched:
        return [], found.matched
    start, end = asked.offset, asked.offset + asked.limit
    if collection.edition is None:
        return [_feature(row) for row in _of(collection, offered.meeting(asked))[start:end]], found.matched
    # Which stand on the page is found first: shapes are written of those only, not of all before them as well.
    numbers = found.page(asked)
    if numbers is None:
        named = offered.meeting(asked).order_by(collection.number).values_list(collection.number, flat=True)
        numbers = list(named[start:end])
    if collection.shows_all:
        rows = NUMBERED.rows(edition=collection.edition.pk, numbers=numbers)
    else:
        rows = list(_of(collection, collection.rows.filter(**{f"{collection.number}__in": numbers})))
    return [_feature(row) for row in rows], found.matched


def one_of(offered: Offered, number: str, links: list[dict[str, Any]]) -> str:
    """A single feature with its links. Raises Missing."""
    collection = offered.inside
    fits = number.isascii() and number.isdigit() and len(number) < 19
    rows = _of(collection, collection.rows.filter(**{collection.number: int(number)})) if fits else []
    for row in rows:
        return _feature(row, f',"links":{json.dumps(links)}')
    raise Missing(_("There is no such feature in this collection."))


def collected(features: list[str], matched: int, links: list[dict[str, Any]], stamp: str) -> str:
    told = (
        f'"numberMatched":{matched},"numberReturned":{len(features)},"timeStamp":"{stamp}","links":{json.dumps(links)}'
    )
    return f'{{"type":"FeatureCollection",{told},"features":[{",".join(features)}]}}'


def _of(collection: Collection, rows: QuerySet) -> QuerySet:
    return _written(rows, collection.number, collection.geometry)


def _written(rows: QuerySet, number: str, geometry: str) -> QuerySet:
    shape, told = AsGeoJSON(geometry, precision=DIGITS), Cast("shown", TextField())
    return rows.annotate(shape=shape, told=told).order_by(number).values_list(number, "shape", "told")


def _numbered() -> QuerySet:
    """Features of an edition by their numbers, with all its columns."""
    rows = Feature.objects.filter(among("number", "numbers"), edition_id=given("edition"))
    return _written(rows.annotate(shown=F("properties")), "number", "geometry")


NUMBERED = Statement(_numbered)


def _feature(row: tuple[int, str, str], more: str = "") -> str:
    number, shape, told = row
    return f'{{"type":"Feature","id":{number},"geometry":{shape},"properties":{told}{more}}}'
