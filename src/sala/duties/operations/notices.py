"""Messages about an assignment to those who must act on it, each in their own language, with the address."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.core.language import required_language
from sala.duties.due import reckon
from sala.duties.models import Assignment
from sala.duties.queries import reached
from sala.duties.states import Step
from sala.people.models import Position
from sala.people.operations import queue_message

Words = Callable[[], str]


def address(assignment: Assignment) -> str:
    return settings.BASE_URL.rstrip("/") + assignment.get_absolute_url()


def tell_post(assignment: Assignment, position: Position, *, wave: str, title: Words, today: date | None = None,
              leaving_out: int | None = None) -> int:  # fmt: skip
    """One message per person and wave. `title` is called in each reader's language. Returns how many are new."""
    people, vacant = reached(position, today)
    made = 0
    for person in people:
        if person.pk == leaving_out:
            continue
        with translation.override(person.language or required_language()):
            made += queue_message(
                person, assignment, wave=wave, title=title(), body=_body(assignment, position, vacant, today)
            )
    return made


def _body(assignment: Assignment, position: Position, vacant: bool, today: date | None) -> str:
    call = assignment.call
    lines = [f"{call.reference}: {call.title}", f"{position}"]
    if vacant:
        lines.append(
            _("This post is vacant, so this comes to you as head of the unit. Name a holder, or act yourself.")
        )
    if assignment.is_open and assignment.due_on:
        lines.append(
            _("Due on %(day)s (%(words)s).")
            % {
                "day": date_format(assignment.due_on, "DATE_FORMAT"),
                "words": reckon(assignment.due_on, today=today),
            }
        )
    return "\n".join([*lines, address(assignment)])


def tell(assignment: Assignment, step: Step, *, leaving_out: int | None = None) -> None:
    """Tell the other side of a step that was just made."""
    to_checker = step == Step.SUBMIT
    waves = {Step.SUBMIT: f"submit-{assignment.submissions}", Step.RETURN: f"return-{assignment.returns}"}
    titles: dict[Step, Words] = {
        Step.ISSUE: lambda: _("Your post is asked for something"),
        Step.SUBMIT: lambda: _("An answer waits for your check"),
        Step.RETURN: lambda: _("Your answer was returned with reasons"),
        Step.ACCEPT: lambda: _("Your answer was accepted"),
        Step.WITHDRAW: lambda: _("A call to your post was withdrawn"),
    }
    tell_post(
        assignment,
        assignment.checker if to_checker else assignment.position,
        wave=waves.get(step, str(step)),
        title=titles[step],
        leaving_out=leaving_out,
    )
