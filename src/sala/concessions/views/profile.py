"""The page of one concession."""

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from sala.access.request import Request
from sala.access.scope import can
from sala.concessions import policy, redaction
from sala.concessions.models import Concession, FieldClass
from sala.concessions.queries.assessments import asks_company, of_concession
from sala.concessions.queries.findings import judgement_of, names
from sala.concessions.queries.inspections import inspections_for
from sala.concessions.queries.orders import orders_of
from sala.concessions.queries.picture import picture
from sala.concessions.queries.profile import profile
from sala.concessions.queries.register import late_of
from sala.concessions.states import Step, steps_from
from sala.concessions.words import assessment as wording
from sala.concessions.words.findings import called, told
from sala.core import clock

SHOWN = 8  # inspections on the page of a concession


def find(request: Request, reference: str) -> Concession:
    """The concession, when the reader may know that it is there: its names have to be open to the reader."""
    rows = redaction.readable(request.actor, FieldClass.BASICS).select_related(
        "sector", "area__parent", "lead", "same_as", "follows", "applicant"
    )
    return get_object_or_404(rows, reference=reference.upper())


def concession(request: Request, reference: str) -> HttpResponse:
    """What the reader may know, class by class. A double leads to the entry that counts."""
    found = find(request, reference)
    if found.same_as_id and found.same_as:
        return redirect(found.same_as)
    shown = profile(request.actor, found)
    there = shown.there
    ordered = orders_of(request.actor, found) if "orders" in there else []
    inspected = inspections_for(request.actor).filter(concession=found)[:SHOWN] if "inspections" in there else []
    context = {
        "concession": found,
        "profile": shown,
        "reads": shown.reads,
        "picture": picture(shown.areas, found.area if shown.reads["place"] else None) if shown.reads["shape"] else "",
        "follows": shown.follows,
        "next_steps": [Step(step).label for step in steps_from(found.state)],
        "may_enter": can(request.actor, policy.ENTER, found),
        "may_confirm": can(request.actor, policy.CONFIRM, found),
        "may_decide": can(request.actor, policy.DECIDE, found),
        "may_screen": can(request.actor, policy.SCREEN, found),
        "asked": asks_company(request.actor, found) if "assessments" in there else [],
        "late": late_of(request.actor, [found.pk]).get(found.pk, [])
        if shown.reads["money"] and "accounts" in there
        else [],
        "inspections": list(inspected) if shown.is_office else None,
        "orders": ordered,
        "is_late": any(
            row.is_open and not row.is_checked and row.due_on and row.due_on < clock.today() for row in ordered
        ),
        "may_order": shown.is_office and can(request.actor, policy.ORDER, found),
        "today": clock.today(),
        "may_inspect": can(request.actor, policy.INSPECT, found),
        "judgement": _judgement(request, found, there) if shown.reads["judgement"] else None,
    }
    return render(request, "concessions/concession.html", context)


def _judgement(request: Request, found: Concession, there: Collection[str]) -> dict[str, Any]:
    """Situation, findings and screenings in words."""
    judged = judgement_of(request.actor, found, there)
    called_so = names() if judged["findings"] else {}
    judged["findings"] = [(row, told(row, called_so)) for row in judged["findings"]]
    assessed = next(iter(of_concession(found)), None) if "assessments" in there else None
    if assessed is not None:
        assessed.concession = found
        judged |= {"assessed": assessed, "grade": wording.grade(assessed.grade), "grade_tag": wording.tag(assessed.round.version, assessed.grade)}  # fmt: skip
    judged["called"] = called(judged["situation"]) if judged["situation"] else None
    return judged
