"""Figures about the cells of a raster, gathered window by window."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

GUESSED_CLASSES = 40  # distinct values up to which a raster of small whole numbers is taken for one of classes
MOST_CLASSES = 256  # up to which one that is said to hold classes is


@dataclass
class Tally:
    """Counts, least, greatest, sum and squares of cells with a value; per value while there are few.

    counting  whether values are counted singly      most     distinct values up to which they are
    colours   value → (red, green, blue, alpha) of the file's palette
    """

    counting: bool
    most: int = GUESSED_CLASSES
    cells: int = 0
    valid: int = 0
    least: float = float("inf")
    greatest: float = float("-inf")
    mean: float = 0.0
    squares: float = 0.0  # sum of squared deviations from the mean
    counts: dict[float, int] = field(default_factory=dict)
    colours: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def add(self, values: np.ndarray, cells: int) -> None:
        """Take in the cells of a window that have a value, of `cells` in all."""
        self.cells += cells
        if not values.size:
            return
        part = values.astype(np.float64)
        count, mean = part.size, float(part.mean())
        squares = float(((part - mean) ** 2).sum())
        total, shift = self.valid + count, mean - self.mean
        self.squares += squares + shift**2 * self.valid * count / total
        self.mean += shift * count / total
        self.valid = total
        self.least, self.greatest = min(self.least, float(part.min())), max(self.greatest, float(part.max()))
        if self.counting:
            found, numbers = np.unique(values, return_counts=True)
            for value, number in zip(found.tolist(), numbers.tolist(), strict=True):
                self.counts[value] = self.counts.get(value, 0) + number
            self.counting = len(self.counts) <= self.most

    @property
    def classes(self) -> list[dict[str, Any]] | None:
        """Distinct values with their cells, where there are few; else None."""
        if not self.counting:
            return None
        return [{"value": value, "cells": self.counts[value]} for value in sorted(self.counts)]

    def statistics(self) -> dict[str, Any]:
        return {
            "cells": self.cells, "valid": self.valid, "min": self.least, "max": self.greatest, "mean": self.mean,
            "deviation": (self.squares / self.valid) ** 0.5,
        }  # fmt: skip
