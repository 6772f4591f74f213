"""Closing a call: by its last answer, or by the issuer; its figures are then frozen."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.checking import need
from sala.core.errors import Conflict
from sala.core.operation import lock, operation
from sala.documents.working_days import Calendar
from sala.duties import policy
from sala.duties.asking import asker_of
from sala.duties.calculations import statistics
from sala.duties.models import Attachment, Call, CallState
from sala.duties.operations.calls import end_open
from sala.duties.queries import asked_by, outcomes
from sala.duties.states import OPEN, Step
from sala.journal.operations import record


@operation
def close_call(actor: Actor, call: Call, *, reason: str = "") -> Call:
    """Close a call now. What is still open ends without an answer, and the figures say so."""
    call = lock(call)
    require(actor, policy.MANAGE, call, acting=call.issuer_id)
    if call.state != CallState.ISSUED:
        raise Conflict(_("Only a call that runs can be closed. Open it to see how it stands."))
    if call.assignments.filter(state__in=OPEN).exists():
        need(reason, _("Answers are still missing. Say why the call is closed without them."), "reason")
        end_open(actor, call, Step.LAPSE, reason, tell=True)
    _close(actor, call, policy.MANAGE, reason)
    return call


def close_when_done(actor: Actor, call: Call) -> None:
    """Close a locked call when nothing of it is open any more, neither its own nor what it waits for elsewhere."""
    waiting = Attachment.objects.filter(assignment__call=call).values("call")
    calls = [call, *Call.objects.select_for_update(of=("self",)).filter(pk__in=waiting, state=CallState.ISSUED)]
    for one in calls:
        if one.state == CallState.ISSUED and not asked_by(one).filter(state__in=OPEN).exists():
            _close(actor, one, policy.ACCEPT, "")


def _close(actor: Actor, call: Call, verb: str, reason: str) -> None:
    call.statistics = asker_of(call).figures(call) | statistics(outcomes(call, Calendar()))
    call.state, call.closed_at = CallState.CLOSED, clock.now()
    call.save(update_fields=["state", "closed_at", "statistics"])
    record(actor, verb, call, change="closed", reason=reason)
