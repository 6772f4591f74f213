"""Who sits in a body today, which meeting comes next, what is still open, and how each action stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.bodies.models import Action, AgendaItem, Body, Decision, ItemKind, Meeting, Outcome, SeatRole
from sala.bodies.states import AHEAD, PAST, MeetingState
from sala.core import clock
from sala.documents.models import Document
from sala.documents.working_days import Calendar
from sala.duties.due import Due, reckon
from sala.duties.models import Assignment, CallState
from sala.duties.queries import found_subjects
from sala.duties.states import OPEN, State
from sala.people.models import Appointment, AppointmentKind

ROLE_ORDER = [SeatRole.CHAIR, SeatRole.CO_CHAIR, SeatRole.SECRETARY, SeatRole.MEMBER, SeatRole.OBSERVER]


def seats_on(body: Body, day: date | None = None) -> list[Any]:
    """Seats in force on a day, the chair first; each with `is_held`: somebody holds its post that day."""
    day = day or clock.today()
    held = Appointment.objects.filter(position=OuterRef("position"), kind=AppointmentKind.HOLDER, valid__contains=day)
    rows = body.seats.filter(valid__contains=day).select_related("position__organisation__area__level")
    return sorted(
        rows.annotate(is_held=Exists(held)), key=lambda seat: (ROLE_ORDER.index(SeatRole(seat.role)), seat.pk)
    )


# ---- one meeting after another ---------------------------------------------------------------------------------


def line_of(meeting: Meeting) -> QuerySet[Meeting]:
    """The meetings that take up one another's open points: those of the series, else those of the body without one."""
    rows = Meeting.objects.filter(body=meeting.body_id, series=meeting.series_id)
    return rows | Meeting.objects.filter(pk=meeting.follows_id) if meeting.follows_id else rows


def last_before(meeting: Meeting) -> Meeting | None:
    rows = line_of(meeting).filter(starts_at__lt=meeting.starts_at, state__in=PAST).exclude(pk=meeting.pk)
    return rows.order_by("-starts_at").first()


def next_after(meeting: Meeting) -> Meeting | None:
    """The nearest meeting ahead whose agenda takes up what this one leaves open."""
    same_line = Q(body=meeting.body_id, series=meeting.series_id) | Q(follows=meeting.pk)
    rows = Meeting.objects.filter(same_line, starts_at__gt=meeting.starts_at, state__in=AHEAD)
    return rows.order_by("starts_at").first()


def deferred_before(meeting: Meeting) -> QuerySet[AgendaItem]:
    """Items put off at the last meeting, and topics of meetings that were cancelled since."""
    last = last_before(meeting)
    cancelled = line_of(meeting).filter(starts_at__lt=meeting.starts_at, state=MeetingState.CANCELLED)
    if last:
        cancelled = cancelled.filter(starts_at__gt=last.starts_at)
    waiting = Q(meeting__in=cancelled.values("pk"), kind=ItemKind.TOPIC)
    if last:
        waiting |= Q(meeting=last, outcome=Outcome.DEFERRED)
    return AgendaItem.objects.filter(waiting).order_by("meeting__starts_at", "order")


# ---- decisions and actions -------------------------------------------------------------------------------------

STILL_OPEN = (
    Q(call__isnull=True) | Q(call__state=CallState.WITHDRAWN) | Q(call__assignments__state__in=[*OPEN, State.DRAFT])
)


def open_before(meeting: Meeting) -> QuerySet[Action]:
    """Actions of earlier meetings of the line that nobody has accepted as done."""
    earlier = line_of(meeting).filter(starts_at__lt=meeting.starts_at).exclude(pk=meeting.pk)
    return Action.objects.filter(STILL_OPEN, decision__item__meeting__in=earlier).distinct().order_by("due_on", "id")


@dataclass(frozen=True)
class Standing:
    """How an action stands: its assignment (None until it is given out), the due date seen from today, what the reader
    may open of the answer."""

    action: Action
    assignment: Assignment | None
    due: Due | None
    is_open: bool
    may_open: bool
    answer: str
    proofs: list[Any]


def standings(actor: Actor, actions: Iterable[Action]) -> dict[int, Standing]:
    """Action id → how it stands, with few queries however many there are. The answer is told to those who see it."""
    rows = list(actions)
    calls = [row.call_id for row in rows if row.call_id]
    found: dict[int, Assignment] = {}
    asked = Assignment.objects.filter(call__in=calls).select_related("position__organisation", "call__replaces")
    posts = {row.call_id: row.position_id for row in rows}
    for assignment in asked.order_by("id"):
        held = found.get(assignment.call_id)
        if held is None or assignment.position_id == posts[assignment.call_id] != held.position_id:
            found[assignment.call_id] = assignment
    seen = set(visible(actor, Assignment).filter(call__in=calls).values_list("pk", flat=True))
    named = [(proof["noun"], proof["id"]) for row in found.values() if row.pk in seen for proof in row.evidence]
    proofs = found_subjects(actor, named)
    calendar = Calendar()
    return {row.pk: _standing(row, found.get(row.call_id or 0), seen, proofs, calendar) for row in rows}


def _standing(
    action: Action, assignment: Assignment | None, seen: set[int], proofs: dict, calendar: Calendar
) -> Standing:
    may_open = assignment is not None and assignment.pk in seen
    is_open = (
        assignment is None or assignment.is_open or assignment.call.state in (CallState.DRAFT, CallState.WITHDRAWN)
    )
    shown = (
        [proofs.get((proof["noun"], proof["id"])) for proof in assignment.evidence] if may_open and assignment else []
    )
    return Standing(
        action=action,
        assignment=assignment,
        due=reckon(action.due_on, calendar=calendar) if is_open else None,
        is_open=is_open,
        may_open=may_open,
        answer=assignment.answer if may_open and assignment else "",
        proofs=[row for row in shown if row is not None],
    )


def actions_of(rows: QuerySet[Action]) -> QuerySet[Action]:
    return rows.select_related(
        "position__organisation", "decision__document", "decision__item__meeting__body", "call"
    )  # fmt: skip


def decisions_seen(actor: Actor, decisions: QuerySet[Decision], most: int | None = None) -> list[Decision]:
    """Decisions whose document the reader may see, each with its actions."""
    rows = decisions.filter(document__in=visible(actor, Document)).select_related("document", "item__meeting")
    return list(rows.prefetch_related("actions__position__organisation", "actions__call")[:most])
