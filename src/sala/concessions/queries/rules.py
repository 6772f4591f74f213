"""Rules of law that speak of concessions, as facts for the checks."""

from datetime import date

from django.db.models import Q

from sala.access.actor import path_ids
from sala.concessions.calculations.facts import Fact, Facts
from sala.documents.models import Rule, RuleKind
from sala.places.models import Area

KINDS = (RuleKind.POWER_LIMIT, RuleKind.MORATORIUM, RuleKind.TERM, RuleKind.TOLERANCE, RuleKind.DEADLINE)
ABOUT = "concession"


def facts_of(area: Area, day: date) -> Facts:
    """Every rule about concessions that holds on the day in the area or around it. One statement."""
    around = Q(area__isnull=True) | Q(area__in=path_ids(area.path))
    rows = Rule.objects.filter(around, kind__in=KINDS, key__startswith=ABOUT, valid__contains=day).select_related(
        "area"
    )
    return Facts(
        Fact(row.pk, row.kind, row.key, row.number, row.value.get("unit", ""), row.area.path if row.area else "", row.certainty)
        for row in rows
    )  # fmt: skip


def rules_by_id(ids: list[int]) -> dict[int, Rule]:
    return Rule.objects.select_related("source").in_bulk(ids)
