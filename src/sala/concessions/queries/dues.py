"""Terms of payment with all that an amount is reckoned from, in a number of statements that does not grow with them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from sala.concessions.calculations import due_steps
from sala.concessions.calculations import dues as reckoning
from sala.concessions.calculations.due_steps import FeeRate
from sala.concessions.calculations.dues import Held, Known, Owed, Plan, Terms
from sala.concessions.models import (
    ApprovalStep,
    AreaBasis,
    AreaPurpose,
    Commodity,
    Concession,
    ConcessionArea,
    Declared,
    Due,
    DueBasis,
    Grant,
    Raised,
)
from sala.concessions.states import ENDED
from sala.core import money
from sala.documents.models import Rule, RuleKind

FEE = "concession.fee"
PURPOSE = {AreaBasis.SURVEYED: AreaPurpose.SURVEYED, AreaBasis.DEVELOPED: AreaPurpose.IMPLEMENTATION}
ONE_DAY = timedelta(days=1)


@dataclass
class Loaded:
    """A term of payment, as plain values to reckon with, and what was charged for it.

    grants  id → the grants that count, with their holders      raised  rows of every period, those taken back as well
    """

    due: Due
    terms: Terms
    known: Known
    grants: dict[int, Grant]
    raised: list[Raised] = field(default_factory=list)

    def plan(self, until: date) -> Plan:
        return reckoning.plan(self.terms, self.known, until)


def payable_on(due: Due, owed: Owed) -> date:
    """Until when a period has to be paid."""
    return reckoning.counted_from(due.basis, owed) + timedelta(days=due.days)


def is_void(row: Raised) -> bool:
    return hasattr(row.charge.transaction, "reversed_by")


def amount_of(row: Raised) -> int:
    """What was charged for a period; of a charge that was moved here, with what had been settled of it before."""
    return row.charge.amount + int(row.charge.basis.get("settled", 0))


def charged(concessions: Iterable[int]) -> list[Raised]:
    """Charges that stand for periods of these concessions, whichever term they came from. Sums paid once have none."""
    rows = Raised.objects.filter(due__concession__in=list(concessions), charge__transaction__reversed_by__isnull=True)
    return list(rows.exclude(due__basis=DueBasis.ONCE).select_related("due"))


def dues_of(concessions: Iterable[int]) -> QuerySet[Due]:
    rows = Due.objects.filter(concession__in=list(concessions))
    related = ("concession__area", "concession__sector", "kind", "books__area", "grant__holder", "document")
    return rows.select_related(*related).order_by("concession", "kind__order", "kind__code", "starts_on", "id")


def loaded(dues: Sequence[Due]) -> list[Loaded]:
    """Each term with the grants, areas, rules, reported values and charges it is reckoned from."""
    if not dues:
        return []
    concessions = {due.concession_id: due.concession for due in dues}
    grants = _grants(concessions)
    areas = _areas(concessions) if any(due.area_basis in PURPOSE for due in dues) else {}
    rules = fee_rates() if any(due.basis == DueBasis.RULE for due in dues) else []
    commodities: dict[int, list[str]] = defaultdict(list)
    current = (
        Commodity.objects.filter(concession__in=concessions, is_current=True) if rules else Commodity.objects.none()
    )
    for pk, code in current.values_list("concession_id", "commodity__code"):
        commodities[pk].append(code)
    reported: dict[int, dict[date, int]] = defaultdict(dict)
    for due_id, day, value in Declared.objects.filter(due__in=dues).values_list("due", "starts_on", "value"):
        reported[due_id][day] = value
    raised: dict[int, list[Raised]] = defaultdict(list)
    rows = Raised.objects.filter(due__in=dues).order_by("starts_on", "pk")
    for row in rows.select_related("charge__transaction__reversed_by", "charge__account"):
        raised[row.due_id].append(row)
    found = []
    for due in dues:
        mine = {pk: grant for pk, grant in grants[due.concession_id].items() if due.grant_id in (None, pk)}
        held = [_held(grant, end) for grant, end in mine.values()]
        known = Known(held, _rates(due, rules, commodities[due.concession_id]), _hectares(due, areas), reported[due.pk])
        found.append(
            Loaded(due, terms_of(due), known, {pk: grant for pk, (grant, _end) in mine.items()}, raised[due.pk])
        )
    return found


def terms_of(due: Due, *, without_end: bool = False) -> Terms:
    """A term as plain values; without its own last day, to ask how far the grants reach."""
    digits, ends_on = money.minor_digits(due.currency), None if without_end else due.ends_on
    return Terms(due.basis, due.starts_on, ends_on, due.months, due.days, digits, due.rate, due.amount)


def held_of(due: Due) -> list[Held]:
    """The grants that count for a term, as they hold."""
    grants = _grants({due.concession_id: due.concession})[due.concession_id]
    return [_held(grant, end) for pk, (grant, end) in grants.items() if due.grant_id in (None, pk)]


def _grants(concessions: dict[int, Concession]) -> dict[int, dict[int, tuple[Grant, date | None]]]:
    """Concession → grant → (grant, last day). Where the concession has ended, no grant reaches beyond that day."""
    ended = [pk for pk, row in concessions.items() if row.state in ENDED]
    steps = ApprovalStep.objects.filter(concession__in=ended, to_state__in=ENDED).order_by().values_list("concession")
    closing: dict[int, date] = dict(steps.annotate(day=Max("decided_on"))) if ended else {}
    found: dict[int, dict[int, tuple[Grant, date | None]]] = defaultdict(dict)
    rows = Grant.objects.filter(concession__in=concessions).order_by("starts_on", "pk")
    for grant in rows.select_related("holder__organisation", "holder__same_as__organisation"):
        end = grant.valid.upper - ONE_DAY if grant.valid.upper else None
        last = closing.get(grant.concession_id)
        if last is not None and (end is None or end > last):
            end = last
        found[grant.concession_id][grant.pk] = (grant, end)
    return found


def _held(grant: Grant, end: date | None) -> Held:
    return Held(grant.pk, grant.valid.lower or date.min, end, grant.share, grant.granted_ha)


def _areas(concessions: Iterable[int]) -> dict[tuple[int, str], list[tuple[date | None, Decimal]]]:
    """Measured areas by their day. Without one that is current, none counts."""
    rows = ConcessionArea.objects.filter(concession__in=concessions, purpose__in=PURPOSE.values()).order_by("pk")
    found: dict[tuple[int, str], list[tuple[date | None, Decimal]]] = defaultdict(list)
    current = set()
    for row in rows:
        if row.hectares is not None:
            found[row.concession_id, row.purpose].append((row.measured_on, row.hectares))
        if row.is_current:
            current.add((row.concession_id, row.purpose))
    return {key: sizes for key, sizes in found.items() if key in current}


def _hectares(due: Due, areas: dict[tuple[int, str], list[tuple[date | None, Decimal]]]) -> Any:
    if due.area_basis == AreaBasis.WRITTEN:
        return due_steps.hectares_by_day([(None, due.hectares or Decimal(0))], due.starts_on)
    if due.area_basis in PURPOSE:
        sizes = areas.get((due.concession_id, PURPOSE[AreaBasis(due.area_basis)]), [])
        return due_steps.hectares_by_day(sizes, due.starts_on)
    return None


def fee_rates() -> list[FeeRate]:
    """Every rate per hectare and year that a rule lays down, with its days."""
    rows = Rule.objects.filter(kind=RuleKind.FEE_RATE, key__startswith=FEE).select_related("area")
    return [
        FeeRate(row.pk, row.key, row.area.path if row.area else "", row.valid.lower,
                row.valid.upper - ONE_DAY if row.valid.upper else None, row.number, row.value.get("unit", ""))
        for row in rows if row.number is not None
    ]  # fmt: skip


def rule_keys(kind: str, sector: str, commodities: Sequence[str]) -> list[str]:
    """Keys of the rules that may lay down the rate, the special before the general.

    A commodity has a rate of its own only where it is the only one there; of several nobody could say which counts.
    """
    special = [f"{FEE}.{kind}.{commodities[0]}"] if len(commodities) == 1 else []
    return [*special, f"{FEE}.{kind}.{sector}", f"{FEE}.{kind}"]


def _rates(due: Due, rules: Sequence[FeeRate], commodities: Sequence[str]) -> Any:
    if due.basis != DueBasis.RULE:
        return ()
    keys = rule_keys(due.kind.code, due.concession.sector.code, commodities)
    return due_steps.rates_for(rules, keys, due.concession.area.path, due.currency)


def waiting(offices: Iterable[int], on: date) -> QuerySet[Due]:
    """Terms in the books of these offices of which a period has begun that was not charged."""
    rows = Due.objects.filter(books__in=list(offices), next_on__lte=on, concession__same_as__isnull=True)
    return rows.select_related("concession")
