"""Issuing a call: only when the posts asked can know why, how and until when. One to five thousand posts, one commit."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import permitting
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import required_language
from sala.core.operation import lock, operation
from sala.documents.working_days import add_working_days
from sala.duties import due, policy
from sala.duties.asking import asker_of
from sala.duties.models import Assignment, AssignmentStep, Attachment, Call, CallState, Review
from sala.duties.operations.asked import AT_ONCE
from sala.duties.operations.calls import end_open
from sala.duties.operations.notices import tell_asked
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.reviewing import NoReviewer, Plan
from sala.duties.states import State, Step
from sala.journal.operations import record, record_many

NAMED = 5  # examples named in a refusal


def missing_for_issue(call: Call, today: date) -> dict[str, list[str]]:
    """Field → what must still be done before the call can be issued; empty when it can."""
    missing: dict[str, list[str]] = {}
    if not call.purpose:
        missing["purpose"] = [_("Say what the answer is needed for.")]
    if required_language() not in call.instruction:
        missing["instruction"] = [_("Write the instruction in the country's language: what exactly is asked, and how.")]
    missing |= _missing_posts(call) | _missing_date(call, today)
    for field, texts in asker_of(call).missing(call).items():
        missing.setdefault(field, []).extend(texts)
    return missing


def _missing_posts(call: Call) -> dict[str, list[str]]:
    rows = call.assignments.order_by("id")
    if not rows.exists():
        return {"position": [_("Name the post that must answer.")]}
    missing: dict[str, list[str]] = {}
    closed = list(rows.filter(position__closed_on__isnull=False).values_list("position__code", flat=True)[:NAMED])
    if closed:
        missing["position"] = [
            _("The post asked was abolished. Name another one.") + f" ({', '.join(closed)})"
        ]  # fmt: skip
    if not call.self_check and rows.filter(position=call.issuer, validating_position__isnull=True).exists():
        missing["validating_position"] = [_("The issuing post is the post asked. Name another post that checks.")]
    try:
        Plan(call.review_plan).levels_of(_posts(rows))
    except NoReviewer as error:
        missing["review_plan"] = [str(error)]
    return missing


def _posts(rows):
    return [row.position for row in rows.select_related("position__organisation")]


def _missing_date(call: Call, today: date) -> dict[str, list[str]]:
    due_on = due_date(call, today)
    if due_on is None:
        return {"due_on": [_("Say until when the answer is due.")]}
    if due_on <= today:
        return {"due_on": [_("The due date is not in the future. Choose a later day.")]}
    notice = due.notice_rule(call, today)
    if notice and due_on < notice.earliest:
        return {"due_on": [notice.advice()]}
    return {}


def due_date(call: Call, today: date) -> date | None:
    """The day the answers are due when the call is issued today."""
    if call.due_days:
        return add_working_days(max(today, call.opens_on or today), call.due_days)
    return call.due_on


@operation
def issue_call(actor: Actor, call: Call) -> Call:
    """Send a draft to the posts it asks. Raises Invalid with a sentence for each thing that is still missing.

    A post that delivers the same already for another open call is not asked again: this call waits for that answer.
    """
    call = lock(call)
    require_speaking_for(actor, call.issuer)
    if not call.is_draft:
        raise Conflict(_("This call was issued or withdrawn already. Open it to see how it stands."))
    today = clock.today()
    if missing := missing_for_issue(call, today):
        advice = " ".join(text for texts in missing.values() for text in texts)
        raise Invalid(_("The call cannot be issued yet. %(advice)s") % {"advice": advice}, missing)
    assignments = list(
        call.assignments.select_for_update(of=("self",)).select_related("position__organisation__area").order_by("id")
    )
    if not asker_of(call).is_request:
        _require_reach(actor, assignments)
    call.state, call.is_issued, call.issued_at = CallState.ISSUED, True, clock.now()
    call.opens_on, call.due_on = call.opens_on or today, due_date(call, today)
    call.save()
    for assignment in assignments:
        assignment.call, assignment.due_on = call, call.due_on
    fresh = _attach_twins(actor, call, assignments)
    asker_of(call).prepare(fresh)
    _set_reviews(call, fresh)
    _issue_all(actor, fresh)
    if call.replaces:
        _supersede(actor, call.replaces, call)
    tell_asked(fresh, Step.ISSUE, leaving_out=actor.person_id)
    record(actor, policy.ISSUE, call, change="issued", due=call.due_on, assignments=len(fresh),
           attached=len(assignments) - len(fresh))  # fmt: skip
    return call


def _require_reach(actor: Actor, assignments: Sequence[Assignment]) -> None:
    """A call reaches as far as the right of the post that issues it."""
    if actor.is_everything:
        return
    for assignment in assignments:
        reaching = [holding.position_id for holding in permitting(actor, policy.ISSUE, assignment.position)]
        if actor.position_id not in reaching:
            raise NotPermitted(
                _("Your position may not call on %(post)s. Ask a call manager whose reach covers that organisation.")
                % {"post": assignment.position}
            )


def _attach_twins(actor: Actor, call: Call, assignments: list[Assignment]) -> list[Assignment]:
    """Assignments that must be asked for, after those whose answer is on its way already were attached."""
    twins = asker_of(call).twins(assignments)
    if not twins:
        return assignments
    Attachment.objects.bulk_create(
        [
            Attachment(call=call, assignment=twin, wanted_by=call.due_on or clock.today(), made_at=clock.now())
            for twin in {twin.pk: twin for twin in twins.values()}.values()
        ],
        batch_size=AT_ONCE,
    )
    Assignment.objects.filter(parent__in=list(twins)).update(parent=None)
    Assignment.objects.filter(pk__in=list(twins)).delete()
    return [assignment for assignment in assignments if assignment.pk not in twins]


def _set_reviews(call: Call, assignments: Sequence[Assignment]) -> None:
    levels = Plan(call.review_plan).levels_of([assignment.position for assignment in assignments])
    Review.objects.bulk_create(
        [
            Review(assignment=assignment, level=number, position_id=post)
            for assignment in assignments
            for number, post in enumerate(levels[assignment.position_id], start=1)
        ],
        batch_size=AT_ONCE,
    )
    for assignment in assignments:
        assignment.levels = len(levels[assignment.position_id])
    for count in Counter(assignment.levels for assignment in assignments):
        same = [assignment.pk for assignment in assignments if assignment.levels == count]
        Assignment.objects.filter(pk__in=same).update(levels=count)


def _issue_all(actor: Actor, assignments: Sequence[Assignment]) -> None:
    """The move of each, in few statements: the row, its step, its event."""
    numbers = [assignment.pk for assignment in assignments]
    due_on = assignments[0].due_on if assignments else None
    Assignment.objects.filter(pk__in=numbers).update(state=State.ISSUED, waits_for=F("position"), due_on=due_on)
    steps = AssignmentStep.objects.bulk_create(
        [
            AssignmentStep(assignment=assignment, before=State.DRAFT, step=Step.ISSUE, after=State.ISSUED, at=clock.now(),
                           position_id=actor.position_id, person_id=actor.person_id)
            for assignment in assignments
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    for assignment in assignments:
        assignment.state, assignment.waits_for = State.ISSUED, assignment.position
    record_many(
        actor, policy.ISSUE,
        [
            (assignment, {"step": Step.ISSUE, "before": State.DRAFT, "after": State.ISSUED, "call": assignment.call_id,
                          "written": step.pk})
            for assignment, step in zip(assignments, steps, strict=True)
        ],
    )  # fmt: skip


def _supersede(actor: Actor, old: Call, new: Call) -> None:
    """The old call ends with its open assignments; answers already given can be read there."""
    old = lock(old)
    if old.state != CallState.ISSUED:
        raise Conflict(_("The call to be replaced has ended meanwhile. Open both and decide again."))
    old.state = CallState.SUPERSEDED
    old.save(update_fields=["state"])
    old.attachments.all().delete()
    end_open(actor, old, Step.SUPERSEDE, _("Replaced by %(call)s.") % {"call": new.reference}, tell=False)
    record(actor, policy.ISSUE, old, change="superseded", by=new.pk)
