"""How often the register was taken along, by kind of user and month, for those who read the entries of the whole country."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.calculations import first_of_month
from sala.catalogue.queries.usage import GROUPS, MONTHS, OF_USER
from sala.concessions.models import RegisterTaking
from sala.core import clock

DAYS = 30  # of which the history is linked


@dataclass(frozen=True)
class Takings:
    """In the last twelve months and the running one. by_group: words of a kind of user and how often; days: the latest."""

    total: int
    by_group: list[tuple[str, int]]
    months: list[tuple[date, int]]
    days: list[RegisterTaking]


def takings(actor: Actor) -> Takings:
    today = clock.today()
    rows = visible(actor, RegisterTaking).filter(day__gte=first_of_month(today, -MONTHS)).order_by()
    groups = dict.fromkeys(GROUPS, 0)
    for user, count in rows.values_list("user_kind").annotate(total=Sum("count")):
        groups[OF_USER.get(user, "public")] += count
    months = rows.annotate(month=TruncMonth("day")).values_list("month").annotate(total=Sum("count")).order_by("-month")
    return Takings(
        total=sum(groups.values()), months=list(months), days=list(rows.order_by("-day", "user_kind")[:DAYS]),
        by_group=[(str(words), groups[name]) for name, words in GROUPS.items() if groups[name]],
    )  # fmt: skip
