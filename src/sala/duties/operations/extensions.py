"""More time: asked by the post whose work it is, decided by the post that accepts. Both stay on record."""

from datetime import date

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.checking import need
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.documents.working_days import working_days_between
from sala.duties import policy
from sala.duties.models import Assignment, Extension
from sala.duties.operations.notices import write_to
from sala.duties.states import WITH_ASKED
from sala.journal.operations import record


@operation
def ask_extension(actor: Actor, assignment: Assignment, *, until: date, reason: str) -> Extension:
    """Ask for more time, with a reason. One question is open at a time."""
    assignment = lock(assignment)
    require(actor, policy.SUBMIT, assignment.position, acting=assignment.position_id)
    if assignment.state not in WITH_ASKED:
        raise Conflict(_("More time can be asked only while the answer lies with you."))
    need(reason, _("Say why more time is needed."), "reason")
    _check_until(assignment, until)
    if assignment.extensions.filter(granted__isnull=True).exists():
        raise Conflict(_("More time was asked already and is not decided yet. Wait for the answer."))
    asked = Extension.objects.create(
        assignment=assignment, until=until, reason=reason.strip(), asked_by_id=actor.position_id, asked_at=clock.now()
    )
    record(actor, policy.SUBMIT, assignment, change="extension asked", until=until, extension=asked.pk)
    write_to(
        [(assignment, assignment.checker)], lambda: _("An office asks for more time"), f"extension-{asked.pk}",
        leaving_out=actor.person_id, note=lambda: reason.strip(),
    )  # fmt: skip
    return asked


def _check_until(assignment: Assignment, until: date) -> None:
    if assignment.due_on is not None and (until <= assignment.due_on or until <= clock.today()):
        advice = _("The new date must lie after the present due date. Choose a later day.")
        raise Invalid(advice, {"until": [advice]})


@operation
def decide_extension(actor: Actor, extension: Extension, *, granted: bool, until: date | None = None,
                     answer: str = "") -> Extension:  # fmt: skip
    """Grant more time, until the day asked or another, or refuse it with a reason."""
    assignment = lock(extension.assignment)
    extension = lock(extension)
    require(actor, policy.ACCEPT, assignment.checker, acting=assignment.checker.pk)
    if extension.granted is not None:
        raise Conflict(_("This was decided already. Open the assignment to see how."))
    if not assignment.is_open:
        raise Conflict(_("This assignment has ended; there is nothing left to extend."))
    if granted:
        extension.granted_until = until or extension.until
        _check_until(assignment, extension.granted_until)
        if assignment.call.due_days and assignment.due_on:
            extension.granted_days = working_days_between(assignment.due_on, extension.granted_until)
        assignment.due_on = extension.granted_until
        assignment.save(update_fields=["due_on"])
    else:
        need(answer, _("Say why no more time is given."), "answer")
    extension.granted, extension.answer = granted, answer.strip()
    extension.decided_by_id, extension.decided_at = actor.position_id, clock.now()
    extension.save()
    record(actor, policy.ACCEPT, assignment, change="extension decided", granted=granted, until=extension.granted_until,
           extension=extension.pk)  # fmt: skip
    title = (lambda: _("More time was given")) if granted else (lambda: _("No more time is given"))
    write_to(
        [(assignment, assignment.position)], title, f"extension-{extension.pk}-decided", leaving_out=actor.person_id,
        note=lambda: extension.answer,
    )  # fmt: skip
    return extension
