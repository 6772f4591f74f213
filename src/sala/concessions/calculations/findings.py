"""What does not fit in one concession, from plain facts. Knows no table; the figures it gives are kept as they are.

Every limit is a rule of law or a tolerance that holds on the day that counts: the day of approval for powers, terms and
stops of approvals, today for shapes. Without its rule a check finds nothing here; the screening is where it is told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sala.concessions.calculations.checks import LONGEST, MORATORIUM, POWER, TERM, TOLERANCE, hectares, overlap_with
from sala.concessions.calculations.facts import Facts, RuleBook
from sala.concessions.calculations.spans import ALWAYS, most_at_once

PERCENT = Decimal(100)
# papers of which one has to be there once the state is reached, and the states that have reached it
NEEDED_PAPERS: Mapping[str, tuple[str, ...]] = {
    "agreement": ("signed", "registered", "implementing", "suspended"),
    "certificate": ("registered",),
    "environmental_certificate": ("implementing",),
}
INSTEAD: Mapping[str, tuple[str, ...]] = {
    "agreement": ("decision",),
    "environmental_certificate": ("exemption",),
}


@dataclass(frozen=True)
class GrantFacts:
    """One grant to one holder.

    number  of the row          level  code of the level of administration that approved          months  of the term
    body    who approved: search keys of its names, empty where nobody entered it
    valid   days on which it holds; with a lower and an upper bound, None where it is open
    """

    number: int
    granted_ha: Decimal | None
    decided_on: date | None
    signed_on: date | None
    level: str
    months: int | None
    is_current: bool
    body: frozenset[str] = frozenset()
    valid: Any = ALWAYS

    @property
    def key(self) -> str:
        return f"grant:{self.number}"


@dataclass(frozen=True)
class Decision:
    """What one body granted on one day, to however many holders. granted_ha: the most that they hold together on a day."""

    grants: list[GrantFacts]
    decided_on: date

    @property
    def key(self) -> str:
        return min(self.grants, key=lambda grant: grant.number).key

    @property
    def level(self) -> str:
        return self.grants[0].level

    def made(self, grant: GrantFacts) -> bool:
        bodies = frozenset[str]().union(*(each.body for each in self.grants))
        same = (self.decided_on, self.level) == (grant.decided_on, grant.level)
        return same and (not grant.body or not bodies or bool(grant.body & bodies))

    @property
    def granted_ha(self) -> Decimal:
        return most_at_once((grant.valid, grant.granted_ha) for grant in self.grants if grant.granted_ha)


@dataclass(frozen=True)
class Shared:
    """Hectares shared with something else: another concession (by reference) or a layer (by code).

    slivers, sliver_ha  parts of features of a layer that are too small to count, and their hectares, not in `ha`
    """

    key: str
    ha: Decimal
    other_ha: Decimal | None = None
    effect: str = ""
    edition: int | None = None
    slivers: int = 0
    sliver_ha: Decimal = Decimal(0)


@dataclass
class Case:
    """One concession as it is known now. Hectares as Decimal, two decimals; None where nobody knows.

    mapped_ha, accuracy  of the current granted shape        developed_ha  of the current developed area
    outside_ha           of the developed shape outside the granted one, where it reaches out by more than the tolerance
    overlaps             with other concessions that hold a grant          layers  with constraining layers
    twins                references of concessions that may be the same, with the reason
    split_with           references of the parts, with their hectares; empty where it is not split
    split_ha             hectares of its own that count with them; None: all that is granted
    """

    reference: str
    version: int
    path: str
    sector: str
    commodities: frozenset[str]
    state: str
    papers: frozenset[str]
    grants: list[GrantFacts] = field(default_factory=list)
    mapped_ha: Decimal | None = None
    accuracy: str = ""
    developed_ha: Decimal | None = None
    outside_ha: Decimal | None = None
    overlaps: list[Shared] = field(default_factory=list)
    layers: list[Shared] = field(default_factory=list)
    twins: Mapping[str, str] = field(default_factory=dict)
    split_with: Mapping[str, Decimal] = field(default_factory=dict)
    split_ha: Decimal | None = None

    @property
    def granted_ha(self) -> Decimal | None:
        known = [grant.granted_ha for grant in self.grants if grant.is_current and grant.granted_ha is not None]
        return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True)
class Misfit:
    """One finding: code and key as in models.Finding."""

    code: str
    key: str
    figures: dict[str, Any]
    is_grave: bool = False
    rule: int | None = None
    edition: int | None = None


def misfits(case: Case, book: RuleBook, today: date) -> list[Misfit]:
    """Everything that does not fit, once a code and key."""
    now = book.on(today, case.path)
    found = [
        *_areas(case, now),
        *_overlaps(case, now),
        *_layers(case),
        *_approvals(case, book),
        *_split(case),
        *_twins(case),
        *_papers(case),
    ]
    return list({(each.code, each.key): each for each in found}.values())


def _areas(case: Case, now: Facts) -> Iterator[Misfit]:
    granted = case.granted_ha
    limit = now.find(TOLERANCE, f"concession.area.{case.accuracy}", "concession.area")
    if granted and case.mapped_ha is not None and limit is not None and limit.number is not None:
        share = abs(case.mapped_ha - granted) * PERCENT / granted
        if share > limit.number:
            yield Misfit(
                "area_difference", "",
                {"granted": hectares(granted), "mapped": hectares(case.mapped_ha), "percent": f"{share:.1f}", "limit": str(limit.number)},
                rule=limit.id,
            )  # fmt: skip
    if granted is not None and case.developed_ha is not None and case.developed_ha > granted:
        yield Misfit(
            "developed_more",
            "",
            {"granted": hectares(granted), "developed": hectares(case.developed_ha)},
            is_grave=True,
        )
    if case.outside_ha:
        yield Misfit("outside", "", {"hectares": hectares(case.outside_ha)}, is_grave=True)


def _overlaps(case: Case, now: Facts) -> Iterator[Misfit]:
    size = case.mapped_ha or case.granted_ha or Decimal(0)
    for other in case.overlaps:
        if overlap_with(now, size, other.other_ha, other.ha):
            share = other.ha * PERCENT / size if size else Decimal(0)
            yield Misfit(
                "overlap", other.key, {"hectares": hectares(other.ha), "percent": f"{share:.1f}"}, is_grave=True
            )


def _layers(case: Case) -> Iterator[Misfit]:
    for layer in case.layers:
        if layer.effect != "inform" and layer.ha > 0:
            figures: dict[str, Any] = {"hectares": hectares(layer.ha), "effect": layer.effect}
            if layer.slivers:
                figures |= {"slivers": layer.slivers, "sliver_hectares": hectares(layer.sliver_ha)}
            yield Misfit(
                "layer", layer.key, figures,
                is_grave=layer.effect == "forbidden", edition=layer.edition,
            )  # fmt: skip


def _approvals(case: Case, book: RuleBook) -> Iterator[Misfit]:
    for decision in decisions(case.grants):
        then = book.on(decision.decided_on, case.path)
        yield from _beyond_power(case, decision, then)
        yield from _in_moratorium(case, decision, then)
    for grant in case.grants:
        signed = grant.signed_on or grant.decided_on
        if signed is not None and grant.months is not None:
            fact = book.on(signed, case.path).find(TERM, f"{LONGEST}.{case.sector}", LONGEST)
            if fact is not None and fact.months is not None and grant.months > fact.months:
                figures = {"months": grant.months, "longest": fact.months, "on": signed.isoformat()}
                yield Misfit("beyond_term", grant.key, figures, rule=fact.id)


def decisions(grants: Iterable[GrantFacts]) -> list[Decision]:
    """Grants by the decision that made them: of one day, one level and one body. A body that nobody entered is any."""
    found: list[Decision] = []
    for grant in sorted(grants, key=lambda each: (not each.body, each.number)):
        if grant.decided_on is None:
            continue
        mine = (decision for decision in found if decision.made(grant))
        if (decision := next(mine, None)) is not None:
            decision.grants.append(grant)
        else:
            found.append(Decision([grant], grant.decided_on))
    return found


def _beyond_power(case: Case, decision: Decision, then: Facts) -> Iterator[Misfit]:
    fact = then.find(POWER, f"concession.{decision.level}.{case.sector}", f"concession.{decision.level}")
    if decision.level and fact and fact.number is not None and decision.granted_ha > fact.number:
        figures: dict[str, Any] = {
            "granted": hectares(decision.granted_ha), "limit": hectares(fact.number), "level": decision.level,
            "on": decision.decided_on.isoformat(),
        }  # fmt: skip
        if len(decision.grants) > 1:
            figures["grants"] = len(decision.grants)
        yield Misfit("beyond_power", decision.key, figures, is_grave=True, rule=fact.id)


def _in_moratorium(case: Case, decision: Decision, then: Facts) -> Iterator[Misfit]:
    keys = ["concession", f"concession.{case.sector}", *(f"concession.{code}" for code in sorted(case.commodities))]
    fact = then.find(MORATORIUM, *keys)
    if fact is not None:
        figures = {"of": fact.key.partition(".")[2], "on": decision.decided_on.isoformat()}
        yield Misfit("moratorium", decision.key, figures, is_grave=True, rule=fact.id)


def _split(case: Case) -> Iterator[Misfit]:
    if case.split_with:
        own = case.split_ha if case.split_ha is not None else case.granted_ha
        together = sum(case.split_with.values(), own or Decimal(0))
        yield Misfit("split", "", {"with": sorted(case.split_with), "together": hectares(together)}, is_grave=True)


def _twins(case: Case) -> Iterator[Misfit]:
    for reference, reason in case.twins.items():
        yield Misfit("duplicate", reference, {"reason": reason})


def _papers(case: Case) -> Iterator[Misfit]:
    for role, states in NEEDED_PAPERS.items():
        if case.state in states and not case.papers & {role, *INSTEAD.get(role, ())}:
            yield Misfit("paper_missing", role, {"state": case.state}, is_grave=role == "agreement")
