"""How the offices answered in a year, in counts; and who may be put on the list of honour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from sala.access.actor import Actor
from sala.core import clock
from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.documents.working_days import Calendar
from sala.duties import policy
from sala.duties.calculations import NOT_COUNTED
from sala.duties.due import reckon
from sala.duties.models import Assignment
from sala.duties.states import State
from sala.people.models import Organisation
from sala.places.models import Area

LEAST_KEY = "honours.asked"  # rule of law: how many answers an office must have been asked


@dataclass
class Record:
    """Answers of one office that fell due in a year: asked, and of these in time, accepted, accepted at first pass.

    invented  those of calls that were invented for a demonstration; a certificate over them says so
    """

    organisation_id: int
    asked: int = 0
    in_time: int = 0
    complete: int = 0
    first_pass: int = 0
    invented: int = 0

    def is_honourable(self, least: int) -> bool:
        """Asked often enough, everything in time, everything accepted."""
        return self.asked >= max(least, 1) and self.asked == self.in_time == self.complete


def records(year: int, organisations: QuerySet[Any, Any] | Iterable[int]) -> dict[int, Record]:
    """Office → its record, over answers that fell due in the year by today. One query."""
    calendar, last_day = Calendar(), min(date(year, 12, 31), clock.today() - timedelta(days=1))
    rows = Assignment.objects.filter(
        position__organisation__in=organisations, due_on__gte=date(year, 1, 1), due_on__lte=last_day,
        call__is_issued=True,
    ).exclude(state__in=NOT_COUNTED)  # fmt: skip
    last: dict[date, date] = {}
    found: dict[int, Record] = {}
    values = rows.values_list("position__organisation_id", "state", "returns", "due_on", "first_submitted_at",
                              "call__is_invented")  # fmt: skip
    for organisation, state, returns, due, at, invented in values.iterator(chunk_size=5000):
        record = found.setdefault(organisation, Record(organisation))
        assert due is not None  # the filter above asks for one
        last.setdefault(due, reckon(due, calendar=calendar).last)
        record.asked += 1
        record.in_time += at is not None and timezone.localtime(at).date() <= last[due]
        record.complete += state == State.ACCEPTED
        record.first_pass += state == State.ACCEPTED and not returns
        record.invented += invented
    return found


def least_asked(year: int, area: Area | None = None) -> int:
    """Answers that an office must have been asked in a year to be honoured, as the rule says; 1 where none says it."""
    rule = rule_on(RuleKind.MINIMUM, LEAST_KEY, date(year, 12, 31), area)
    return max(int(rule.number), 1) if rule and rule.number is not None else 1


def offices_to_honour(actor: Actor) -> QuerySet[Organisation]:
    """Offices below those for which the actor holds the right: nobody honours the own office."""
    within = Q(pk__in=[])
    for holding in actor.holdings:
        for grant in holding.grants:
            if policy.HONOUR in grant.verbs:
                within |= Q(path__startswith=grant.organisation_path, area__path__startswith=grant.area_path) & ~Q(
                    pk=holding.organisation_id
                )
    rows = Organisation.objects.filter(closed_on__isnull=True)
    return rows if actor.is_everything else rows.filter(within)
