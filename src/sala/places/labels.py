"""Placing names on a small map so that none lies over another: the earlier ones have the first choice."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

SIZE = 11  # of the letters, in units of the view box (.map text in sala.css)
WIDE = {"lo": 6.4}  # mean width of a letter, per language
NARROW = 6.4
SHIFTS = (0, -9, 9, -16, 16)  # tried above and below when the place is taken
GAP = 1


@dataclass(frozen=True)
class Label:
    """A name whose middle stands at x on the line y."""

    text: str
    language: str
    x: float
    y: float

    @property
    def width(self) -> float:
        letters = sum(1 for letter in self.text if unicodedata.category(letter) != "Mn")
        return letters * WIDE.get(self.language, NARROW)

    @property
    def box(self) -> tuple[float, float, float, float]:
        half = self.width / 2 + GAP
        return self.x - half, self.y - SIZE, self.x + half, self.y + GAP + 2


def placed(labels: Sequence[Label], width: float, height: float) -> list[Label]:
    """The labels that find room in a view of this size, moved inside it; one that finds none is left out."""
    taken: list[tuple[float, float, float, float]] = []
    kept = []
    for label in labels:
        half = label.width / 2 + GAP
        inside = replace(label, x=min(max(label.x, half), width - half))
        for shift in SHIFTS:
            tried = replace(inside, y=min(max(inside.y + shift, SIZE), height - GAP - 2))
            if not any(_cross(tried.box, other) for other in taken):
                taken.append(tried.box)
                kept.append(tried)
                break
    return kept


def _cross(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
