"""When something is due, in the country's working days: how long is left, how late it is, the shortest notice."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.core import clock
from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.documents.working_days import Calendar, add_working_days, working_days_between
from sala.duties.models import Call

NOTICE_KEY = "calls"
WORKING_DAYS = "working_days"
AGAINST = "/"  # between the name of a wave of reminders and the due date it was reckoned against


@dataclass(frozen=True)
class Due:
    """How a due date stands on a day. `last` is the last day in time: the next working day when it is a day off.

    left  working days until `last`; negative when late
    """

    on: date
    last: date
    left: int

    @property
    def late(self) -> bool:
        return self.left < 0

    def __str__(self) -> str:
        """What a reader understands at once: "3 working days left", "due today", "5 working days late"."""
        if self.late:
            return ngettext("%(count)d working day late", "%(count)d working days late", -self.left) % {
                "count": -self.left
            }
        if self.left == 0:
            return _("due today")
        return ngettext("%(count)d working day left", "%(count)d working days left", self.left) % {"count": self.left}


def reckon(on: date, *, today: date | None = None, calendar: Calendar | None = None) -> Due:
    """A due date seen from a day (default: today). Late from the day after the last day in time, never stored."""
    calendar = calendar or Calendar()
    today = today or clock.today()
    last = on if calendar.is_working(on) else add_working_days(on, 1, calendar)
    left = working_days_between(today, last, calendar)
    if today > last:
        left = min(-working_days_between(last, today, calendar), -1)  # on the day off after it, it is late already
    return Due(on, last, left)


def against(due_on: date, wave: str) -> str:
    """A wave of reminders for one due date, such as "before-7/2026-03-12"."""
    return f"{wave}{AGAINST}{due_on.isoformat()}"


@dataclass(frozen=True)
class Notice:
    """The shortest time between issue and due date: as the rule says it, the first day it allows, and working days."""

    words: str
    earliest: date
    days: int

    def advice(self) -> str:
        return _("The law asks for notice of %(time)s. Choose %(day)s or a later day.") % {
            "time": self.words,
            "day": date_format(self.earliest, "DATE_FORMAT"),
        }


def notice_rule(call: Call, today: date) -> Notice | None:
    """The notice in force where the call is issued, for its area first; None where no rule lays one down."""
    rule = rule_on(RuleKind.NOTICE, NOTICE_KEY, today, call.area or call.issuer.organisation.area)
    if rule is None or rule.number is None or rule.value.get("unit") != WORKING_DAYS:
        return None
    return Notice(str(rule.shown), add_working_days(today, int(rule.number)), int(rule.number))
