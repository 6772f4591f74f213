"""Preparing a meeting, calling it with the notice that the rule asks, holding it, cancelling it."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.bodies import policy, states, wording
from sala.bodies.models import Body, Meeting, Minutes, Participant, SeatRole
from sala.bodies.notice import notice_rule
from sala.bodies.operations.agenda import carry_over, close_points, need_ahead
from sala.bodies.queries.meetings import seats_on
from sala.bodies.states import MEETING, MeetingState, Step, Transition
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.language import required_language
from sala.core.operation import lock, operation
from sala.documents.models import IssuedKind
from sala.documents.operations import issue_document
from sala.duties.standing_in import reached
from sala.journal.operations import record
from sala.people.operations import queue_message

REFERENCE_LOCK = 7_301_979
INVITATION = "bodies/pdf/invitation.html"


@operation
def draft_meeting(actor: Actor, body: Body, *, starts_at: datetime, **described: Any) -> Meeting:
    """Prepare a meeting. Every post with a seat that day is invited, and what is open from last time stands on the
    agenda. Nobody outside the secretariat sees it yet. `described` are further fields of Meeting."""
    body = lock(body)
    described.setdefault("tier", body.tier)
    meeting = Meeting(body=body, starts_at=starts_at, **described)
    require(actor, policy.CONVENE, meeting)
    if not body.is_open_for_work:
        raise Conflict(_("This body was dissolved. Nothing more can be entered."))
    meeting.reference = _next_reference(meeting.day.year)
    _save(meeting)
    for seat in seats_on(body, meeting.day):
        Participant.objects.create(
            meeting=meeting, organisation=seat.position.organisation, position=seat.position,
            is_guest=seat.role == SeatRole.OBSERVER,
        )  # fmt: skip
    record(actor, policy.CONVENE, meeting, change="drafted", body=body.pk, starts=starts_at)
    carry_over(actor, meeting)
    return meeting


@operation
def change_meeting(actor: Actor, meeting: Meeting, **described: Any) -> Meeting:
    """Change what is said of a meeting ahead. A new time of a called one is for its secretariat to tell."""
    meeting = lock(meeting)
    require(actor, policy.CONVENE, meeting)
    need_ahead(meeting)
    for name, value in described.items():
        setattr(meeting, name, value)
    _save(meeting)
    close_points(meeting)
    record(actor, policy.CONVENE, meeting, change="changed", starts=meeting.starts_at)
    return meeting


def _save(meeting: Meeting) -> None:
    if policy.is_more_open(meeting.tier, meeting.body.tier):
        advice = _("A meeting is not more open than its body. Choose fewer readers, or open the body first.")
        raise Invalid(advice, {"tier": [advice]})
    if meeting.series and meeting.series.body_id != meeting.body_id:
        raise Invalid(_("This series belongs to another body. Choose one of this body."))
    check(meeting)
    meeting.save()


@operation
def enter_past_meeting(actor: Actor, body: Body, *, starts_at: datetime, **described: Any) -> Meeting:
    """Enter a meeting that was held before, from its papers: without invitation, its minutes to be written."""
    body = lock(body)
    described.setdefault("tier", body.tier)
    meeting = Meeting(body=body, starts_at=starts_at, state=MeetingState.HELD, is_called=True, **described)
    require(actor, policy.CONVENE, meeting)
    if meeting.day > clock.today():
        advice = _("This meeting has not been held yet. Prepare it instead.")
        raise Invalid(advice, {"starts_at": [advice]})
    meeting.reference = _next_reference(meeting.day.year)
    _save(meeting)
    Minutes.objects.create(meeting=meeting, opens_to=meeting.tier)
    record(actor, policy.CONVENE, meeting, change="entered", body=body.pk, starts=starts_at)
    return meeting


def move(meeting: Meeting, step: Step) -> Transition:
    found = states.transition(MEETING, meeting.state, step)
    if found is None:
        raise Conflict(
            _("This cannot be done now: the meeting is “%(state)s”. Open it to see what comes next.")
            % {"state": meeting.get_state_display()}
        )
    return found


def _next_reference(year: int) -> str:
    """M-2026-0001, counted within the year; a lock until the end of the transaction keeps two from taking the same."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [REFERENCE_LOCK])
        cursor.execute(
            "select coalesce(max(split_part(reference, '-', 3)::int), 0) from bodies_meeting where reference like %s",
            [f"M-{year}-%"],
        )
        last = cursor.fetchone()[0]
    return f"M-{year}-{last + 1:04d}"


