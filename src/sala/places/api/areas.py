"""Areas in the API."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.places.models import Area, Parenthood, Succession
from sala.places.queries import current, latest_boundaries

router = Router(tags=["places"])


class PlaceOut(Schema):
    code: str
    level: str
    name: dict[str, str]
    parent: str | None
    valid_from: date | None
    ended_on: date | None
    url: str
    is_invented: bool


class PlaceDetail(PlaceOut):
    codes: list[dict[str, str]]
    names: list[dict[str, str]]
    point: list[float] | None
    area_ha: str | None
    boundary_source: str | None
    children: list[str]
    parents: list[dict[str, Any]]
    changes: list[dict[str, Any]]


class PlacePage(Schema):
    count: int
    items: list[PlaceOut]


def summary(area: Area) -> dict[str, Any]:
    return {
        "code": area.code, "level": area.level.code, "name": area.name, "parent": area.parent.code if area.parent else None,
        "valid_from": area.valid_from, "ended_on": area.ended_on, "url": area.get_absolute_url(),
        "is_invented": area.is_invented,
    }  # fmt: skip


@router.get("/places", response=PlacePage, summary="Areas of the tree")
def places(
    request: Request,
    level: str = "",
    parent: str = "",
    page: int = Query(1, ge=1),
    size: int = Query(200, ge=1, le=1000),
):
    rows = visible(request.actor, Area).select_related("level", "parent").order_by("code")
    if level:
        rows = rows.filter(level__code=level)
    if parent:
        rows = rows.filter(parent__code=parent)
    return {"count": rows.count(), "items": [summary(area) for area in rows[(page - 1) * size : page * size]]}


@router.get("/places/{code}", response=PlaceDetail, summary="One area with its codes, names and boundary")
def place(request: Request, code: str):
    area = get_object_or_404(visible(request.actor, Area).select_related("level", "parent"), code=code)
    boundary = latest_boundaries([area]).get(area.pk)
    return summary(area) | {
        "codes": [{"system": row.system, "value": row.value} for row in area.codes.all()],
        "names": [{"text": row.text, "kind": row.kind, "language": row.language} for row in area.names.all()],
        "point": list(area.label_point.coords) if area.label_point else None,
        "area_ha": str(boundary.area_ha) if boundary else None,
        "boundary_source": boundary.vintage.source if boundary else None,
        "parents": [
            {"code": row.parent.code, "from": row.valid.lower, "before": row.valid.upper}
            for row in Parenthood.objects.filter(area=area).select_related("parent").order_by("valid")
        ],
        "changes": [
            {
                "kind": row.kind,
                "on": row.on,
                "predecessor": row.predecessor.code,
                "successor": row.successor.code,
                "decision": row.decision,
            }
            for row in Succession.objects.filter(Q(predecessor=area) | Q(successor=area))
            .select_related("predecessor", "successor")
            .order_by("on", "id")
        ],
        "children": list(current().filter(parent=area).order_by("code").values_list("code", flat=True)),
    }
