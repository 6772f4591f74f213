"""Drafting a call, changing its draft, taking it back and putting another in its place."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require, sees
from sala.core import clock, periods, subjects
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.operation import lock, operation
from sala.duties import policy
from sala.duties.models import Assignment, Call, CallState
from sala.duties.operations.asked import Asked, lock_draft, write_asked
from sala.duties.operations.moves import make_move
from sala.duties.operations.notices import tell_asked
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.states import OPEN, State, Step
from sala.journal.operations import record
from sala.people.models import Position

REFERENCE_LOCK = 7_301_978
# What a draft holds beside the posts it asks; each may be given to draft_call and redraft_call.
TEXTS = (
    "kind", "title", "purpose", "instruction", "legal_basis", "document", "area", "period", "opens_on", "due_on",
    "due_days", "minutes", "asker", "review_plan", "self_check",
)  # fmt: skip


@operation
def draft_call(actor: Actor, *, issuer: Position, asked: Sequence[Asked] = (), subject: models.Model | None = None,
               replaces: Call | None = None, is_public: bool = False, is_invented: bool = False,
               **texts: Any) -> Call:  # fmt: skip
    """Begin a call in the name of a post one holds. Nobody outside the issuing organisation sees the draft.

    texts     the fields named in TEXTS; only kind and title must be there. The rest is asked for when it is issued.
    replaces  an issued call whose open assignments end when this one is issued
    """
    require_speaking_for(actor, issuer)
    if not actor.is_everything and issuer.pk not in actor.position_ids:
        raise NotPermitted(_("A call is issued by a post that you hold. Choose one of your own posts."))
    if replaces is not None:
        replaces = lock(replaces)
        _check_replaces(replaces, issuer)
    call = Call(
        issuer=issuer, reference=_next_reference(), made_at=clock.now(), is_invented=is_invented, replaces=replaces
    )
    _fill(actor, call, subject, is_public, texts)
    write_asked(call, asked)
    record(actor, policy.ISSUE, call, change="drafted", posts=[one.position.pk for one in asked])
    return call


@operation
def redraft_call(actor: Actor, call: Call, *, subject: models.Model | None = None, is_public: bool = False,
                 **texts: Any) -> Call:  # fmt: skip
    """Change a draft. What was issued is not changed any more: replace it, or withdraw it and issue another."""
    call = lock_draft(actor, call)
    old = (call.area_id, call.period)
    _fill(actor, call, subject, is_public, texts)
    rows = call.assignments.all()
    rows.update(due_on=call.due_on, self_checked=bool(call.self_check))
    if old != (call.area_id, call.period):
        rows.filter(area=old[0], period=old[1]).update(area=call.area, period=call.period)
    record(actor, policy.ISSUE, call, change="redrafted")
    return call


def _fill(actor: Actor, call: Call, subject: models.Model | None, is_public: bool, texts: dict[str, Any]) -> None:
    unknown = set(texts) - set(TEXTS)
    if unknown:
        raise TypeError(f"a call has no {', '.join(sorted(unknown))}")
    for name, value in texts.items():
        setattr(call, name, value)
    if call.period:
        try:
            call.period = periods.parse(call.period).code
        except ValueError as error:
            raise Invalid(str(error), {"period": [str(error)]}) from error
    if call.opens_on and call.due_on and call.due_on < call.opens_on:
        advice = _("The call is due before it opens. Correct the dates.")
        raise Invalid(advice, {"due_on": [advice]})
    if subject is not None and not sees(actor, subject):
        raise Missing(_("What the call is about was not found. Check its number."))
    call.subject_type = subjects.of(subject).noun if subject is not None else ""
    call.subject_id = subject.pk if subject is not None else None
    call.tier = Tier.PUBLIC if is_public else Tier.OWN
    try:
        call.full_clean(exclude=["issuer", "document", "area", "replaces"])
    except ValidationError as error:
        raise Invalid("", error.message_dict) from error
    call.save()


def _check_replaces(old: Call, issuer: Position) -> None:
    if old.issuer.organisation_id != issuer.organisation_id:
        raise NotPermitted(_("Only a call of your own organisation can be replaced."))
    if old.state != CallState.ISSUED:
        raise Conflict(_("Only a call that runs can be replaced. Draft a new one."))
    if Call.objects.filter(replaces=old).exists():
        raise Conflict(_("Another call stands ready to replace this one. Open it and finish it."))


def _next_reference() -> str:
    """C-2026-0001, counted within the year; a lock until the end of the transaction keeps two from taking the same."""
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [REFERENCE_LOCK])
        cursor.execute(
            "select coalesce(max(split_part(reference, '-', 3)::int), 0) from duties_call where reference like %s",
            [f"C-{year}-%"],
        )
        last = cursor.fetchone()[0]
    return f"C-{year}-{last + 1:04d}"


@operation
def withdraw_call(actor: Actor, call: Call, *, reason: str) -> None:
    """Take a call back, with a reason. Open assignments end with it; accepted ones stay as they are.

    An assignment for which another call waits goes over to that call, so that its work is not lost.
    """
    call = lock(call)
    verb = policy.MANAGE if call.is_issued else policy.ISSUE
    require(actor, verb, call, acting=call.issuer_id)
    if call.state not in (CallState.DRAFT, CallState.ISSUED):
        raise Conflict(_("This call was closed or withdrawn already. Nothing is left to withdraw."))
    if not reason.strip():
        raise Invalid(_("Say why the call is withdrawn."), {"reason": [_("Say why the call is withdrawn.")]})
    was_issued = call.is_issued
    call.state = CallState.WITHDRAWN
    call.save(update_fields=["state"])
    call.attachments.all().delete()
    end_open(actor, call, Step.WITHDRAW, reason, tell=was_issued)
    record(actor, verb, call, change="withdrawn", reason=reason)


def end_open(actor: Actor, call: Call, step: Step, reason: str, *, tell: bool) -> None:
    """End what is open of a call that ends. What another call waits for goes over to that call instead."""
    rows = call.assignments.select_for_update(of=("self",)).filter(state__in=[*OPEN, State.DRAFT])
    ended = []
    for assignment in rows.select_related("call", "position__organisation"):
        waiting = (
            assignment.attachments.filter(call__state=CallState.ISSUED).select_related("call").order_by("id").first()
        )
        if waiting is not None and not _asks_itself(waiting.call, assignment):
            _go_over(actor, assignment, waiting.call)
            waiting.delete()
        else:
            make_move(actor, assignment, step, note=reason)
            ended.append(assignment)
    if tell:
        tell_asked(ended, step, leaving_out=actor.person_id)


def _asks_itself(call: Call, assignment: Assignment) -> bool:
    """Whether a call asks the very same of the post in an assignment of its own."""
    same = {name: getattr(assignment, name) for name in ("position", "area", "period", "subject_type", "subject_id")}
    return call.assignments.filter(**same).exists()


def _go_over(actor: Actor, assignment: Assignment, call: Call) -> None:
    """The assignment is now the other call's own; its steps and answers stay with it."""
    assignment.call = call
    if assignment.validating_position_id == assignment.position_id:
        assignment.validating_position = None
    make_move(actor, assignment, Step.ATTACH, note=_("Goes on under %(call)s.") % {"call": call.reference})
