"""Kept analyses for programs: what the pages show to the same reader."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.core.api import PageQuery
from sala.maps.models import Analysis
from sala.maps.queries.analyses import readable

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


@router.get("/analyses", response=AnalysesPage, url_name="analyses")
def analyses(request: Request, page: Query[PageQuery]) -> dict[str, Any]:
    rows = readable(request.actor)
    return {"count": rows.count(), "items": [_line(row) for row in rows[page.slice()]]}


@router.get("/analyses/{reference}", response=AnalysisOut, url_name="analysis")
def analysis(request: Request, reference: str) -> dict[str, Any]:
    row = get_object_or_404(readable(request.actor), reference=reference)
    inputs = [{"edition": each.edition_id, "sha256": each.sha256} for each in row.inputs.all()]
    return _line(row) | {"recipe": row.recipe, "result": row.result, "inputs": inputs}
