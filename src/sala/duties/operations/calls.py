"""Drafting, issuing and withdrawing a call. It is issued only when the post asked can know why, how and until when."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, permitting, require, sees
from sala.core import clock, periods, subjects
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.language import required_language
from sala.core.operation import lock, operation
from sala.duties import due, policy
from sala.duties.models import Assignment, Call, CallState
from sala.duties.operations.moves import make_move
from sala.duties.operations.notices import tell
from sala.duties.states import OPEN, State, Step
from sala.journal.operations import record
from sala.people.models import Position

REFERENCE_LOCK = 7_301_978
# What a draft holds beside the posts it asks; each may be given to draft_call and redraft_call.
TEXTS = ("kind", "title", "purpose", "instruction", "legal_basis", "document", "area", "period", "opens_on", "due_on")


def speaks_for(actor: Actor, issuer: Position) -> bool:
    """Whether the actor may issue calls in the name of this post: by a right over it, from within its organisation."""
    return actor.is_everything or any(
        holding.organisation_id == issuer.organisation_id for holding in permitting(actor, policy.ISSUE, issuer)
    )


def require_speaking_for(actor: Actor, issuer: Position) -> None:
    """A right that reaches over many organisations calls on them; it does not speak in their name."""
    require(actor, policy.ISSUE, issuer, acting=issuer.pk)
    if not speaks_for(actor, issuer):
        raise NotPermitted(_("A call is issued from within its own organisation. Issue one in the name of your post."))


@operation
def draft_call(actor: Actor, *, issuer: Position, position: Position | None = None,
               validating_position: Position | None = None, subject: models.Model | None = None,
               is_public: bool = False, is_invented: bool = False, **texts: Any) -> Call:  # fmt: skip
    """Begin a call in the name of a post one holds. Nobody outside the issuing organisation sees the draft.

    texts  the fields named in TEXTS; only kind and title must be there. The rest is asked for when it is issued.
    """
    require_speaking_for(actor, issuer)
    if not actor.is_everything and issuer.pk not in actor.position_ids:
        raise NotPermitted(_("A call is issued by a post that you hold. Choose one of your own posts."))
    call = Call(issuer=issuer, reference=_next_reference(), made_at=clock.now(), is_invented=is_invented)
    _fill(actor, call, subject, is_public, texts)
    _set_post(call, position, validating_position)
    record(actor, policy.ISSUE, call, change="drafted", position=position.pk if position else None)
    return call


@operation
def redraft_call(actor: Actor, call: Call, *, position: Position | None = None,
                 validating_position: Position | None = None, subject: models.Model | None = None,
                 is_public: bool = False, **texts: Any) -> Call:  # fmt: skip
    """Change a draft. What was issued is not changed any more: withdraw it and issue another."""
    call = lock(call)
    require_speaking_for(actor, call.issuer)
    if call.state != CallState.DRAFT:
        raise Conflict(_("This call has left its draft. Withdraw it and issue a new one."))
    _fill(actor, call, subject, is_public, texts)
    _set_post(call, position, validating_position)
    record(actor, policy.ISSUE, call, change="redrafted", position=position.pk if position else None)
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
        call.full_clean(exclude=["issuer", "document", "area"])
    except ValidationError as error:
        raise Invalid("", error.message_dict) from error
    call.save()


def _set_post(call: Call, position: Position | None, checker: Position | None) -> None:
    """The one assignment of a draft, as the form now says."""
    if checker is not None and position is not None and checker.pk == position.pk:
        advice = _("The post that checks must be another than the post asked. Choose another one.")
        raise Invalid(advice, {"validating_position": [advice]})
    if position is None:
        call.assignments.all().delete()
        return
    Assignment.objects.update_or_create(
        call=call,
        defaults={
            "position": position,
            "validating_position": checker,
            "area": call.area,
            "period": call.period,
            "due_on": call.due_on,
        },
    )


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


def missing_for_issue(call: Call, today: date) -> dict[str, list[str]]:
    """Field → what must still be done before the call can be issued; empty when it can."""
    missing: dict[str, list[str]] = {}
    if not call.purpose:
        missing["purpose"] = [_("Say what the answer is needed for.")]
    if required_language() not in call.instruction:
        missing["instruction"] = [_("Write the instruction in the country's language: what exactly is asked, and how.")]
    assignment = call.assignments.select_related("position").first()
    if assignment is None:
        missing["position"] = [_("Name the post that must answer.")]
    elif assignment.position.closed_on:
        missing["position"] = [_("The post asked was abolished. Name another one.")]
    elif assignment.checker.pk == assignment.position_id:
        missing["validating_position"] = [_("The issuing post is the post asked. Name another post that checks.")]
    if call.due_on is None:
        missing["due_on"] = [_("Say until when the answer is due.")]
    elif call.due_on <= today:
        missing["due_on"] = [_("The due date is not in the future. Choose a later day.")]
    else:
        notice = due.notice_rule(call, today)
        if notice and call.due_on < notice.earliest:
            missing["due_on"] = [notice.advice()]
    return missing


@operation
def issue_call(actor: Actor, call: Call) -> Call:
    """Send a draft to the post it asks. Raises Invalid with a sentence for each thing that is still missing."""
    call = lock(call)
    require_speaking_for(actor, call.issuer)
    if call.state != CallState.DRAFT:
        raise Conflict(_("This call was issued or withdrawn already. Open it to see how it stands."))
    missing = missing_for_issue(call, clock.today())
    if missing:
        advice = " ".join(text for texts in missing.values() for text in texts)
        raise Invalid(_("The call cannot be issued yet. %(advice)s") % {"advice": advice}, missing)
    assignments = list(call.assignments.select_for_update(of=("self",)).select_related("position__organisation__area"))
    for assignment in assignments:
        reaching = [holding.position_id for holding in permitting(actor, policy.ISSUE, assignment.position)]
        if not actor.is_everything and actor.position_id not in reaching:
            raise NotPermitted(
                _("Your position may not call on %(post)s. Ask a call manager whose reach covers that organisation.")
                % {"post": assignment.position}
            )
    call.state, call.is_issued, call.opens_on = CallState.ISSUED, True, call.opens_on or clock.today()
    call.save()
    for assignment in assignments:
        assignment.due_on = call.due_on
        make_move(actor, assignment, Step.ISSUE)
        tell(assignment, Step.ISSUE, leaving_out=actor.person_id)
    record(actor, policy.ISSUE, call, change="issued", due=call.due_on, assignments=[row.pk for row in assignments])
    return call


@operation
def withdraw_call(actor: Actor, call: Call, *, reason: str) -> None:
    """Take a call back, with a reason. Open assignments end with it; accepted ones stay as they are."""
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
    for assignment in call.assignments.select_for_update(of=("self",)).filter(state__in=[*OPEN, State.DRAFT]):
        make_move(actor, assignment, Step.WITHDRAW, note=reason)
        if was_issued:
            tell(assignment, Step.WITHDRAW, leaving_out=actor.person_id)
    record(actor, verb, call, change="withdrawn", reason=reason)
