"""Rules of law as plain facts, so that a check can be reckoned, kept and read again without the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

MONTHS_OF = {"months": 1, "years": 12}


@dataclass(frozen=True)
class Fact:
    """One rule as it held on the day of the check.

    kind, key  as in documents.Rule      number, unit  None and "" for a rule in words
    reach      path of the area it holds in, "" for the whole country
    """

    id: int
    kind: str
    key: str
    number: Decimal | None
    unit: str = ""
    reach: str = ""
    certainty: str = "example"

    @property
    def months(self) -> int | None:
        """A length of time in months; None where the rule says none."""
        if self.number is None or self.unit not in MONTHS_OF:
            return None
        return int(self.number * MONTHS_OF[self.unit])


class Facts:
    """The rules that hold on one day in one area; of two with one key, that of the smaller area."""

    def __init__(self, facts: Iterable[Fact]):
        self._by_key: dict[tuple[str, str], Fact] = {}
        for fact in sorted(facts, key=lambda each: len(each.reach)):
            self._by_key[fact.kind, fact.key] = fact

    def find(self, kind: str, *keys: str) -> Fact | None:
        """The rule of the first of these keys that has one: the special before the general."""
        return next((self._by_key[kind, key] for key in keys if (kind, key) in self._by_key), None)

    def number(self, kind: str, *keys: str) -> Decimal | None:
        fact = self.find(kind, *keys)
        return fact.number if fact else None

    @property
    def ids(self) -> list[int]:
        return sorted(fact.id for fact in self._by_key.values())


@dataclass(frozen=True)
class Dated:
    """A rule with the days it holds; `until` is the first day on which it holds no more, None without end."""

    fact: Fact
    since: date
    until: date | None

    def holds(self, day: date, path: str) -> bool:
        return self.since <= day and (self.until is None or day < self.until) and path.startswith(self.fact.reach)


class RuleBook:
    """Every rule about concessions with its days, to look up what held when and where something was decided."""

    def __init__(self, rules: Iterable[Dated]):
        self._rules = list(rules)
        self._pages: dict[tuple[date, str], Facts] = {}

    def on(self, day: date, path: str) -> Facts:
        """Rules that held on the day in the area of this path."""
        page = self._pages.get((day, path))
        if page is None:
            page = Facts(rule.fact for rule in self._rules if rule.holds(day, path))
            self._pages[day, path] = page
        return page


@dataclass(frozen=True)
class Found:
    """What one check came to. verdict: of models.Verdict; figures: plain values, hectares as text with two decimals."""

    check: str
    verdict: str
    figures: dict[str, Any]
    rule: int | None = None

    def as_kept(self) -> dict[str, Any]:
        return {"check": self.check, "verdict": self.verdict, "figures": self.figures, "rule": self.rule}
