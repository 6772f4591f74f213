"""Reminders of what a post owes by a day and is no call: a question, a request. In the waves of calls, then its heads.

A message is one row for its subject, wave and person, so running twice sends nothing twice.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext as _

from sala.core import subjects
from sala.documents.working_days import Calendar
from sala.duties.due import against, reckon
from sala.duties.models import Thread
from sala.duties.operations.notices import Words, write_about
from sala.duties.operations.reminders import HEADS_TOLD, patience_of, wave_of
from sala.duties.standing_in import heads_of
from sala.people.models import Position


@dataclass(frozen=True)
class Owed:
    """What waits for a post until a day.

    key   begins the waves, where a subject has several such things: at most 20 letters
    note  one line more of the message, such as the question, called in each reader's language
    soon, late, told  titles of the message to the post before and after the day, and of that to its heads
    """

    subject: models.Model
    post: Position
    due_on: date
    key: str
    note: Words
    soon: Words
    late: Words
    told: Words


def remind_of(owed: Iterable[Owed], today: date) -> int:
    """Queue what is to be said today. Returns how many messages are new."""
    calendar = Calendar()
    return sum(_remind(one, today, calendar) for one in owed)


def _remind(one: Owed, today: date, calendar: Calendar) -> int:
    due = reckon(one.due_on, today=today, calendar=calendar)
    wave, made = wave_of(due, today), 0
    if wave:
        made += write_about(one.subject, one.post, one.late if due.late else one.soon, one.key + wave, note=one.note)
    days = patience_of(one.post.organisation.area, today) if due.late else None
    if days and -due.left >= days:
        for step, head in enumerate(heads_of(one.post)[:HEADS_TOLD], start=1):
            if -due.left >= days * step:
                wave = one.key + against(due.on, f"escalation-{step}")
                made += write_about(one.subject, head, one.told, wave, note=one.note)
    return made


def questions_owed() -> Iterator[Owed]:
    """Questions whose answer was promised until a day and is not there."""
    waiting = Thread.objects.filter(answered_at__isnull=True, closed_at__isnull=True)
    rows = waiting.filter(due_on__isnull=False, answers__isnull=False)
    rows = rows.select_related("answers__organisation__area").prefetch_related("entries")
    for thread in rows.order_by("pk").iterator(chunk_size=500):
        subject = subjects.by_noun(thread.subject_type).find(thread.subject_id)
        if subject is not None and thread.answers is not None and thread.due_on is not None:
            yield _question(thread, subject, thread.answers, thread.due_on)


def _question(thread: Thread, subject: models.Model, post: Position, due_on: date) -> Owed:
    text = thread.entries.all()[0].text if thread.entries.all() else ""
    return Owed(
        subject, post, due_on, f"thread-{thread.pk}-", note=lambda: text,
        soon=lambda: _("Reminder: an answer to a question is due soon"),
        late=lambda: _("Overdue: a question waits for your answer"),
        told=lambda: _("Late in your unit: a question waits for its answer"),
    )  # fmt: skip
