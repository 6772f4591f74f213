"""Who is late with what is owed for land: by concession, by place or sector, by holder. Amounts are those of the ledger."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from sala.access.actor import Actor, path_ids
from sala.concessions import redaction
from sala.concessions.models import Concession, FieldClass, Raised
from sala.concessions.queries.register import FEW, Line, Narrowing, lines, register
from sala.core import money
from sala.ledger.calculations import BANDS, Band
from sala.ledger.models import Charge
from sala.ledger.queries.about import aged_by_subject, nothing_aged
from sala.ledger.queries.open_items import with_open
from sala.places.models import Area

Ages = dict[Band, int]


def late_of(ages: Ages) -> int:
    """What is past its due date."""
    return sum(amount for band, amount in ages.items() if band != Band.CURRENT)


def oldest(ages: Ages) -> Band:
    """The oldest band in which something is open."""
    return next((band for band in reversed(BANDS) if ages.get(band)), Band.CURRENT)


@dataclass(frozen=True)
class Late:
    """One concession in one currency: band → what is open. place: None where it is closed to the reader."""

    concession: Concession
    place: Area | None
    currency: str
    ages: Ages

    @property
    def late(self) -> int:
        return late_of(self.ages)


@dataclass
class Together:
    """What is open of a group in one currency. is_few: too few concessions to be told to everybody."""

    name: Any
    currency: str
    ages: Ages = field(default_factory=nothing_aged)
    concessions: int = 0
    is_few: bool = False

    @property
    def late(self) -> int:
        return late_of(self.ages)


def ages_of(actor: Actor, concessions: QuerySet[Concession], on: date) -> dict[int, dict[str, Ages]]:
    """Concession → currency → band → what is open. One statement, however many concessions."""
    accounts = redaction.accounts_open(actor).filter(subject_id__in=concessions.order_by().values("pk"))
    return {pk: ages for (_noun, pk), ages in aged_by_subject(accounts, on).items()}


def arrears(actor: Actor, wanted: Narrowing, on: date, *, currency: str = "", least: str = "") -> list[Late]:
    """Concessions with something late, the largest sum first, currency by currency.

    currency  only amounts in it          least  only where something is at least as old as this band
    """
    rows = register(actor, wanted)
    found = ages_of(actor, rows, on)
    from_band = BANDS.index(Band(least)) if least in set(BANDS) else 1
    kept = {
        (pk, code): ages for pk, by in found.items() for code, ages in by.items()
        if (not currency or code == currency) and late_of(ages) and BANDS.index(oldest(ages)) >= from_band
    }  # fmt: skip
    concessions = list(rows.filter(pk__in={pk for pk, _code in kept}).select_related("area__parent", "sector", "lead"))
    classes = redaction.classes_of_many(actor, concessions)
    told = {row.pk: (row, row.area if FieldClass.PLACE in classes[row.pk] else None) for row in concessions}
    late = [Late(*told[pk], code, ages) for (pk, code), ages in kept.items() if pk in told]
    place = {code: number for number, code in enumerate(money.known())}
    return sorted(late, key=lambda row: (place.get(row.currency, len(place)), -row.late, row.concession.reference))


def with_lines(actor: Actor, rows: Iterable[Late]) -> list[tuple[Late, Line]]:
    """Rows of one page with what else the reader may know of each concession."""
    shown = list(rows)
    told = {
        line.concession.pk: line
        for line in lines(actor, list({row.concession.pk: row.concession for row in shown}.values()))
    }
    return [(row, told[row.concession.pk]) for row in shown]


def summed(actor: Actor, rows: Sequence[Late], by: str, inside: Area) -> list[Together]:
    """The same by place (the areas one level below `inside`), by sector, or all together: one row for each currency."""
    parts = {area.pk: area for area in inside.children.filter(ended_on__isnull=True)} if by == "place" else {}
    groups: dict[tuple[Any, str], Together] = {}
    for row in rows:
        name = _group(row, by, parts)
        group = groups.setdefault((getattr(name, "pk", None), row.currency), Together(name, row.currency))
        group.concessions += 1
        for band, amount in row.ages.items():
            group.ages[band] += amount
    if not actor.has_post and not actor.is_everything:
        for group in groups.values():
            group.is_few = group.concessions < FEW
    return sorted(groups.values(), key=lambda one: (one.name is None, str(getattr(one.name, "code", "")), one.currency))


def _group(row: Late, by: str, parts: dict[int, Area]) -> Any:
    if by == "sector":
        return row.concession.sector
    if by == "place" and row.place is not None:
        return next((parts[pk] for pk in path_ids(row.place.path) if pk in parts), None)
    return None


@dataclass(frozen=True)
class Owing:
    """What a party, or several, are late with: currency → amount; on how many concessions."""

    amounts: dict[str, int]
    concessions: int

    def __bool__(self) -> bool:
        return bool(self.amounts)

    @property
    def shown(self) -> str:
        return ", ".join(money.shown(amount, currency) for currency, amount in self.amounts.items())


def late_of_parties(parties: Iterable[int], on: date, actor: Actor | None = None) -> Owing:
    """What these parties (ids) are late with, of what was charged to them as holders.

    actor  counts only what this reader may know; without one all that there is, for a verdict of the authorities
    """
    raised = Raised.objects.filter(grant__holder__in=list(parties))
    charges = Charge.objects.filter(pk__in=raised.order_by().values("charge"), due_on__lt=on)
    if actor is not None:
        told = redaction.readable(actor, FieldClass.BASICS, FieldClass.HOLDER).order_by().values("pk")
        accounts = redaction.accounts_open(actor).filter(subject_id__in=told)
        charges = charges.filter(account__in=accounts.order_by().values("pk"))
    rows = with_open(charges, on).filter(open__gt=0).order_by()
    sums = dict(rows.values_list("account__currency").annotate(sum=Sum("open")).values_list("account__currency", "sum"))
    number = rows.aggregate(number=Count("account__subject_id", distinct=True))["number"]
    return Owing({code: int(sums[code]) for code in sorted(sums)}, number)
