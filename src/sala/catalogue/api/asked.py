"""Figures asked, for programs: what is asked, what was given, filling it in as JSON or as the workbook.

Submitting, returning and accepting are the addresses of the assignment (/api/v1/assignments/{id}/…).
"""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue import workbooks
from sala.catalogue.askers.figures import faults_of
from sala.catalogue.operations.asking import FIGURES, Fill, keep_figures
from sala.catalogue.operations.figure_workbooks import take_workbook
from sala.catalogue.queries.asked import cells_of, remarks_on, with_post
from sala.catalogue.views.asked import WORKBOOK
from sala.duties import policy
from sala.duties.models import Assignment
from sala.duties.queries import with_everything

router = Router(tags=["duties"])


class CellOut(Schema):
    """One cell asked. `value` and `previous` are plain decimals; `answered_in` names the call that asked it before."""

    key: str
    label: dict[str, str]
    breakdown: dict[str, str]
    unit: str
    minimum: str | None
    maximum: str | None
    decimals: int
    value: str | None
    reason: str
    next_on: date | None
    note: str
    previous: str | None
    previous_period: str
    returned: str
    answered_in: str


class FaultOut(Schema):
    key: str
    text: str
    blocks: bool


class FiguresOut(Schema):
    """`is_draft`: these values were not submitted; only the office that writes them sees them."""

    assignment: int
    call: str
    area: str | None
    period: str
    state: str
    version: int
    is_draft: bool
    cells: list[CellOut]
    faults: list[FaultOut]


class CellIn(Schema):
    """What stands in a cell from now on; an empty object empties it. Numbers are plain decimals."""

    value: Decimal | None = None
    reason: str = ""
    next_on: date | None = None
    note: str = ""


class FiguresIn(Schema):
    """Cells by their key; those that are not named stay as they are."""

    cells: dict[str, CellIn]


def _asked(request: Request, pk: int) -> Assignment:
    return get_object_or_404(with_everything(visible(request.actor, Assignment)), pk=pk, call__asker=FIGURES)


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _out(request: Request, assignment: Assignment) -> dict[str, Any]:
    own = with_post(assignment) and can(request.actor, policy.SUBMIT, assignment.position)
    cells, remarks = cells_of(assignment, drafts=own), remarks_on(assignment)
    return {
        "assignment": assignment.pk,
        "call": assignment.call.reference,
        "area": assignment.area.code if assignment.area else None,
        "period": assignment.period,
        "state": assignment.state,
        "version": assignment.submissions,
        "is_draft": own,
        "cells": [_cell(cell, remarks.get(cell.asked.key, "")) for cell in cells],
        "faults": [{"key": one.item, "text": str(one.text), "blocks": one.blocks} for one in faults_of(cells)],
    }


def _cell(cell: Any, remark: str) -> dict[str, Any]:
    asked, given, previous = cell.asked, cell.given, cell.previous
    return {
        "key": asked.key, "label": asked.row.label, "breakdown": asked.column.label if asked.column else {},
        "unit": asked.row.unit, "minimum": _plain(asked.row.minimum), "maximum": _plain(asked.row.maximum),
        "decimals": asked.row.decimals, "value": _plain(given.value) if given else None,
        "reason": given.reason if given else "", "next_on": given.next_on if given else None,
        "note": given.note if given else "", "previous": _plain(previous.value) if previous else None,
        "previous_period": previous.asked.period if previous else "", "returned": remark,
        "answered_in": asked.given_in.assignment.call.reference if asked.given_in else "",
    }  # fmt: skip


@router.get("/assignments/{int:pk}/figures", response=FiguresOut, summary="Figures asked, with what was given")
def figures_asked(request: Request, pk: int):
    return _out(request, _asked(request, pk))


@router.put("/assignments/{int:pk}/figures", response=FiguresOut, summary="Keep figures as the draft")
def put_figures(request: Request, pk: int, sent: FiguresIn):
    assignment = _asked(request, pk)
    keep_figures(request.actor, assignment, {key: Fill(**cell.dict()) for key, cell in sent.cells.items()})
    return _out(request, assignment)


@router.get("/assignments/{int:pk}/figures/workbook", summary="The workbook to fill in")
def get_workbook(request: Request, pk: int) -> HttpResponse:
    assignment = _asked(request, pk)
    require(request.actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    return HttpResponse(workbooks.write(assignment, cells_of(assignment, drafts=True)), content_type=WORKBOOK)


@router.post("/assignments/{int:pk}/figures/workbook", response=FiguresOut, summary="Send the filled-in workbook")
def post_workbook(request: Request, pk: int, file: File[UploadedFile]):
    assignment = _asked(request, pk)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        take_workbook(request.actor, assignment, Path(copy.name), file.name or "upload.xlsx")
    return _out(request, assignment)
