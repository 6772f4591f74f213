"""How datasets are used: by months, by kind of user, and by sex where people told it, small numbers left out."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.catalogue.calculations import first_of_month, hide_small
from sala.catalogue.models import DailyUse, Dataset
from sala.core import clock

MONTHS = 12  # whole months looked back on
MOST_USED = 20  # datasets named on the public page
KINDS = {"view": _("Viewed"), "download": _("Downloaded"), "api": _("Queried by programs")}
# groups of users: offices are people who hold a post; programmes are tokens
GROUPS = {"public": _("Public"), "office": _("Offices"), "programme": _("Programs")}
OF_USER = {"official": "office", "machine": "programme"}


@dataclass
class Usage:
    """Uses from a day to a day.

    by_group  group → kind → uses       by_month  first of the month → kind → uses
    by_sex    kind → {"f": n, "m": n}, None where one of them is below calculations.SMALLEST; only whole months
    """

    since: date
    until: date
    by_group: dict[str, dict[str, int]] = field(default_factory=dict)
    by_month: dict[date, dict[str, int]] = field(default_factory=dict)
    by_sex: dict[str, dict[str, int] | None] = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, int]:
        return {kind: sum(counts[kind] for counts in self.by_group.values()) for kind in KINDS}


def usage_of(datasets: QuerySet[Dataset]) -> Usage:
    """Uses of these datasets in the last twelve whole months and the running one; by sex without the running month,
    so that two looks on two days do not tell one person's use apart."""
    today = clock.today()
    since, this_month = first_of_month(today, -MONTHS), first_of_month(today)
    rows = DailyUse.objects.filter(dataset__in=datasets.order_by().values("pk"), day__gte=since)
    found = Usage(since, today, {group: dict.fromkeys(KINDS, 0) for group in GROUPS})
    for user, kind, count in _counted(rows, "user_kind", "kind"):
        found.by_group[OF_USER.get(user, "public")][kind] += count
    for month, kind, count in _counted(rows.annotate(month=TruncMonth("day")), "month", "kind"):
        found.by_month.setdefault(month, dict.fromkeys(KINDS, 0))[kind] += count
    found.by_month = dict(sorted(found.by_month.items(), reverse=True))
    told: dict[str, dict[str, int]] = {kind: {"f": 0, "m": 0} for kind in KINDS}
    for kind, sex, count in _counted(rows.filter(day__lt=this_month).exclude(sex=""), "kind", "sex"):
        told[kind][sex] += count
    found.by_sex = {kind: hide_small(counts) for kind, counts in told.items()}
    return found


def _counted(rows: QuerySet[DailyUse], *by: str) -> Any:
    return rows.order_by().values_list(*by).annotate(total=Sum("count"))


def public_usage() -> Usage:
    """Of everything that everybody may see."""
    return usage_of(visible(public(), Dataset))


def most_used(actor: Actor) -> list[tuple[Dataset, int]]:
    """Public datasets by their uses in the last months, the most used first."""
    since = first_of_month(clock.today(), -MONTHS)
    rows = DailyUse.objects.filter(dataset__in=visible(public(), Dataset).order_by().values("pk"), day__gte=since)
    counted = rows.order_by().values_list("dataset").annotate(total=Sum("count")).order_by("-total", "dataset")
    totals = dict(counted[:MOST_USED])
    found = visible(actor, Dataset).select_related("owner").in_bulk(list(totals))
    return [(found[pk], total) for pk, total in totals.items() if pk in found]
