"""Meetings: the calendar, one meeting, preparing, calling, holding and cancelling it."""

from datetime import datetime, time
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.bodies import operations, policy
from sala.bodies.calculations import next_day
from sala.bodies.forms.fields import initial_of
from sala.bodies.forms.meetings import AttendanceForm, InviteForm, MeetingForm
from sala.bodies.forms.minutes import ReasonForm
from sala.bodies.models import Body, Decision, Meeting, Minutes, Participant
from sala.bodies.operations.meetings import missing_for_call
from sala.bodies.queries.desk import turn
from sala.bodies.queries.meetings import decisions_seen, last_before, next_after, standings
from sala.bodies.states import AHEAD, MeetingState, MinutesState
from sala.bodies.views.bodies import find as find_body
from sala.core import clock
from sala.documents.models import Document, IssuedDocument

PER_PAGE = 50
USUAL_HOUR = time(9)


def find(request: Request, reference: str) -> Meeting:
    rows = visible(request.actor, Meeting).select_related("body__secretariat__area", "body__area", "series", "follows")
    return get_object_or_404(rows, reference=reference)


def meetings(request: Request) -> HttpResponse:
    """What is ahead, the nearest first; then what was, the latest first."""
    rows = visible(request.actor, Meeting).select_related("body")
    ahead = rows.filter(state__in=AHEAD, starts_at__gte=clock.now()).order_by("starts_at")
    past = rows.exclude(state__in=AHEAD, starts_at__gte=clock.now())
    page = Paginator(past, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "bodies/meetings.html", {"ahead": ahead[:PER_PAGE], "page": page})


def meeting(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    return render(request, "bodies/meeting.html", about(request, found))


def agenda(request: Request, reference: str) -> HttpResponse:
    """The agenda with its papers and what is open, to be printed."""
    found = find(request, reference)
    return render(request, "bodies/agenda.html", about(request, found))


def about(request: Request, found: Meeting) -> dict[str, Any]:
    """Everything that the pages of a meeting show, each thing as far as the reader may see it."""
    actor = request.actor
    items = list(found.items.select_related("presenter__organisation", "action__position__organisation", "action__decision")
                 .prefetch_related("papers__document"))  # fmt: skip
    papers = visible(actor, Document).filter(agenda_papers__item__in=items)
    decisions = decisions_seen(actor, Decision.objects.filter(item__in=items))
    carried = [item.action for item in items if item.action]
    known = set(visible(actor, Document).filter(taken_in__actions__in=carried).values_list("pk", flat=True))
    actions = [action for action in carried if action.decision.document_id in known]
    actions += [action for decision in decisions for action in decision.actions.all()]
    minutes = visible(actor, Minutes).filter(meeting=found).select_related("report").first()
    signature = turn(minutes) if minutes else None
    participants = list(found.participants.select_related("organisation__area__level", "position"))
    may_convene, may_minute = can(actor, policy.CONVENE, found), can(actor, policy.MINUTE, found)
    is_draft = found.state == MeetingState.DRAFT
    return {
        "meeting": found,
        "body": visible(actor, Body).filter(pk=found.body_id).first(),
        "before": _seen(request, found.follows or last_before(found)),
        "after": _seen(request, next_after(found)),
        "rows": _rows(items, set(papers.values_list("pk", flat=True)), decisions),
        "standings": standings(actor, actions),
        "participants": participants,
        "came": {name: sum(getattr(row, name) for row in participants) for name in ("women", "men", "unstated")},
        "invitation": visible(actor, IssuedDocument).filter(pk=found.invitation_id or 0).first(),
        "report": visible(actor, IssuedDocument).filter(pk=minutes.report_id or 0).first() if minutes else None,
        "minutes": minutes,
        "signatures": minutes.signatures.select_related("position__organisation") if minutes else [],
        "my_turn": signature is not None and signature.position_id in actor.position_ids,
        "missing": missing_for_call(found, clock.today()) if is_draft and may_convene else {},
        "may_convene": may_convene,
        "may_minute": may_minute,
        "may_write": may_minute and minutes is not None and minutes.state == MinutesState.DRAFT,
        "may_report": may_minute
        and minutes is not None
        and minutes.state == MinutesState.APPROVED
        and not minutes.report,
    }


def _seen(request: Request, other: Meeting | None) -> Meeting | None:
    return visible(request.actor, Meeting).filter(pk=other.pk).first() if other else None


def _rows(items: list, papers: set[int], decisions: list[Decision]) -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "papers": [paper for paper in item.papers.all() if paper.document_id in papers],
            "hidden": sum(paper.document_id not in papers for paper in item.papers.all()),
            "decisions": [decision for decision in decisions if decision.item_id == item.pk],
        }
        for item in items
    ]


