"""Lists of places in the API: new ones, and dated changes, of which every row is decided by a person."""

import hashlib
import json
from datetime import date
from typing import Any, Literal

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.request import Request
from sala.access.scope import visible
from sala.core import lao
from sala.core.errors import Invalid
from sala.places import operations
from sala.places.lists import FacilityList, Line
from sala.places.models import Area, Level, PlaceList, PlaceListRow
from sala.places.operations import PlaceDelivery

router = Router(tags=["places"])
MOST_ROWS = 10_000


class ListIn(Schema):
    """says: places (of which those not known are entered) or changes. source: list, letter or decision.

    rows: role → text, the roles as the manual names them (code, name_lo, parent …; of changes now, change, into, on, decision).
    check: tells what would happen and keeps nothing.
    """

    says: Literal["places", "changes"]
    level: str
    as_of: date
    source: str
    name: str = "API"
    system: str = ""
    rows: list[dict[str, str]]
    check: bool = False


class ListRowOut(Schema):
    """said: what it says; reasons: why it waits or what was decided; candidates: codes of the places it may be."""

    row: int
    label: str
    state: str
    place: str | None
    said: dict[str, Any]
    reasons: list[dict[str, Any]]
    candidates: list[str]


class ListOut(Schema):
    """id: none of a list that was only checked. counts: new, changed, unchanged, refused, waiting."""

    id: int | None
    says: str
    level: str
    as_of: date
    source: str
    state: str
    counts: dict[str, int]
    lines: list[dict[str, Any]]


class ListDetail(ListOut):
    rows: list[ListRowOut]


class DecisionIn(Schema):
    """choice: make (of a change), new, refuse, or the code of the place that the row is.

    To make or refuse a change takes places.change on every place that it touches, all else places.add.
    """

    choice: str
    reason: str = ""


COUNTED = ("new", "changed", "unchanged", "refused", "waiting")


def _told(batch: PlaceList) -> dict[str, Any]:
    return {
        "id": batch.pk, "says": batch.says, "level": batch.level.code, "as_of": batch.as_of, "source": batch.source, "state": batch.state,
        "counts": {name: batch.report[name] for name in COUNTED}, "lines": batch.report["lines"],
    }  # fmt: skip


def _rows_told(batch: PlaceList) -> list[dict[str, Any]]:
    rows = list(batch.rows.select_related("area"))
    codes = dict(
        Area.objects.filter(pk__in={one["area"] for row in rows for one in row.candidates}).values_list("pk", "code")
    )
    return [
        {"row": row.number, "label": row.label, "state": row.state, "place": row.area.code if row.area else None, "said": row.said,
         "reasons": row.reasons, "candidates": [codes[one["area"]] for one in row.candidates if one["area"] in codes]}
        for row in rows
    ]  # fmt: skip


@router.get("/place-lists", response=list[ListOut], summary="Lists of places that were taken in, for those who may")
def lists(request: Request, says: str = ""):
    rows = visible(request.actor, PlaceList).select_related("level")
    return [_told(batch) for batch in (rows.filter(says=says) if says else rows)[:200]]


@router.get("/place-lists/{int:pk}", response=ListDetail, summary="One of them with the rows that waited")
def one(request: Request, pk: int):
    batch = get_object_or_404(visible(request.actor, PlaceList).select_related("level"), pk=pk)
    return _told(batch) | {"rows": _rows_told(batch)}


@router.post("/place-lists", response={201: ListDetail, 200: ListDetail}, summary="Send a list of places or of changes")
def send(request: Request, sent: ListIn):
    """The same list again changes nothing. A list that is only checked answers 200 and keeps nothing."""
    level = Level.objects.filter(code=sent.level).first()
    if level is None:
        words = _("There is no level %(code)s. Known are: %(known)s.")
        known = ", ".join(Level.objects.values_list("code", flat=True))
        raise Invalid(words % {"code": sent.level, "known": known}, {"level": [sent.level]})
    if not sent.source.strip():
        words = _("Say by which list, letter or decision this is known.")
        raise Invalid(words, {"source": [words]})
    delivery = PlaceDelivery(level=level, as_of=sent.as_of, system=sent.system, source=sent.source.strip()[:200])
    work = operations.add_places if sent.says == "places" else operations.propose_changes
    with transaction.atomic():
        batch = work(request.actor, _listed(sent), delivery)
        told = _told(batch) | {"rows": _rows_told(batch)}
        if sent.check:
            transaction.set_rollback(True)
    return (200, told | {"id": None}) if sent.check else (201, told)


def _listed(sent: ListIn) -> FacilityList:
    """The rows as a file would have given them, the first one as row 1."""
    if not 0 < len(sent.rows) <= MOST_ROWS:
        words = _("Send from 1 to %(most)d rows.") % {"most": MOST_ROWS}
        raise Invalid(words, {"rows": [words]})
    columns = {role: role for row in sent.rows for role in row}
    lines = [
        Line(number, {role: lao.stored(row.get(role, "")).strip() for role in columns})
        for number, row in enumerate(sent.rows, 1)
    ]
    text = json.dumps([sent.rows, sent.as_of.isoformat(), sent.source, sent.system], ensure_ascii=False, sort_keys=True)
    return FacilityList(
        file_name=sent.name[:200], file_hash=hashlib.sha256(text.encode()).hexdigest(), columns=columns,
        lines=[line for line in lines if any(line.values.values())],
    )  # fmt: skip


@router.post("/place-lists/{int:pk}/rows/{int:number}", response=ListDetail, summary="Decide on a row that waits")
def decide(request: Request, pk: int, number: int, sent: DecisionIn):
    batch = get_object_or_404(visible(request.actor, PlaceList).select_related("level"), pk=pk)
    related = ("batch__level", "parent__level", "area__level", "area__parent")
    row = get_object_or_404(PlaceListRow.objects.select_related(*related), batch=batch, number=number)
    if sent.choice == "refuse":
        operations.refuse_place(request.actor, row, sent.reason)
    elif sent.choice == "make":
        operations.make_change(request.actor, row)
    elif sent.choice == "new":
        operations.place_is_new(request.actor, row)
    else:
        area = (
            Area.objects.filter(level=batch.level, parent=row.parent, code=sent.choice)
            .select_related("level", "parent")
            .first()
        )
        if area is None:
            raise Http404
        operations.place_is_known(request.actor, row, area)
    return one(request, pk)
