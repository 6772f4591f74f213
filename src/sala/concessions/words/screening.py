"""What a check found, in the reader's words. Figures are kept as plain values; the sentence is made when it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.concessions.models import AreaPurpose, Concession, ConcessionState, ConstraintLayer, Effect, Verdict
from sala.concessions.models.screening import TAGS
from sala.concessions.words import assessment
from sala.core import money, numbers
from sala.documents.models import Rule

TITLES = {
    "inside": gettext_lazy("Inside the country"),
    "moratorium": gettext_lazy("Stop of approvals"),
    "power": gettext_lazy("Who may grant it"),
    "term": gettext_lazy("Term"),
    "splitting": gettext_lazy("Asked for in parts"),
    "holder": gettext_lazy("What else the holder has"),
    "arrears": gettext_lazy("What the holder is late with"),
    "overlap": gettext_lazy("Other leases and concessions"),
    "duplicate": gettext_lazy("The same area twice"),
}

ORDER = (Verdict.CLEAR, Verdict.CANNOT_TELL, Verdict.ATTENTION, Verdict.BLOCKED)


@dataclass(frozen=True)
class Known:
    """Names for the codes in the figures.

    terms   code of a sector or commodity → name     levels  code → name      layers  code → layer
    shown   reference → concession that the reader may see with its boundaries     rules  id → rule
    """

    terms: Mapping[str, Any]
    levels: Mapping[str, Any]
    layers: Mapping[str, ConstraintLayer]
    shown: Mapping[str, Concession]
    rules: Mapping[int, Rule]


@dataclass(frozen=True)
class Said:
    """One line of the report."""

    check: str
    title: Any
    verdict: str
    label: Any
    text: str
    rule: Rule | None = None
    layer: ConstraintLayer | None = None
    concession: Concession | None = None

    @property
    def tag(self) -> str:
        return TAGS[Verdict(self.verdict)]


def said(row: Mapping[str, Any], known: Known) -> Said:
    """One kept result in the language that is active."""
    check, verdict, figures = row["check"], row["verdict"], row["figures"]
    layer = known.layers.get(figures.get("key", "")) if check == "layer" else None
    concession = known.shown.get(figures.get("key", "")) if check in ("overlap", "duplicate") else None
    title = layer.name if layer else TITLES.get(check, figures.get("key", check))
    text = _TEXTS[check](verdict, figures, known)
    return Said(
        check, title, verdict, Verdict(verdict).label, text, known.rules.get(row.get("rule") or 0), layer, concession
    )


def worst_first(rows: Iterable[Mapping[str, Any]], known: Known) -> list[Said]:
    """All lines of a report, what blocks before what is clear."""
    return sorted((said(row, known) for row in rows), key=lambda line: -ORDER.index(Verdict(line.verdict)))


def _ha(text: str) -> str:
    return numbers.display(Decimal(text), places=2)


def _number(text: str) -> str:
    return numbers.display(Decimal(text))


def _level(code: str, known: Known) -> str:
    return str(known.levels.get(code, code))


def _inside(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    if verdict == Verdict.CLEAR:
        return _("All of it lies inside the country.")
    if verdict == Verdict.CANNOT_TELL:
        return _("No boundaries are known here. The keeper of places can take them in; then look again.")
    return _("%(percent)s %% of it lies inside the known boundaries. Check where the rest is meant to lie.") % {
        "percent": _number(figures["percent"])
    }


def _moratorium(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    of = str(known.terms.get(figures.get("of", ""), figures.get("of", "")))
    if verdict == Verdict.BLOCKED:
        return _("Approvals are stopped: %(of)s.") % {"of": of or _("land of every kind")}
    if verdict == Verdict.CLEAR:
        return _("No stop of approvals holds here today.")
    if figures.get("part"):
        return _("Approvals are stopped in a part of the country: %(of)s. Without boundaries nobody can tell whether this lies there.") % {"of": of or _("land of every kind")}  # fmt: skip
    if of:
        return _("Approvals are stopped for %(of)s. Say what is to be grown or dug, and look again.") % {"of": of}
    return _("Say the sector; without it nobody can tell whether approvals are stopped.")


def _power(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    size, level, lowest = _ha(figures["hectares"]), figures["level"], figures["lowest"]
    words = {"size": size, "level": _level(level, known), "lowest": _level(lowest, known)}
    if "limit" in figures:
        words["limit"] = _ha(figures["limit"])
        if verdict == Verdict.CLEAR:
            return _("%(level)s: may grant up to %(limit)s ha; %(size)s ha are asked for.") % words
        if lowest:
            return _("%(level)s: may grant up to %(limit)s ha; %(size)s ha are asked for. The lowest level that may: %(lowest)s.") % words  # fmt: skip
        return _("%(level)s: may grant up to %(limit)s ha; %(size)s ha are asked for. By the rules entered no level may.") % words  # fmt: skip
    if verdict == Verdict.CLEAR:
        return _("The lowest level that may grant %(size)s ha: %(lowest)s.") % words
    if verdict == Verdict.ATTENTION:
        return _("By the rules entered no level may grant %(size)s ha.") % words
    return _("No rule says how much may be granted here. Ask for it to be entered under rules of law.")


def _term(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    months, longest = figures["months"], figures["longest"]
    if longest is None:
        return _("No rule says how long a term may be. Ask for it to be entered under rules of law.")
    if months is None:
        return _("No term was given; the longest is %(longest)s months.") % {"longest": longest}
    words = {"months": months, "longest": longest}
    if verdict == Verdict.CLEAR:
        return _("%(months)s months are asked for; the longest is %(longest)s.") % words
    return _("%(months)s months are asked for, more than the longest of %(longest)s.") % words


def _splitting(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    if verdict == Verdict.CANNOT_TELL:
        return _("Without the holder, the level that grants and the rules about it nobody can tell.")
    if verdict == Verdict.CLEAR:
        return _("No areas of the same holder near by add up to more than the level may grant.")
    return _("With %(count)s areas of the same holder near by: %(together)s ha, while the level may grant %(limit)s ha.") % {
        "count": len(figures["with"]), "together": _ha(figures["together"]), "limit": _ha(figures["limit"]),
    }  # fmt: skip


def _holder(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    if verdict == Verdict.CANNOT_TELL:
        return _("Say who is to hold it, and what else the holder has is looked up.")
    text = (
        _("The holder and those with the same owner: %(concessions)s other areas, %(terminated)s terminated.") % figures
    )
    grades = figures.get("grades")
    if not grades:
        return text
    told = ", ".join(f"{assessment.grade(letter)}: {number}" for letter, number in sorted(grades.items()))
    return " ".join([text, _("Grades: %(grades)s.") % {"grades": told}])


def _arrears(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    if verdict == Verdict.CANNOT_TELL:
        return _("Say who is to hold it, and what the holder is late with is looked up.")
    if verdict == Verdict.CLEAR:
        return _("Neither the holder nor those with the same owner are late with a payment.")
    amounts = ", ".join(money.shown(amount, currency) for currency, amount in sorted(figures["late"].items()))
    return _("The holder and those with the same owner are late with %(amounts)s, for %(count)s concessions.") % {
        "amounts": amounts, "count": figures["concessions"],
    }  # fmt: skip


def _layer(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    layer = known.layers.get(figures["key"])
    texts = []
    if "hectares" in figures and Decimal(figures["hectares"]):
        texts.append(
            _("%(hectares)s ha, %(percent)s %% of the area.")
            % {"hectares": _ha(figures["hectares"]), "percent": _number(figures["percent"])}
        )
        if layer is not None:
            texts.append(f"{Effect(layer.effect).label}{f': {layer.authority}' if layer.authority else ''}.")
    elif verdict == Verdict.CLEAR:
        texts.append(_("None of the area lies in it."))
    if figures.get("slivers"):
        texts.append(
            _("Slivers told apart: %(count)s, %(hectares)s ha.")
            % {"count": figures["slivers"], "hectares": _ha(figures["sliver_hectares"])}
        )
    if Decimal(figures["uncovered"]):
        texts.append(_("%(percent)s %% of the area is not covered by this layer.") % {"percent": _number(figures["uncovered"])})  # fmt: skip
    return " ".join(str(text) for text in texts) or _("This layer has no published edition. Ask who keeps it.")


def _overlap(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    if "key" not in figures:
        return _("No other lease or concession lies here.")
    row = known.shown.get(figures["key"])
    words = {
        "name": f"{row} ({row.reference})" if row else _("one that you may not see"),
        "hectares": _ha(figures["hectares"]), "percent": _number(figures["percent"]),
        "purpose": AreaPurpose(figures["purpose"]).label, "state": ConcessionState(figures["state"]).label,
    }  # fmt: skip
    texts = [_("%(name)s: %(hectares)s ha, %(percent)s %% of the area. %(purpose)s; %(state)s.") % words]
    purposes = figures.get("purposes", {})
    if len(purposes) > 1:
        each = "; ".join(f"{AreaPurpose(code).label}: {_ha(size)}" for code, size in purposes.items())
        texts.append(_("Hectares by purpose: %(each)s.") % {"each": each})
    if not figures["counts"]:
        texts.append(_("Below the difference that counts."))
    return " ".join(texts)


def _duplicate(verdict: str, figures: Mapping[str, Any], known: Known) -> str:
    row = known.shown.get(figures["key"])
    return _("Shares %(percent)s %% of its area with %(name)s. Is it the same project?") % {
        "percent": _number(figures["percent"]),
        "name": f"{row} ({row.reference})" if row else _("one that you may not see"),
    }


_TEXTS = {
    "inside": _inside, "moratorium": _moratorium, "power": _power, "term": _term, "splitting": _splitting,
    "holder": _holder, "arrears": _arrears, "layer": _layer, "overlap": _overlap, "duplicate": _duplicate,
}  # fmt: skip
