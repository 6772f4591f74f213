"""How far the result hangs on single weights: each is changed by a part of itself, and what changes its class is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np

from sala.maps.calculations import overlay

MOST_CELLS = 4_000_000  # cells on which weights are swayed; of more, every n-th row and column


@dataclass(frozen=True)
class Sway:
    """Hectares with a result, those that change their class, and hectares of each class with the changed weight."""

    known: float
    changed: float
    hectares: tuple[float, ...]

    def __add__(self, other: "Sway") -> "Sway":
        both = tuple(one + another for one, another in zip(self.hectares, other.hectares, strict=True))
        return Sway(self.known + other.known, self.changed + other.changed, both)

    def told(self) -> dict[str, Any]:
        share = self.changed / self.known if self.known else 0.0
        return {"changed": share, "hectares": [round(value, 2) for value in self.hectares]}


def sampled_step(cells: int) -> int:
    return max(1, ceil(sqrt(cells / MOST_CELLS)))


def sway_of(layers: Sequence[np.ndarray], weights: Sequence[float], allowed: Sequence[np.ndarray], missing: str,
            limits: Sequence[float], parts: Sequence[float], row_hectares: np.ndarray) -> dict[tuple[int, float], Sway]:  # fmt: skip
    """(criterion, change) → Sway, for plus and minus each part; with none but one criterion nothing can change.

    row_hectares  of one cell in each row of the layers
    """
    before = overlay.classified(overlay.weighed(layers, weights, allowed, missing), limits)
    there = before != 255
    known = float((there.sum(axis=1) * row_hectares).sum())
    found = {}
    for place in range(len(layers)):
        for change in sorted({sign * part for part in parts for sign in (-1, 1)}):
            swayed = list(weights)
            swayed[place] *= 1 + change
            after = overlay.classified(overlay.weighed(layers, swayed, allowed, missing), limits)
            changed = float((((after != before) & there).sum(axis=1) * row_hectares).sum())
            hectares = tuple(
                float(((after == number).sum(axis=1) * row_hectares).sum()) for number in range(len(overlay.CLASSES))
            )
            found[place, change] = Sway(known, changed, hectares)
    return found
