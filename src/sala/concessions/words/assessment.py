"""Grades, reasons, lifts and what changed, in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.concessions.models import NOT_GRADABLE, Accuracy, Assessment, CriteriaVersion, Criterion, Respondent
from sala.core import numbers
from sala.core.language import Translated

SOURCES: dict[str, Any] = {
    "register": gettext_lazy("In the register"), Respondent.GOVERNMENT: gettext_lazy("Office"),
    Respondent.COMPANY: gettext_lazy("Company"), Respondent.VILLAGE: gettext_lazy("Village"),
}  # fmt: skip
VALUES: dict[str, Any] = {
    "agreement": gettext_lazy("agreement"), "decision": gettext_lazy("decision"), "none": gettext_lazy("none"),
    "yes": gettext_lazy("yes"), "no": gettext_lazy("no"), "certificate": gettext_lazy("certificate"),
    "exemption": gettext_lazy("exemption"), "assessment": gettext_lazy("impact assessment without certificate"),
    **{code: label for code, label in Accuracy.choices if code != "none"},
}  # fmt: skip
FINDINGS: dict[str, Any] = {
    "none": gettext_lazy("nothing found"), "open": gettext_lazy("findings are open"),
    "grave": gettext_lazy("a grave finding is open"),
}  # fmt: skip
# how a grade is coloured beside its letter, by its rank: the better half, the next, the rest
TAGS = ("ok", "ok", "warn", "bad")


@dataclass
class Named:
    """Names of a version's criteria and caps, by code."""

    version: CriteriaVersion
    criteria: dict[str, Criterion] = field(default_factory=dict)

    @classmethod
    def of(cls, version: CriteriaVersion) -> "Named":
        return cls(version, {each.code: each for each in version.criteria.all()})

    def criterion(self, code: str) -> str:
        found = self.criteria.get(code)
        return str(found.name) if found else code

    def of_fact(self, fact: str) -> str:
        found = next((each for each in self.criteria.values() if each.fact == fact), None)
        return str(found.name) if found else fact

    def cap(self, code: str) -> str:
        found = next((cap for cap in self.version.caps if cap["code"] == code), None)
        return str(Translated.kept(found["reason"])) if found else code


def grade(value: str) -> str:
    """A letter as it is, and words where there is none."""
    if value == NOT_GRADABLE:
        return _("Not gradable")
    return value or _("Not assessed")


def tag(version: CriteriaVersion, value: str) -> str:
    letters = [letter for letter, _least in version.grades]
    if value not in letters:
        return ""
    return TAGS[min(letters.index(value), len(TAGS) - 1)]


def value_of(fact: str, value: str | None) -> str:
    """A fact of the register in words; numbers are per cent."""
    if value is None:
        return _("not known")
    if fact.endswith("_findings"):
        return str(FINDINGS[value])
    if value in VALUES:
        return str(VALUES[value])
    return f"{numbers.display(Decimal(value))} %"


def steps(criterion: Criterion) -> str:
    """Points that the register gives for what it knows; empty where it knows nothing of the criterion."""
    if not criterion.fact:
        return ""
    if isinstance(criterion.steps, dict):
        found = sorted(criterion.steps.items(), key=lambda step: -step[1])
        return "; ".join(f"{value_of(criterion.fact, value)}: {points}" for value, points in found)
    return "; ".join(
        _("from %(least)s %%: %(points)s") % {"least": least, "points": points} for least, points in criterion.steps
    )


def reasons(row: Assessment, named: Named) -> list[str]:
    return [_reason(named, *each) for each in row.reasons]


def _reason(named: Named, code: str, *values: Any) -> str:
    match code:
        case "missing":
            return _("Nothing is known of %(share)s %% of the weight; up to %(limit)s %% is allowed, so no grade is given.") % {
                "share": numbers.display(Decimal(values[0])), "limit": values[1],
            }  # fmt: skip
        case "cap":
            return named.cap(values[0])
        case "differs":
            return _("“%(criterion)s”: answers contradict each other; the lowest counts until it is settled.") % {
                "criterion": named.criterion(values[0])
            }
        case "low":
            return _("“%(criterion)s”: %(points)s of 4 points.") % {
                "criterion": named.criterion(values[0]), "points": values[1],
            }  # fmt: skip
        case _:
            return _("Every point is reached.")


def lifts(row: Assessment, named: Named) -> list[str]:
    """What would lift the grade, the cheapest first."""
    return [_lift(named, lift) for lift in row.lifts]


def _lift(named: Named, lift: Mapping[str, Any]) -> str:
    wanted = "; ".join(
        _("“%(criterion)s” with %(points)s of 4 points") % {"criterion": named.criterion(code), "points": points}
        if points is not None
        else _("an answer to “%(criterion)s”") % {"criterion": named.criterion(code)}
        for code, points in lift["needs"]
    )
    if not lift["grade"]:
        return _("It can be graded with: %(needs)s.") % {"needs": wanted}
    return _("%(grade)s with: %(needs)s.") % {"grade": lift["grade"], "needs": wanted}


def changes(changed: list[list[Any]], named: Named, *, in_full: bool) -> list[str]:
    """What opened a grade again. in_full: for offices; nobody else learns who answered."""
    told = [_changed(named, in_full, *each) for each in changed]
    return list(dict.fromkeys(told))


def _changed(named: Named, in_full: bool, code: str, *values: Any) -> str:
    match code:
        case "fact":
            return _("“%(criterion)s”, as the register knows it: %(old)s before, %(new)s now.") % {
                "criterion": named.of_fact(values[0]), "old": value_of(values[0], values[1]),
                "new": value_of(values[0], values[2]),
            }  # fmt: skip
        case "answer" if not in_full:
            return _("“%(criterion)s”: a new answer.") % {"criterion": named.criterion(values[0])}
        case "answer":
            return _("“%(criterion)s”: a new answer (%(respondent)s).") % {
                "criterion": named.criterion(values[0]), "respondent": Respondent(values[1]).label,
            }  # fmt: skip
        case _:
            return _("“%(criterion)s”: it was settled otherwise what counts.") % {
                "criterion": named.criterion(values[0])
            }
