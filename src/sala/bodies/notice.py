"""How long before a meeting the invitation goes out: a rule of law where one is laid down, for its place first."""

from datetime import date

from sala.bodies.models import Meeting
from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.documents.working_days import add_working_days
from sala.duties.due import WORKING_DAYS, Notice

NOTICE_KEY = "meetings"


def notice_rule(meeting: Meeting, today: date) -> Notice | None:
    """The notice in force where the body works; None where no rule lays one down."""
    rule = rule_on(RuleKind.NOTICE, NOTICE_KEY, today, meeting.body.area)
    if rule is None or rule.number is None or rule.value.get("unit") != WORKING_DAYS:
        return None
    return Notice(str(rule.shown), add_working_days(today, int(rule.number)), int(rule.number))