def missing_for_call(meeting: Meeting, today: date) -> dict[str, list[str]]:
    """Field → what must still be done before the meeting can be called; empty when it can."""
    missing: dict[str, list[str]] = {}
    if required_language() not in meeting.venue:
        missing["venue"] = [_("Say in the country's language where the meeting is.")]
    if not meeting.items.exists():
        missing["agenda"] = [_("Put at least one item on the agenda.")]
    if not meeting.participants.exists():
        missing["participants"] = [_("Invite at least one office.")]
    notice = notice_rule(meeting, today)
    if meeting.day <= today:
        missing["starts_at"] = [_("The meeting does not lie in the future. Choose a later day.")]
    elif notice and meeting.day < notice.earliest:
        missing["starts_at"] = [notice.advice()]
    return missing


@operation
def call_meeting(actor: Actor, meeting: Meeting) -> Meeting:
    """Send the invitation: a numbered letter with the agenda, and a message to whoever holds an invited post."""
    meeting = lock(meeting)
    require(actor, policy.CONVENE, meeting)
    move(meeting, Step.CALL)
    carry_over(actor, meeting)
    if missing := missing_for_call(meeting, clock.today()):
        advice = " ".join(text for texts in missing.values() for text in texts)
        raise Invalid(_("The meeting cannot be called yet. %(advice)s") % {"advice": advice}, missing)
    participants = list(meeting.participants.select_related("organisation", "position__organisation"))
    meeting.invitation = issue_document(
        actor, meeting.body.secretariat, kind=IssuedKind.LETTER, title=wording.invitation_title(meeting),
        template=INVITATION, subject=meeting, is_invented=meeting.is_invented,
        context={"meeting": meeting, "items": list(meeting.items.all()), "participants": participants},
    )  # fmt: skip
    meeting.state, meeting.is_called = MeetingState.CALLED, True
    meeting.save()
    for participant in participants:
        _tell(meeting, participant, leaving_out=actor.person_id)
    record(actor, policy.CONVENE, meeting, change="called", letter=meeting.invitation.number)
    return meeting


def _tell(meeting: Meeting, participant: Participant, *, wave: str = "call", leaving_out: int | None = None) -> None:
    if participant.position is None:
        return
    people = reached(participant.position).people
    for person in people:
        if person.pk != leaving_out:
            with translation.override(person.language or required_language()):
                title = _("Meeting cancelled: %(title)s") if wave == "cancel" else _("Invitation: %(title)s")
                time = date_format(localtime(meeting.starts_at), "DATETIME_FORMAT")
                lines = [
                    f"{meeting.body}",
                    time,
                    f"{meeting.venue}",
                    meeting.cancelled_reason,
                    wording.address(meeting),
                ]
                queue_message(
                    person, meeting, wave=wave, title=title % {"title": meeting.title},
                    body="\n".join(filter(None, lines)),
                )  # fmt: skip


@operation
def cancel_meeting(actor: Actor, meeting: Meeting, *, reason: str) -> None:
    """Call a meeting off, with a reason. Its topics go on the next agenda."""
    meeting = lock(meeting)
    require(actor, policy.CONVENE, meeting)
    move(meeting, Step.CANCEL)
    if not reason.strip():
        raise Invalid(_("Say why the meeting is cancelled."), {"reason": [_("Say why the meeting is cancelled.")]})
    was_called = meeting.is_called
    meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, reason.strip()
    meeting.save()
    if was_called:
        for participant in meeting.participants.select_related("position__organisation"):
            _tell(meeting, participant, wave="cancel", leaving_out=actor.person_id)
    record(actor, policy.CONVENE, meeting, change="cancelled", reason=reason)


@operation
def hold_meeting(actor: Actor, meeting: Meeting) -> Meeting:
    """Say that the meeting took place. Its minutes begin."""
    meeting = lock(meeting)
    require(actor, policy.MINUTE, meeting)
    move(meeting, Step.HOLD)
    if meeting.day > clock.today():
        raise Conflict(_("The day of the meeting has not come yet. Change its time first if it was held earlier."))
    meeting.state = MeetingState.HELD
    meeting.save()
    Minutes.objects.create(meeting=meeting, opens_to=meeting.tier)
    record(actor, policy.MINUTE, meeting, change="held")
    return meeting
