"""How often answers to a form were taken along, for those whose form it is."""

from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from sala.catalogue.calculations import first_of_month
from sala.catalogue.queries.usage import GROUPS, MONTHS, OF_USER
from sala.collection.models import DailyTaking, Form
from sala.core import clock


@dataclass(frozen=True)
class Takings:
    """In the last twelve months and the running one. by_group: words of a kind of user and how often; none left out at 0."""

    total: int
    by_group: list[tuple[str, int]]
    this_month: int


def takings_of(form: Form) -> Takings:
    today = clock.today()
    rows = DailyTaking.objects.filter(form=form, day__gte=first_of_month(today, -MONTHS)).order_by()
    groups = dict.fromkeys(GROUPS, 0)
    for user, count in rows.values_list("user_kind").annotate(total=Sum("count")):
        groups[OF_USER.get(user, "public")] += count
    months = dict(rows.annotate(month=TruncMonth("day")).values_list("month").annotate(total=Sum("count")))
    return Takings(
        total=sum(groups.values()), this_month=months.get(first_of_month(today), 0),
        by_group=[(str(words), groups[name]) for name, words in GROUPS.items() if groups[name]],
    )  # fmt: skip
