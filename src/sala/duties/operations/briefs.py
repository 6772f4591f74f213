"""The monthly brief reaches each head as a message, on the first working day of the month."""

from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.core.language import required_language
from sala.documents.working_days import Calendar, add_working_days
from sala.duties.queries.brief import Brief, brief_of, month_before
from sala.people.models import Message, Person, Position
from sala.people.operations import Letter, queue_messages
from sala.people.queries import actor_for, appointments_on

CATCH_UP = 7  # days after the first working day on which a brief that was missed is still made


def first_working_day(day: date, calendar: Calendar) -> date:
    """The first working day of a day's month."""
    return add_working_days(day.replace(day=1) - timedelta(days=1), 1, calendar)


def send_briefs(today: date) -> int:
    """Write the brief of last month to everybody who heads a unit, one message each. Returns how many are new.

    On other days than the first working day of the month and the few after it nothing happens.
    """
    first = first_working_day(today, Calendar())
    if not first <= today <= first + timedelta(days=CATCH_UP):
        return 0
    month = month_before(today)
    wave = f"brief-{month:%Y-%m}"
    written = set(Message.objects.filter(wave=wave, subject_type="person").values_list("person_id", flat=True))
    heads: dict[Person, list[Position]] = {}
    rows = appointments_on(today).filter(
        position__is_head=True, position__closed_on__isnull=True, person__is_active=True
    )
    for row in rows.select_related("person", "position__organisation__area").order_by("position_id"):
        if row.person_id not in written:
            heads.setdefault(row.person, []).append(row.position)
    return sum(queue_messages([_letter(person, posts, month, wave)]) for person, posts in heads.items())


def _letter(person: Person, posts: list[Position], month: date, wave: str) -> Letter:
    actor = actor_for(person)
    with translation.override(person.language or required_language()):
        title = _("Monthly brief: %(month)s") % {"month": date_format(month, "YEAR_MONTH_FORMAT")}
        texts = [_words(brief_of(actor, post, month)) for post in posts]
        return Letter(person, person, wave, title, "\n\n".join(texts))


def _words(brief: Brief) -> str:
    address = settings.BASE_URL.rstrip("/") + reverse("duties:brief", args=[brief.position.code])
    return "\n".join([
        str(brief.position.organisation),
        _("Late: %(count)d") % {"count": brief.late.count},
        _("Returned and not given again: %(count)d") % {"count": brief.returned.count},
        _("Decisions awaited: %(count)d") % {"count": brief.decisions.count + brief.asked},
        _("Vacant posts: %(count)d") % {"count": brief.vacant_count},
        _("Done: %(count)d, of them in time: %(in_time)d") % {"count": brief.done, "in_time": brief.in_time},
        f"{address}?month={brief.month:%Y-%m}",
    ])  # fmt: skip
