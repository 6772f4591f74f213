"""Minutes of a meeting: writing, deciding, giving out, endorsing, the outcome report."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.bodies import operations, policy
from sala.bodies.forms.minutes import (
    ActionForm,
    ChainForm,
    DecisionForm,
    EndorseForm,
    GiveOutForm,
    MinutesForm,
    ReasonForm,
)
from sala.bodies.models import Action, Decision, Meeting, Minutes, SeatRole
from sala.bodies.operations.minutes import require_turn
from sala.bodies.queries.meetings import seats_on
from sala.bodies.views.agenda import find_item
from sala.bodies.views.meetings import about, find


def find_minutes(request: Request, reference: str) -> Minutes:
    rows = visible(request.actor, Minutes).select_related("meeting__body__secretariat__area")
    return get_object_or_404(rows, meeting__reference=reference)


def write(request: Request, reference: str) -> HttpResponse:
    minutes = find_minutes(request, reference)
    require(request.actor, policy.MINUTE, minutes.meeting)
    form = MinutesForm(request.POST or None, minutes=minutes, items=list(minutes.meeting.items.all()))
    return form_page(
        request, form, lambda data: operations.write_minutes(request.actor, minutes, **form.written()),
        heading=_("Minutes"), back=minutes.meeting, template="bodies/minutes.html",
    )  # fmt: skip


def decide(request: Request, pk: int) -> HttpResponse:
    item = find_item(request, pk)
    require(request.actor, policy.MINUTE, item.meeting)
    form = DecisionForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.take_decision(request.actor, item, **data) and item,
        heading=_("Write down a decision"), back=item.meeting, lead=item,
    )  # fmt: skip


def _decisions(request: Request):
    rows = Decision.objects.filter(item__meeting__in=visible(request.actor, Meeting))
    return rows.select_related("item__meeting__body__secretariat__area", "document")


def act(request: Request, pk: int) -> HttpResponse:
    decision = get_object_or_404(_decisions(request), pk=pk)
    meeting = decision.item.meeting
    require(request.actor, policy.MINUTE, meeting)
    form = ActionForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda data: operations.add_action(request.actor, decision, **data) and decision.item,
        heading=_("What is to be done"), back=meeting, lead=decision,
    )  # fmt: skip


def give_out(request: Request, pk: int) -> HttpResponse:
    action = get_object_or_404(Action.objects.filter(decision__in=_decisions(request)), pk=pk)
    require(request.actor, policy.MINUTE, action.meeting)
    form = GiveOutForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda data: operations.give_out(request.actor, action, **data).decision.item,
        heading=_("Give out"), back=action.meeting, button=_("Give out"), lead=action, done=_("Given out. The post was told."),
    )  # fmt: skip


def circulate(request: Request, reference: str) -> HttpResponse:
    """Name the posts that endorse; the chair and co-chairs are proposed."""
    minutes = find_minutes(request, reference)
    require(request.actor, policy.MINUTE, minutes.meeting)
    seats = seats_on(minutes.meeting.body, minutes.meeting.day)
    proposed = [seat.position.code for seat in seats if seat.role in (SeatRole.CHAIR, SeatRole.CO_CHAIR)]
    form = ChainForm(request.POST or None, initial={"chain": "\n".join(proposed)})
    return form_page(
        request, form, lambda data: operations.circulate_minutes(request.actor, minutes, **data),
        heading=_("Send out for endorsement"), back=minutes.meeting, button=_("Send out"),
    )  # fmt: skip


def endorse(request: Request, reference: str) -> HttpResponse:
    """Shows the frozen text; the button endorses exactly that."""
    minutes = find_minutes(request, reference)
    require_turn(request.actor, minutes)
    form = EndorseForm(request.POST or None, initial={"digest": minutes.digest})
    return form_page(
        request, form, lambda data: operations.endorse_minutes(request.actor, minutes, **data),
        heading=_("Endorse the minutes"), back=minutes.meeting, button=_("Endorse"), done=_("Endorsed."),
        template="bodies/endorse.html", **about(request, find(request, reference)),
    )  # fmt: skip


def return_(request: Request, reference: str) -> HttpResponse:
    minutes = find_minutes(request, reference)
    require_turn(request.actor, minutes)
    form = ReasonForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.return_minutes(request.actor, minutes, **data),
        heading=_("Return with reasons"), back=minutes.meeting, button=_("Return"), danger=True,
        done=_("Returned. The secretariat mends them and sends them out again."),
    )  # fmt: skip


def report(request: Request, reference: str) -> HttpResponse:
    minutes = find_minutes(request, reference)
    require(request.actor, policy.MINUTE, minutes.meeting)
    return form_page(
        request, button_form(request), lambda data: operations.issue_report(request.actor, minutes),
        heading=_("Issue the outcome report"), back=minutes.meeting, button=_("Issue"),
        lead=_("It gets the next number at once and cannot be changed afterwards."),
    )  # fmt: skip
