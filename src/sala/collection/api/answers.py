"""Answers for programs: the list, one with its values, and the steps of whoever checks them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.access.scope import once_visible, visible
from sala.collection.about import tell_names
from sala.collection.flags import sentence
from sala.collection.models import Form, Reading, Submission
from sala.collection.operations import answers as operations
from sala.collection.queries.answers import answers_for
from sala.people.models import Organisation
from sala.places.models import Area

router = Router(tags=["forms"])


class AnswerQuery(Schema):
    """form: slug; state: received, returned, approved, replaced, double or aside; flag: a code, some or none; place,
    office, sender: codes; call: reference of the round."""

    form: str = ""
    state: str = ""
    flag: str = ""
    place: str = ""
    office: str = ""
    sender: str = ""
    period: str = ""
    call: str = ""
    page: int = 1
    size: int = 50


class FlagOut(Schema):
    """code, the question it is about (empty: the whole answer), and the sentence that the page shows."""

    code: str
    path: str
    words: str


class AnswerOut(Schema):
    """about: register of the row it is about, empty for a place or facility; subject: code of that row."""

    id: int
    url: str
    instance_id: str
    form: str
    state: str
    place: str
    facility: str
    about: str
    subject: str
    period: str
    office: str
    sender: str
    channel: str
    received_at: datetime
    is_whole: bool
    flags: list[FlagOut]


class AnswerPage(Schema):
    count: int
    items: list[AnswerOut]


class StepOut(Schema):
    step: str
    before: str
    after: str
    at: datetime
    note: str
    remarks: list[dict[str, str]]


class AnswerDetail(AnswerOut):
    """values: path of a question → value; corrects: instance_id of the answer that this one corrects; handed_in_on,
    handed_how (paper, telephone, counter), given_by: of one that was typed in, when, how and from whom it reached the office."""

    version: str
    handed_in_on: date | None
    handed_how: str
    given_by: str
    corrects: str
    values: dict[str, Any]
    files: list[str]
    missing: list[str]
    steps: list[StepOut]


class Remark(Schema):
    path: str
    reason: str


class Note(Schema):
    note: str = ""


class Return(Schema):
    """reason: for the whole answer; remarks: to single questions by their path."""

    reason: str = ""
    remarks: list[Remark] = []


def _row(reading: Reading) -> dict[str, Any]:
    sent = reading.submission
    return {
        "id": sent.pk, "url": sent.get_absolute_url(), "instance_id": sent.instance_id, "form": reading.form.slug,
        "state": reading.state, "place": reading.told_area.code if reading.told_area else "",
        "facility": reading.facility.code if reading.facility else "", "about": reading.subject_type,
        "subject": reading.other.code if reading.other else "", "period": reading.period,
        "office": reading.office.code if reading.office else "", "sender": sent.position.organisation.code,
        "channel": sent.channel, "received_at": sent.received_at, "is_whole": reading.is_whole,
        "flags": [{"code": one["code"], "path": one["path"], "words": sentence(one)} for one in reading.flags],
    }  # fmt: skip


@router.get("/answers", response=AnswerPage, summary="Answers to forms that the caller sees")
def list_answers(request: Request, query: Query[AnswerQuery]) -> dict[str, Any]:
    page, size = max(1, query.page), min(max(1, query.size), 500)
    rows = answers_for(
        request.actor, form=get_object_or_404(once_visible(request.actor, Form), slug=query.form) if query.form else None,
        area=get_object_or_404(Area, code=query.place) if query.place else None,
        office=get_object_or_404(Organisation, code=query.office) if query.office else None,
        sender=get_object_or_404(Organisation, code=query.sender) if query.sender else None,
        state=query.state, flag=query.flag, period=query.period, call=query.call,
    )  # fmt: skip
    return {
        "count": rows.count(),
        "items": [_row(row) for row in _named(request, rows[(page - 1) * size : page * size])],
    }


def _named(request: Request, rows: Iterable[Reading]) -> list[Reading]:
    found = list(rows)
    tell_names(request.actor, found)
    return found


def _find(request: Request, pk: int) -> Submission:
    return get_object_or_404(visible(request.actor, Submission).select_related("form", "version"), pk=pk)


def _detail(request: Request, pk: int) -> dict[str, Any]:
    found = _find(request, pk)
    reading = get_object_or_404(answers_for(request.actor).defer(None).defer("submission__xml"), pk=found.pk)
    tell_names(request.actor, [reading])
    files = list(found.files.values_list("name", flat=True))
    return {
        **_row(reading), "version": found.version.version if found.version else "", "corrects": found.deprecated_id,
        "handed_in_on": found.handed_in_on, "handed_how": found.handed_how, "given_by": found.given_by,
        "values": reading.values, "files": files, "missing": [name for name in found.files_named if name not in files],
        "steps": [
            {"step": step.step, "before": step.before, "after": step.after, "at": step.at, "note": step.note,
             "remarks": step.remarks}
            for step in found.steps.all()
        ],
    }  # fmt: skip


@router.get("/answers/{pk}", response=AnswerDetail, summary="One answer with its values and what was done to it")
def one_answer(request: Request, pk: int) -> dict[str, Any]:
    return _detail(request, pk)


@router.post("/answers/{pk}/approve", response=AnswerDetail, summary="Approve an answer")
def approve_answer(request: Request, pk: int, body: Note) -> dict[str, Any]:
    operations.approve(request.actor, _find(request, pk), note=body.note)
    return _detail(request, pk)


@router.post("/answers/{pk}/return", response=AnswerDetail, summary="Return an answer with reasons")
def return_answer(request: Request, pk: int, body: Return) -> dict[str, Any]:
    found = _find(request, pk)
    labels = {each["path"]: each for each in (found.version.fields if found.version else [])}
    remarks = [
        {"path": one.path, "label": labels.get(one.path, {}).get("name", one.path), "reason": one.reason}
        for one in body.remarks
    ]
    operations.return_(request.actor, found, reason=body.reason, remarks=remarks)
    return _detail(request, pk)


@router.post("/answers/{pk}/comment", response=AnswerDetail, summary="Comment on an answer")
def comment_on_answer(request: Request, pk: int, body: Note) -> dict[str, Any]:
    operations.comment(request.actor, _find(request, pk), note=body.note)
    return _detail(request, pk)
