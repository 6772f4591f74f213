"""What the posts that check do with an answer: remark, approve level by level, return, waive, accept, open again."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor
from sala.core import clock
from sala.core.checking import need
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.duties.models import Assignment, CallState, Waiver
from sala.duties.operations.assignments import need_complete
from sala.duties.operations.closing import close_when_done
from sala.duties.operations.moves import make_move, require_step
from sala.duties.operations.notices import tell
from sala.duties.queries import missing_children
from sala.duties.states import State, Step

Gaps = Mapping[int, str]  # number of a missing child assignment → why the answer above is approved without it


@operation
def remark(actor: Actor, assignment: Assignment, *, note: str) -> Assignment:
    """The post that checks writes something down without deciding yet."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.REMARK)
    need(note, _("Write the remark."))
    make_move(actor, assignment, Step.REMARK, note=note)
    return assignment


@operation
def approve(actor: Actor, assignment: Assignment, *, note: str = "", gaps: Gaps | None = None) -> Assignment:
    """One level of review is content; the answer goes on to the next. Missing children must be named as gaps."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.APPROVE)
    _still_complete(assignment)
    coverage = _cover(actor, assignment, gaps or {})
    make_move(actor, assignment, Step.APPROVE, note=note, **coverage)
    tell(assignment, Step.APPROVE, leaving_out=actor.person_id)
    return assignment


@operation
def unapprove(actor: Actor, assignment: Assignment, *, reason: str) -> Assignment:
    """Take back the approval given last. An earlier level cannot while a later one stands: that one returns it first."""
    assignment = lock(assignment)
    require_step(actor, assignment, Step.UNAPPROVE)
    need(reason, _("Say why the approval is taken back."), "reason")
    make_move(actor, assignment, Step.UNAPPROVE, note=reason)
    tell(assignment, Step.UNAPPROVE, leaving_out=actor.person_id)
    return assignment


@operation
def return_(
    actor: Actor, assignment: Assignment, *, reason: str, remarks: Sequence[Mapping[str, Any]] = ()
) -> Assignment:
    """Send the answer back to the post asked, with a reason and with reasons to single items.

    remarks  [{"item": key, "label": text, "reason": text}] for items of the asker
    """
    assignment = lock(assignment)
    require_step(actor, assignment, Step.RETURN)
    said = [dict(one) for one in remarks if str(one.get("reason", "")).strip()]
    if not said:
        need(reason, _("Say what must be mended, so that the answer can be given again."), "reason")
    _return(actor, assignment, Step.RETURN, reason, said)
    return assignment


@operation
def reopen(actor: Actor, assignment: Assignment, *, reason: str) -> Assignment:
    """Open an accepted or waived assignment again. Refused once the answer above it was approved, or the call closed."""
    call = lock(assignment.call)
    assignment = lock(assignment)
    require_step(actor, assignment, Step.REOPEN)
    need(reason, _("Say what must be mended, so that the answer can be given again."), "reason")
    if call.state != CallState.ISSUED:
        raise Conflict(_("This call is closed; its figures stand. Issue a new call for the correction."))
    above = assignment.parent
    if above is not None and (above.level or above.state == State.ACCEPTED):
        raise Conflict(_("The answer above this one was approved with it. That answer must be returned first."))
    _return(actor, assignment, Step.REOPEN, reason, [])
    return assignment


def _return(actor: Actor, assignment: Assignment, step: Step, reason: str, remarks: list[dict[str, Any]]) -> None:
    assignment.reason = reason.strip()
    assignment.returns += 1
    assignment.expected = assignment.covered = None
    make_move(actor, assignment, step, note=reason, remarks=remarks)
    tell(assignment, step, leaving_out=actor.person_id)


@operation
def waive(actor: Actor, assignment: Assignment, *, reason: str) -> Assignment:
    """Do without this answer: a named gap, with its reason. Also how a "not available" is taken note of."""
    call = lock(assignment.call)
    assignment = lock(assignment)
    require_step(actor, assignment, Step.WAIVE)
    need(reason, _("Say why this answer is waived; the gap is named in every total."), "reason")
    make_move(actor, assignment, Step.WAIVE, note=reason)
    tell(assignment, Step.WAIVE, leaving_out=actor.person_id)
    close_when_done(actor, call)
    return assignment


@operation
def accept(actor: Actor, assignment: Assignment, *, note: str = "", gaps: Gaps | None = None) -> Assignment:
    """Take the answer as good. The call closes with its last open assignment."""
    call = lock(assignment.call)  # before the assignment, as in withdraw_call; and the last two may be accepted at once
    assignment = lock(assignment)
    require_step(actor, assignment, Step.ACCEPT)
    _still_complete(assignment)
    coverage = _cover(actor, assignment, gaps or {})
    make_move(actor, assignment, Step.ACCEPT, note=note, **coverage)
    tell(assignment, Step.ACCEPT, leaving_out=actor.person_id)
    close_when_done(actor, call)
    return assignment


def _still_complete(assignment: Assignment) -> None:
    """What was complete when it was submitted may not be any more, such as where an answer came or went since."""
    need_complete(assignment, _("The answer is not complete any more. Return it with this reason: %(advice)s"))


def _cover(actor: Actor, assignment: Assignment, gaps: Gaps) -> dict[str, Any]:
    """Each child is accepted or waived, or its gap is named now or before. Writes the gaps and the coverage."""
    children = assignment.children.exclude(state__in=(State.WITHDRAWN, State.SUPERSEDED))
    expected = children.count()
    if not expected:
        return {}
    missing = {child.pk: child for child in missing_children(assignment)}
    unnamed = [child for pk, child in missing.items() if not gaps.get(pk, "").strip()]
    if unnamed:
        names = "; ".join(str(child.position) for child in unnamed[:5])
        advice = ngettext(
            "%(count)d answer below this one is missing (%(names)s). Wait for it, or give the reason why it is approved without.",
            "%(count)d answers below this one are missing (%(names)s). Wait for them, or give for each the reason why it is approved without.",
            len(unnamed),
        ) % {"count": len(unnamed), "names": names}
        raise Invalid(advice, {f"gap_{child.pk}": [_("Give the reason.")] for child in unnamed})
    for pk in missing:
        Waiver.objects.update_or_create(
            parent=assignment, child_id=pk,
            defaults={"reason": gaps[pk].strip(), "position_id": actor.position_id, "at": clock.now(), "until": None},
        )  # fmt: skip
    assignment.expected = expected
    assignment.covered = children.filter(state=State.ACCEPTED).count()
    return {"expected": expected, "covered": assignment.covered, "gaps": sorted(missing)}
