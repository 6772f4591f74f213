"""Rules of law that speak of concessions, as facts for the checks."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from sala.access.actor import path_ids
from sala.concessions.calculations.facts import Fact, Facts
from sala.documents.models import Rule, RuleKind
from sala.places.models import Area

KINDS = (RuleKind.POWER_LIMIT, RuleKind.MORATORIUM, RuleKind.TERM, RuleKind.TOLERANCE, RuleKind.DEADLINE)
ABOUT = "concession"


def facts_of(area: Area, day: date, touched: Iterable[int] = ()) -> Facts:
    """Every rule about concessions that holds on the day in the area or around it. One statement.

    touched  ids of further areas: a stop of approvals in one of them counts too
    """
    around = Q(area__isnull=True) | Q(area__in=path_ids(area.path))
    if touched:
        around |= Q(area__in=list(touched), kind=RuleKind.MORATORIUM)
    return _facts(around, day)


def stops_below(area: Area, day: date, besides: Iterable[int]) -> Facts:
    """Stops of approvals that hold on the day somewhere within the area, but not in these areas."""
    below = Q(area__path__startswith=area.path, kind=RuleKind.MORATORIUM)
    return _facts(below & ~Q(area__in=[*path_ids(area.path), *besides]), day)


def _facts(around: Q, day: date) -> Facts:
    rows = Rule.objects.filter(around, kind__in=KINDS, key__startswith=ABOUT, valid__contains=day)
    told = rows.select_related("area").only("kind", "key", "value", "certainty", "area__path")
    return Facts(
        Fact(row.pk, row.kind, row.key, row.number, row.value.get("unit", ""), row.area.path if row.area else "", row.certainty)
        for row in told
    )  # fmt: skip


def rules_by_id(ids: list[int]) -> dict[int, Rule]:
    return Rule.objects.select_related("source").in_bulk(ids)
