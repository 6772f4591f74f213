"""Reminders to those who give answers to rounds, in the same waves as those to the offices that gather them.

One message for each round, wave and person, whatever the number of answers and posts; running twice sends nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.collection.models import Expected, ExpectedState, Form
from sala.core.language import required_language
from sala.documents.working_days import Calendar
from sala.duties.due import Due, reckon
from sala.duties.models import Call
from sala.duties.operations.reminders import wave_of
from sala.duties.standing_in import reached_many
from sala.duties.states import WITH_ASKED
from sala.people.models import Person, Position
from sala.people.operations import Letter, queue_messages
from sala.people.telephone import short_text

AT_ONCE = 500  # posts looked at together
STILL_OWED = (ExpectedState.WAITING, ExpectedState.RETURNED)


@dataclass(frozen=True)
class Owing:
    """What one post owes to a round of one due date: form → how many answers."""

    call: int
    due_on: date
    post: int
    forms: dict[int, int] = field(default_factory=dict)


def remind_respondents(today: date) -> int:
    """Queue what is to be said today to posts whose answers have not come. Returns how many messages are new."""
    calendar, owing = Calendar(), _owing()
    told: dict[tuple[int, date], list[Owing]] = {}
    for one in owing:
        told.setdefault((one.call, one.due_on), []).append(one)
    made = 0
    for (call, due_on), rows in told.items():
        due = reckon(due_on, today=today, calendar=calendar)
        if wave := wave_of(due, today):
            made += _tell(Call.objects.get(pk=call), due, f"answers-{wave}", rows, today)
    return made


def _owing() -> list[Owing]:
    rows = Expected.objects.filter(
        is_open=True, given_in__isnull=True, respondent__isnull=False, state__in=STILL_OWED,
        assignment__state__in=WITH_ASKED, assignment__due_on__isnull=False,
    )  # fmt: skip
    counted = rows.order_by().values_list("assignment__call", "assignment__due_on", "respondent", "form")
    found: dict[tuple[int, date, int], Owing] = {}
    for call, due_on, post, form, count, _first in counted.annotate(count=Count("pk"), first=Min("pk")).order_by(
        "first"
    ):
        found.setdefault((call, due_on, post), Owing(call, due_on, post)).forms[form] = count
    return list(found.values())


def _tell(call: Call, due: Due, wave: str, rows: Sequence[Owing], today: date) -> int:
    forms = Form.objects.in_bulk({form for row in rows for form in row.forms})
    made = 0
    for begin in range(0, len(rows), AT_ONCE):
        part = {row.post: row for row in rows[begin : begin + AT_ONCE]}
        posts = Position.objects.filter(pk__in=part).select_related("organisation__area")
        people: dict[int, tuple[Person, list[Position]]] = {}
        told = reached_many(list(posts), today)
        for post in posts:
            for person in told[post.pk].people:
                people.setdefault(person.pk, (person, []))[1].append(post)
        letters = [_letter(call, due, wave, person, [(post, part[post.pk].forms) for post in held], forms) for person, held in people.values()]  # fmt: skip
        made += queue_messages(letters)
    return made


def _letter(call: Call, due: Due, wave: str, person: Person, owed: Sequence[tuple[Position, dict[int, int]]],
            forms: dict[int, Form]) -> Letter:  # fmt: skip
    with translation.override(person.language or required_language()):
        lines = [f"{call.reference}: {call.title}"]
        for post, counts in owed:
            lines.append(str(post))
            lines += [f"– {forms[pk].title}: {_number(count)}" for pk, count in counts.items()]
        lines.append(_("Due on %(day)s (%(words)s).") % {"day": date_format(due.on, "DATE_FORMAT"), "words": due})
        link = settings.BASE_URL.rstrip("/") + reverse("site:desk")
        lines.append(link)
        title = _("Overdue: your answers have not come") if due.late else _("Reminder: your answers are due soon")
        words = _("Late: your answers were due on %(day)s") if due.late else _("Your answers are due on %(day)s")
        short = short_text(words % {"day": date_format(due.on, "SHORT_DATE_FORMAT")}, link)
        return Letter(person, call, wave, title, "\n".join(lines), short)


def _number(count: int) -> str:
    return ngettext("%(count)d answer", "%(count)d answers", count) % {"count": count}
