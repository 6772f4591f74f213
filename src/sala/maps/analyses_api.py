"""Kept analyses for programs: what the pages show to the same reader."""

import json
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body, Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.api import PageQuery
from sala.core.errors import Invalid
from sala.maps.forms.here import HereForm
from sala.maps.models import Analysis
from sala.maps.queries.analyses import readable
from sala.maps.queries.here import what_is_here
from sala.maps.queries.layers_here import newest_layers, newest_rasters
from sala.maps.queries.zonal import figures_by_area, name_of
from sala.places.models import Area, Level

router = Router(tags=["analyses"])


class AnalysisLine(Schema):
    reference: str
    url: str
    kind: str
    title: str
    owner: str
    tier: str
    digest: str
    made_at: datetime


class AnalysisOut(AnalysisLine):
    """inputs: {"edition", "sha256"} of what it was made of."""

    recipe: dict[str, Any]
    result: dict[str, Any]
    inputs: list[dict[str, Any]]


class AnalysesPage(Schema):
    count: int
    items: list[AnalysisLine]


def _line(row: Analysis) -> dict[str, Any]:
    return {
        "reference": row.reference, "url": row.get_absolute_url(), "kind": row.kind, "title": row.title,
        "owner": row.owner.code, "tier": row.tier, "digest": row.digest, "made_at": row.made_at,
    }  # fmt: skip


class HereQuery(Schema):
    """place: a code    point: degrees ("17.97, 102.63") or UTM ("48N 249005 1988469")"""

    place: str = ""
    point: str = ""


class HereOut(Schema):
    """As the page “what is here” tells it; sizes in hectares, distances in kilometres, shares of the shape.

    people  "editions": all that the values stand in; "is_closed": not everybody who sees the dataset may read it
    """

    ha: float
    places: list[dict[str, Any]]
    layers: list[dict[str, Any]]
    distances: list[dict[str, Any]]
    rasters: list[dict[str, Any]]
    people: list[dict[str, Any]]
    registers: list[dict[str, Any]]
    datasets: list[dict[str, Any]]
    documents: list[dict[str, Any]]


@router.get("/here", response=HereOut, url_name="here")
def here(request: Request, asked: Query[HereQuery]) -> dict[str, Any]:
    return _here(request, {"place": asked.place, "point": asked.point})


@router.post("/here", response=HereOut, url_name="here_drawn")
def here_drawn(request: Request, drawing: Body[dict[str, Any]]) -> dict[str, Any]:
    """Of an area: GeoJSON in degrees, a geometry, feature or collection of polygons."""
    return _here(request, {"drawing": json.dumps(drawing)})


def _here(request: Request, asked: dict[str, str]) -> dict[str, Any]:
    form = HereForm(asked, actor=request.actor)
    if not form.is_valid():
        raise Invalid(" ".join(str(text) for texts in form.errors.values() for text in texts), form.errors)
    _where, shape, _mended = form.shape()
    return what_is_here(request.actor, shape)


class ZonalQuery(Schema):
    """place, level  codes: a row for each area of this level within the place    use  layers and rasters as DATASET.PART"""

    place: str
    level: str
    use: list[str]


class ZonalOut(Schema):
    """zones: {"code", "name", "url", "ha"}; sources: for each layer or raster "rows" in the order of the zones;
    boundaries: the vintages; without: how many areas have no boundary."""

    zones: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    boundaries: list[dict[str, Any]]
    without: int
    method: str


@router.get("/zonal", response=ZonalOut, url_name="zonal")
def zonal(request: Request, asked: Query[ZonalQuery]) -> dict[str, Any]:
    """Figures by area, reckoned now of the newest editions and boundaries."""
    known = {name_of(row): row for row in [*newest_layers(request.actor), *newest_rasters(request.actor)]}
    if missing := [name for name in asked.use if name not in known]:
        words = _("There is no layer or raster %(name)s that is open to you.") % {"name": missing[0]}
        raise Invalid(words, {"use": [words]})
    place = get_object_or_404(visible(request.actor, Area), code=asked.place)
    level = get_object_or_404(Level, code=asked.level)
    return figures_by_area(place, level, [known[name] for name in dict.fromkeys(asked.use)])


@router.get("/analyses", response=AnalysesPage, url_name="analyses")
def analyses(request: Request, page: Query[PageQuery]) -> dict[str, Any]:
    rows = readable(request.actor)
    return {"count": rows.count(), "items": [_line(row) for row in rows[page.slice()]]}


@router.get("/analyses/{reference}", response=AnalysisOut, url_name="analysis")
def analysis(request: Request, reference: str) -> dict[str, Any]:
    row = get_object_or_404(readable(request.actor), reference=reference)
    inputs = [{"edition": each.edition_id, "sha256": each.sha256} for each in row.inputs.all()]
    return _line(row) | {"recipe": row.recipe, "result": row.result, "inputs": inputs}
