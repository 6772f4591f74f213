"""Messages about assignments to those who must act on them, each in their own language, with the address."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.core import clock
from sala.core.language import required_language
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.duties.models import Assignment
from sala.duties.standing_in import Reached, reached, reached_many
from sala.duties.states import Step
from sala.people.models import Person, Position
from sala.people.operations import Letter, queue_messages
from sala.people.telephone import short_text

Words = Callable[[], str]

TITLES: dict[Step, Words] = {
    Step.ISSUE: lambda: _("Your post is asked for something"),
    Step.SUBMIT: lambda: _("An answer waits for your check"),
    Step.DECLARE: lambda: _("An office says that it cannot answer yet"),
    Step.APPROVE: lambda: _("An answer waits for your check"),
    Step.UNAPPROVE: lambda: _("An approval was taken back"),
    Step.RETURN: lambda: _("Your answer was returned with reasons"),
    Step.ACCEPT: lambda: _("Your answer was accepted"),
    Step.WAIVE: lambda: _("Your answer is waived"),
    Step.REOPEN: lambda: _("Your answer was opened again"),
    Step.WITHDRAW: lambda: _("A call to your post was withdrawn"),
    Step.LAPSE: lambda: _("A call was closed without your answer"),
}

# the words of a short message, where those of the mail are too long for one
SHORT: dict[Step, Words] = {Step.RETURN: lambda: _("Returned, please correct")}


def address(assignment: Assignment) -> str:
    return settings.BASE_URL.rstrip("/") + assignment.get_absolute_url()


def wave_of_step(assignment: Assignment, step: Step) -> str:
    """Name of the message about a step; a step that may come again carries its count."""
    if step in (Step.SUBMIT, Step.DECLARE):
        return f"{step}-{assignment.submissions}"
    if step in (Step.RETURN, Step.REOPEN):
        return f"{step}-{assignment.returns}"
    if step in (Step.APPROVE, Step.UNAPPROVE):
        return f"{step}-{assignment.submissions}-{assignment.level}"
    return str(step)


def tell(assignment: Assignment, step: Step, *, leaving_out: int | None = None) -> None:
    """Tell the other side of a step that was just made: whose move it is now, or the post asked when all is done."""
    post = assignment.waits_for or assignment.position
    write_to([(assignment, post)], TITLES[step], wave_of_step(assignment, step), leaving_out=leaving_out,
             short=SHORT.get(step))  # fmt: skip


def tell_asked(assignments: Sequence[Assignment], step: Step, *, leaving_out: int | None = None) -> int:
    """Tell the posts asked of a step that the whole call took. Returns how many messages are new."""
    if step not in TITLES:
        return 0
    pairs = [(assignment, assignment.position) for assignment in assignments]
    return write_to(pairs, TITLES[step], str(step), leaving_out=leaving_out)


def write_to(pairs: Iterable[tuple[Assignment, Position]], title: Words, wave: str, *, today: date | None = None,
             leaving_out: int | None = None, note: Words | None = None,
             short: Words | None = None) -> int:  # fmt: skip
    """One message per assignment, wave and person who acts for the post. Returns how many are new.

    title, note, short  called in each reader's language; short: instead of the title where it goes as a short message
    """
    pairs = list(pairs)
    told = reached_many([post for _assignment, post in pairs], today)
    calendar = Calendar()
    letters = [
        _letter(assignment, post, person, told[post.pk], title, wave, today, calendar, note, short or title)
        for assignment, post in pairs
        for person in told[post.pk].people
        if person.pk != leaving_out
    ]
    return queue_messages(letters)


def write_about(subject: models.Model, post: Position, title: Words, wave: str, *, note: Words,
                leaving_out: int | None = None, page: models.Model | None = None) -> int:  # fmt: skip
    """One message about another subject than an assignment, such as a call. Returns how many are new.

    page  the row on whose page it is done, where that is not the subject's own
    """
    link = settings.BASE_URL.rstrip("/") + (page or subject).get_absolute_url()  # type: ignore[attr-defined]
    letters = []
    for person in reached(post).people:
        if person.pk != leaving_out:
            with translation.override(person.language or required_language()):
                letters.append(
                    Letter(person, subject, wave, title(), "\n".join([str(subject), str(post), note(), link]))
                )
    return queue_messages(letters)


def _letter(assignment: Assignment, post: Position, person: Person, who: Reached, title: Words, wave: str,
            today: date | None, calendar: Calendar, note: Words | None, short: Words) -> Letter:  # fmt: skip
    with translation.override(person.language or required_language()):
        lines = _lines(assignment, post, who.vacant, today, calendar)
        if note is not None:
            lines.insert(2, note())
        words = f"{short()}: {assignment.call.reference}"
        if assignment.is_open and assignment.due_on and assignment.due_on >= (today or clock.today()):
            words += f", {date_format(assignment.due_on, 'SHORT_DATE_FORMAT')}"
        return Letter(person, assignment, wave, title(), "\n".join(lines), short_text(words, address(assignment)))


def _lines(assignment: Assignment, post: Position, vacant: bool, today: date | None, calendar: Calendar) -> list[str]:
    call = assignment.call
    lines = [f"{call.reference}: {call.title}", f"{post}"]
    if vacant:
        lines.append(
            _("This post is vacant, so this comes to you as head of the unit. Name a holder, or act yourself.")
        )
    if assignment.is_open and assignment.due_on:
        lines.append(
            _("Due on %(day)s (%(words)s).")
            % {
                "day": date_format(assignment.due_on, "DATE_FORMAT"),
                "words": reckon(assignment.due_on, today=today, calendar=calendar),
            }
        )
    return [*lines, address(assignment)]
