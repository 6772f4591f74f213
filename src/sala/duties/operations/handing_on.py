"""Open work given to another post of the same office, by who heads it: the load is shared, the answer stays one."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.duties import policy
from sala.duties.models import Assignment
from sala.duties.operations.moves import make_move, require_step
from sala.duties.operations.notices import write_to
from sala.duties.states import Step
from sala.people.models import Position
from sala.people.queries import actor_of_post

OTHERS = (
    "call",
    "area",
    "period",
    "subject_type",
    "subject_id",
)  # with the post: what makes an assignment one of a kind


@operation
def hand_on(actor: Actor, assignment: Assignment, *, position: Position, reason: str = "") -> Assignment:
    """Give an assignment that lies with the post asked to another post of its office. Both are told.

    Raises Invalid for a post of another office, one that checks this answer, or one that may not answer.
    """
    assignment = lock(assignment)
    require_step(actor, assignment, Step.HAND_ON)
    before = assignment.position
    _check(assignment, position)
    assignment.position = position
    step = make_move(actor, assignment, Step.HAND_ON, note=reason.strip(), posts=[before.pk, position.pk])
    wave = f"{Step.HAND_ON}-{step.pk}"
    write_to([(assignment, position)], lambda: _("Work was given to your post"), wave, leaving_out=actor.person_id)
    write_to(
        [(assignment, before)], lambda: _("Work of your post was given to another post"), f"{wave}-from",
        leaving_out=actor.person_id,
    )  # fmt: skip
    return assignment


def _check(assignment: Assignment, position: Position) -> None:
    advice = ""
    if position.organisation_id != assignment.position.organisation_id:
        advice = _("This post belongs to another office. Choose one of the same office.")
    elif position.pk == assignment.position_id:
        advice = _("It lies with this post already. Choose another one.")
    elif position.closed_on:
        advice = _("This post was abolished. Choose another post.")
    elif _checks(assignment, position):
        advice = _("The post that checks must be another than the post asked. Choose another one.")
    elif not _may_answer(position):
        advice = _("This post may not answer calls. Choose another one, or ask your administrator for the right.")
    if advice:
        raise Invalid(advice, {"position": [advice]})
    if _is_asked_the_same(assignment, position):
        raise Conflict(_("This call asks that post for the same already. Choose another post."))


def _checks(assignment: Assignment, position: Position) -> bool:
    checkers = {assignment.checker.pk, *assignment.reviews.values_list("position", flat=True)}
    return not assignment.self_checked and position.pk in checkers


def _may_answer(position: Position) -> bool:
    return can(actor_of_post(position), policy.SUBMIT, position)


def _is_asked_the_same(assignment: Assignment, position: Position) -> bool:
    same = {name: getattr(assignment, name) for name in OTHERS}
    return Assignment.objects.filter(position=position, **same).exists()


def takers(assignment: Assignment) -> dict[Position, str]:
    """Other posts of the office → why each cannot take the work; empty for one that can."""
    office = Position.objects.filter(organisation=assignment.position.organisation_id, closed_on__isnull=True)
    rows = office.exclude(pk=assignment.position_id).select_related("organisation__area").order_by("code")
    return {row: _obstacle(assignment, row) for row in rows}


def _obstacle(assignment: Assignment, position: Position) -> str:
    if _checks(assignment, position):
        return _("It checks this answer.")
    if _is_asked_the_same(assignment, position):
        return _("This call asks it for the same already.")
    return "" if _may_answer(position) else _("It has no right to answer calls.")
