"""Features as GeoJSON text. The database writes shapes and properties; nothing is read and written again here."""

import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from sala.core.errors import Missing
from sala.maps.collections import Collection
from sala.maps.ogc.asked import Asked
from sala.maps.ogc.collections import Offered

DIGITS = 7  # of a degree: about a centimetre


def page_of(offered: Offered, asked: Asked) -> tuple[list[str], int]:
    """Features of one page as GeoJSON, and how many fit in all."""
    rows, collection = offered.meeting(asked), offered.inside
    matched = 0 if rows.query.is_empty() else offered.count(rows, asked.box_text)
    cut = _written(collection, rows).order_by(collection.number)[asked.offset : asked.offset + asked.limit]
    return [_feature(row) for row in cut], matched


def one_of(offered: Offered, number: str, links: list[dict[str, Any]]) -> str:
    """A single feature with its links. Raises Missing."""
    collection = offered.inside
    fits = number.isascii() and number.isdigit() and len(number) < 19
    rows = _written(collection, collection.rows).filter(**{collection.number: int(number)}) if fits else []
    for row in rows:
        return _feature(row, f',"links":{json.dumps(links)}')
    raise Missing(_("There is no such feature in this collection."))


def collected(features: list[str], matched: int, links: list[dict[str, Any]], stamp: str) -> str:
    told = (
        f'"numberMatched":{matched},"numberReturned":{len(features)},"timeStamp":"{stamp}","links":{json.dumps(links)}'
    )
    return f'{{"type":"FeatureCollection",{told},"features":[{",".join(features)}]}}'


def _written(collection: Collection, rows: QuerySet) -> QuerySet:
    return rows.annotate(
        shape=AsGeoJSON(collection.geometry, precision=DIGITS), told=Cast("shown", TextField())
    ).values_list(collection.number, "shape", "told")


def _feature(row: tuple[int, str, str], more: str = "") -> str:
    number, shape, told = row
    return f'{{"type":"Feature","id":{number},"geometry":{shape},"properties":{told}{more}}}'
