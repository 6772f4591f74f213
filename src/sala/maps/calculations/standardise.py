"""Turning what a criterion measures (metres, degrees, classes) into how good that is: 0 not at all, 1 fully.

Each function takes and gives an array of floats of the same shape; nan (no value) stays nan.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray


def linear(x: Array, low: float, high: float) -> Array:
    """0 at `low`, 1 at `high`, straight between; `low` above `high` makes smaller values the better ones."""
    if low == high:
        raise ValueError("the two limits are the same")
    return np.clip((x - low) / (high - low), 0, 1)


def sigmoid(x: Array, best: float, worst: float) -> Array:
    """1 at `best` and before it, 0 at `worst` and beyond, cos² between."""
    if best == worst:
        raise ValueError("the two limits are the same")
    return np.cos(np.clip((x - best) / (worst - best), 0, 1) * (np.pi / 2)) ** 2


def trapezoid(x: Array, a: float, b: float, c: float, d: float) -> Array:
    """0 up to `a`, rising to 1 at `b`, 1 up to `c`, falling to 0 at `d`. a ≤ b ≤ c ≤ d."""
    if not a <= b <= c <= d:
        raise ValueError("the four limits must go up")
    rise = np.clip((x - a) / (b - a), 0, 1) if b > a else (x >= a).astype(float)
    fall = np.clip((d - x) / (d - c), 0, 1) if d > c else (x <= d).astype(float)
    return np.where(np.isnan(x), np.nan, np.minimum(rise, fall))


def fuzzy_small(x: Array, middle: float, spread: float) -> Array:
    """Near 1 for small values, ½ at `middle`, near 0 for large ones; the larger `spread`, the steeper."""
    if not middle > 0 or not spread > 0:
        raise ValueError("middle and spread are above nought")
    return 1 / (1 + (np.maximum(x, 0) / middle) ** spread)


def limits(x: Array, first: float, second: float, third: float, *, lower_is_better: bool) -> Array:
    """By the three limits between the classes of land evaluation: straight from 1 to 0 over 0 … third + mean gap.

    With limits 1, 2, 3 and lower the better: 1 at 0, ¾ at 1, ½ at 2, ¼ at 3, 0 at 4.
    """
    if not first < second < third:
        raise ValueError("the three limits must go up")
    greatest = third + (third - first) / 2
    share = np.clip(x / greatest, 0, 1)
    return 1 - share if lower_is_better else share


def classes(x: Array, scores: Mapping[float, float], other: float = np.nan) -> Array:
    """A score between 0 and 1 for each value; `other` for a value that has none, nan where it is not to be counted."""
    found = np.full(np.shape(x), np.nan)
    found[~np.isnan(x)] = other
    for value, score in scores.items():
        found[x == value] = score
    return found


METHODS: dict[str, Callable[..., Array]] = {
    "linear": linear,
    "sigmoid": sigmoid,
    "trapezoid": trapezoid,
    "fuzzy-small": fuzzy_small,
}
ARGUMENTS = {
    "linear": ("low", "high"), "sigmoid": ("best", "worst"), "trapezoid": ("a", "b", "c", "d"),
    "fuzzy-small": ("middle", "spread"), "limits": ("first", "second", "third"),
}  # fmt: skip


def standardised(x: Array, said: Mapping[str, Any]) -> Array:
    """By what a recipe says: {"method": …, its limits by name or "scores": [[value, score] …]}."""
    method = said["method"]
    if method == "none":
        return np.clip(x, 0, 1)
    if method == "classes":
        pairs: Sequence[Sequence[float]] = said["scores"]
        return classes(x, {float(value): float(score) for value, score in pairs}, said.get("other", np.nan))
    numbers = [float(said[name]) for name in ARGUMENTS[method]]
    if method == "limits":
        return limits(x, *numbers, lower_is_better=bool(said.get("lower_is_better")))
    return METHODS[method](x, *numbers)


def check(said: Mapping[str, Any]) -> None:
    """Raises ValueError where the limits make no sense together."""
    standardised(np.array([0.0, np.nan]), said)
    if said["method"] == "classes" and not all(0 <= float(score) <= 1 for _value, score in said["scores"]):
        raise ValueError("a score lies between 0 and 1")
