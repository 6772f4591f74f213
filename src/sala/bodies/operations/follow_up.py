"""From a decision's action to work on a post's desk. The only place where bodies speak to duties' operations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.bodies import policy
from sala.bodies.models import Action
from sala.bodies.operations.agenda import put_on_next
from sala.bodies.wording import call_purpose, call_title
from sala.core.errors import Conflict
from sala.core.operation import lock, operation
from sala.duties.models import Call, CallKind, CallState
from sala.duties.operations import Asked, draft_call, issue_call
from sala.journal.operations import record
from sala.people.models import Position
from sala.people.operations import share_for_work


@operation
def give_out(actor: Actor, action: Action, *, issuer: Position, due_on: date | None = None) -> Action:
    """Issue the call for an action in the name of a post one holds; that post checks the answer.

    due_on  where the day of the decision cannot hold any more; default: as decided
    The asked office may read the decision, whoever else may. An action whose call was withdrawn is given out again.
    """
    action = lock(action)
    meeting = action.meeting
    require(actor, policy.MINUTE, meeting)
    if not action.waits_for_a_call:
        raise Conflict(_("This action was given out already: %(call)s.") % {"call": action.call})
    document = action.decision.document
    if document.tier == Tier.NAMED:
        share_for_work(document, action.position.organisation, purpose=str(action.wording))
    action.due_on = due_on or action.due_on
    action.call = _issued(actor, action, issuer)
    action.save(update_fields=["call", "due_on"])
    record(actor, policy.MINUTE, meeting, change="action given out", action=action.pk, call=action.call.pk)
    put_on_next(action)
    return action


def _issued(actor: Actor, action: Action, issuer: Position) -> Any:
    call = draft_call(
        actor, issuer=issuer, asked=[Asked(action.position)], kind=CallKind.ORDER, title=call_title(action.wording),
        purpose=call_purpose(action), instruction=action.wording, due_on=action.due_on, subject=action.meeting,
        document=action.decision.document, legal_basis=action.decision.document.number,
        is_invented=action.meeting.is_invented,
    )  # fmt: skip
    return issue_call(actor, call)


def follow_replaced_calls(calls: Sequence[Call]) -> None:
    """An action whose call was replaced by a corrected one goes on with that one, with its date. Part of every recorded
    change of a call."""
    replaced = [call.pk for call in calls if call.state == CallState.SUPERSEDED]
    if not replaced:
        return
    for action in Action.objects.filter(call__in=replaced, call__replaced_by__isnull=False):
        action.call = Call.objects.get(replaces=action.call_id)
        action.due_on = action.call.due_on or action.due_on
        action.save(update_fields=["call", "due_on"])
