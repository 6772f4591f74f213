"""What is owed of each period beside what was charged, paid and is open: the schedule as its readers see it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions import redaction
from sala.concessions.calculations.dues import Owed
from sala.concessions.models import Concession, Due, DueBasis
from sala.concessions.queries.dues import Loaded, amount_of, dues_of, is_void, loaded, payable_on
from sala.core import clock
from sala.ledger.calculations import RateGap, RateOverlap
from sala.ledger.models import Charge
from sala.ledger.queries.open_items import with_open


@dataclass
class Period:
    """One period: what is owed by the register, what was charged in the books, what of that is open.

    amount   what is owed, of all holders or of those whom the reader may know of
    lacks    its value should be reported by now, and is not
    differs  charged, but another sum than what is owed now     taken_back  a charge was taken back and none stands
    """

    due: Due
    owed: Owed
    due_on: date
    amount: int
    charges: list[Any] = field(default_factory=list)
    charged: int = 0
    open: int = 0
    taken_back: bool = False

    @property
    def settled(self) -> int:
        return self.charged - self.open

    @property
    def lacks(self) -> bool:
        return self.owed.waits and self.owed.end < clock.today()

    @property
    def differs(self) -> bool:
        return bool(self.charges) and not self.owed.waits and self.charged != self.amount


def periods(one: Loaded, until: date, on: date | None = None, *, grants: set[int] | None = None) -> list[Period]:
    """Every period that begins by `until` beside what was charged for it and is open at the end of a day.

    grants  only what these grants owe; None: all
    A charge for a period that the register does not know any more (the term was shortened) has a line of its own.
    Raises RateGap and RateOverlap as calculations.dues does.
    """
    plan = one.plan(until)
    raised = [row for row in one.raised if grants is None or row.grant_id in grants]
    standing = with_open(Charge.objects.filter(raised__in=[row.pk for row in raised]), on)
    open_now = dict(standing.values_list("pk", "open")) if raised else {}
    found: dict[date, Period] = {}
    for owed in plan.owed:
        amount = owed.amount if grants is None else sum(part.amount for part in owed.slices if part.grant in grants)
        if amount or owed.waits or any(row.starts_on == owed.start for row in raised):
            found[owed.start] = Period(one.due, owed, payable_on(one.due, owed), amount)
    for row in raised:
        line = found.get(row.starts_on)
        if line is None:
            if is_void(row):
                continue
            line = found[row.starts_on] = Period(one.due, Owed(row.starts_on, row.ends_on, 0), row.charge.due_on, 0)
        if is_void(row):
            line.taken_back = line.taken_back or not line.charges
            continue
        line.taken_back = False
        line.charges.append(row.charge)
        line.charged += amount_of(row)
        line.open += open_now.get(row.charge_id, 0)
    return [found[day] for day in sorted(found)]


@dataclass
class Told:
    """One term of payment with its periods; `fault` says in words why they cannot be reckoned."""

    due: Due
    periods: list[Period] = field(default_factory=list)
    fault: str = ""


@dataclass
class Year:
    """All that is owed for the periods that begin in one year, in one currency."""

    year: int
    currency: str
    owed: int = 0
    charged: int = 0
    open: int = 0

    @property
    def settled(self) -> int:
        return self.charged - self.open


def told(actor: Actor, concession: Concession, until: date, on: date | None = None) -> list[Told]:
    """Every term of payment of a concession as one reader may know it. Call it only where the class of money is open."""
    grants = redaction.grants_told(actor, concession)
    rows = [due for due in dues_of([concession.pk]) if grants is None or due.grant_id is None or due.grant_id in grants]
    found = []
    for one in loaded(rows):
        try:
            found.append(Told(one.due, periods(one, until, on, grants=grants)))
        except (RateGap, RateOverlap) as error:
            found.append(Told(one.due, fault=in_words(error, one.due)))
    return found


def by_year(rows: Iterable[Told]) -> list[Year]:
    """The same added up by year and currency, the newest year first."""
    found: dict[tuple[int, str], Year] = {}
    for row in rows:
        for line in row.periods:
            key = (line.owed.start.year, row.due.currency)
            year = found.setdefault(key, Year(*key))
            year.owed += line.amount
            year.charged += line.charged
            year.open += line.open
    return [found[key] for key in sorted(found, key=lambda key: (-key[0], key[1]))]


def in_words(error: Exception, due: Due) -> str:
    """What a gap or an overlap means for whoever has to mend it."""
    from_rules = due.basis == DueBasis.RULE
    if isinstance(error, RateGap):
        days = "; ".join(f"{_day(first)} – {_day(last)}" for first, last in error.days)
        if error.what == "quantity":
            return _("%(kind)s: the hectares (%(which)s) are not known for %(days)s. Enter them on the page of the concession.") % {
                "kind": due.kind, "which": due.get_area_basis_display(), "days": days,
            }  # fmt: skip
        if from_rules:
            return _("%(kind)s: no rate in %(currency)s is laid down for %(days)s. Ask for the rule to be entered, or enter the rate of the agreement.") % {
                "kind": due.kind, "currency": due.currency, "days": days,
            }  # fmt: skip
        return _("%(kind)s: no rate is known for %(days)s.") % {"kind": due.kind, "days": days}
    return _("%(kind)s: two values hold on %(day)s. Correct one of them first.") % {
        "kind": due.kind, "day": _day(error.day),  # type: ignore[attr-defined]
    }  # fmt: skip


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
