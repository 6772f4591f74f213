"""What the register itself can say of a concession when it is assessed, and the points the pack gives for it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sala.concessions.calculations.assessment import MOST

YES_NO = ("yes", "no")
FOUND = ("none", "open", "grave")  # findings: none is open, some are, a grave one is

# Fact → the values it may have; None for a number in per cent. A fact that nobody knows is None, and so are its points.
FACTS: Mapping[str, tuple[str, ...] | None] = {
    "agreement": ("agreement", "decision", "none"),
    "holder": YES_NO,
    "certificate": YES_NO,
    "environment": ("certificate", "exemption", "assessment", "none"),
    "boundary": ("survey", "imagery", "paper", "sketch", "point", "unit", "none"),
    "legal_findings": FOUND,
    "land_findings": FOUND,
    "developed": None,  # hectares developed, of those planned until now or, without a plan, of those granted
    "paid": None,  # of what fell due, in the currency in which least is paid
    "consulted": None,  # villages that were consulted and did not refuse, of those affected
    "compensated": None,  # compensation paid, of that promised, in the village where least is paid
    "jobs": None,  # present jobs, of those planned
    "duties_met": None,  # duties of the agreement that fell due and were met
    "inspection": YES_NO,
}


def faults(name: str, steps: Any) -> str:
    """What is wrong with the points given for a fact, in words for the maker of a pack; empty where nothing is."""
    if name not in FACTS:
        return f"there is no fact {name}; there are {', '.join(FACTS)}"
    values = FACTS[name]
    if values is None:
        if not isinstance(steps, list) or not steps or not all(_is_step(step) for step in steps):
            return f"{name} is a number: give its points as [[at least, points], …]"
        least = [step[0] for step in steps]
        points = [step[1] for step in steps]
        if least != sorted(least, reverse=True) or points != sorted(points, reverse=True) or least[-1] != 0:
            return f"{name}: begin with the most, fewer points for less, and end with 0"
        return ""
    if not isinstance(steps, dict) or set(steps) != set(values):
        return f"{name} has the values {', '.join(values)}: give points for each"
    return "" if all(is_points(points) for points in steps.values()) else f"{name}: points go from 0 to {MOST}"


def _is_step(step: Any) -> bool:
    return isinstance(step, list) and len(step) == 2 and isinstance(step[0], int) and is_points(step[1])


def is_points(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def points_of(steps: Mapping[str, int] | Sequence[Sequence[int]], value: str | None) -> int | None:
    """Points of a fact, by the pack's steps; None where the fact is not known. Numbers are text, such as "63.5"."""
    if value is None:
        return None
    if isinstance(steps, Mapping):
        return steps.get(value)
    number = Decimal(value)
    return next(points for least, points in steps if number >= least)


def percent(part: Decimal | int, whole: Decimal | int) -> str | None:
    """Part of a whole in per cent, as text with one decimal, 100 at most; None without a whole."""
    if not whole:
        return None
    return f"{min(Decimal(100), Decimal(part) * 100 / Decimal(whole)):.1f}"