def draft(request: Request, slug: str) -> HttpResponse:
    """Prepare a meeting. ?series= proposes the next day of its rhythm."""
    body = find_body(request, slug)
    require(request.actor, policy.CONVENE, body)
    form = MeetingForm(request.POST or None, actor=request.actor, body=body, initial=_begun(request, body))
    return form_page(
        request, form, lambda data: operations.draft_meeting(request.actor, body, **data),
        heading=_("New meeting"), back=body, done=_("Prepared. Look through the agenda, then call the meeting."),
    )  # fmt: skip


def enter_past(request: Request, slug: str) -> HttpResponse:
    """Enter a meeting that was held before this service was used."""
    body = find_body(request, slug)
    require(request.actor, policy.CONVENE, body)
    form = MeetingForm(request.POST or None, actor=request.actor, body=body, initial={"tier": body.tier})
    return form_page(
        request, form, lambda data: operations.enter_past_meeting(request.actor, body, **data),
        heading=_("Enter a meeting of the past"), back=body,
    )  # fmt: skip


def _begun(request: Request, body: Body) -> dict[str, Any]:
    begun: dict[str, Any] = {"tier": body.tier}
    number = request.GET.get("series", "")
    series = body.series.filter(pk=number).first() if number.isdigit() else None
    if series:
        begun |= {"series": series, "title": series.name}
        last = series.meetings.order_by("-starts_at").first()
        day = next_day(last.day, series.rhythm) if last else None
        if day:
            begun["starts_at"] = datetime.combine(day, USUAL_HOUR, get_current_timezone())
    return begun


def change(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    require(request.actor, policy.CONVENE, found)
    form = MeetingForm(
        request.POST or None, actor=request.actor, body=found.body, initial=initial_of(found, MeetingForm.NAMES)
    )
    return form_page(
        request,
        form,
        lambda data: operations.change_meeting(request.actor, found, **data),
        heading=_("Edit"),
        back=found,
    )


def call(request: Request, reference: str) -> HttpResponse:
    """Shows once more who is invited to what; the button sends the invitation."""
    found = find(request, reference)
    require(request.actor, policy.CONVENE, found)
    return form_page(
        request, button_form(request), lambda data: operations.call_meeting(request.actor, found),
        heading=_("Call the meeting"), back=found, button=_("Send the invitation"), done=_("Called. Those invited were told."),
        template="bodies/call.html", **about(request, found),
    )  # fmt: skip


def cancel(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    require(request.actor, policy.CONVENE, found)
    form = ReasonForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.cancel_meeting(request.actor, found, **data),
        heading=_("Cancel the meeting"), back=found, button=_("Cancel the meeting"), danger=True,
    )  # fmt: skip


def hold(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    require(request.actor, policy.MINUTE, found)
    return form_page(
        request, button_form(request), lambda data: operations.hold_meeting(request.actor, found),
        heading=_("The meeting was held"), back=found, button=_("It was held"),
        lead=_("Its agenda is closed, and its minutes begin."), done=_("Now write down who came."),
    )  # fmt: skip


def invite(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    require(request.actor, policy.CONVENE, found)
    form = InviteForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.invite(request.actor, found, **data) and None,
        heading=_("Invite"), back=found, button=_("Invite"),
    )  # fmt: skip


def uninvite(request: Request, pk: int) -> HttpResponse:
    rows = Participant.objects.filter(meeting__in=visible(request.actor, Meeting)).select_related("meeting__body")
    participant = get_object_or_404(rows, pk=pk)
    found = participant.meeting
    require(request.actor, policy.CONVENE, found)
    return form_page(
        request, button_form(request), lambda data: operations.uninvite(request.actor, participant),
        heading=_("Take off the list"), back=found, button=_("Take off the list"), danger=True, lead=participant,
    )  # fmt: skip


def attendance(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    require(request.actor, policy.MINUTE, found)
    participants = list(found.participants.select_related("organisation", "position"))
    form = AttendanceForm(request.POST or None, participants=participants)
    return form_page(
        request, form, lambda data: operations.note_attendance(request.actor, found, form.counts()),
        heading=_("Who came"), back=found, template="bodies/attendance.html",
    )  # fmt: skip
