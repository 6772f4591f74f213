"""Hectares by zone and class, gathered from windows."""

from typing import Any

import numpy as np

from sala.maps.calculations.overlay import CLASSES


class Table:
    """Rows: outside all zones, then each zone. Columns: the classes, cells without result, Σ suitability × hectares."""

    COLUMNS = len(CLASSES) + 2

    def __init__(self, zones: int):
        self.found = np.zeros((zones + 1, self.COLUMNS))

    def add(self, hectares: np.ndarray) -> None:
        self.found += hectares

    def rows(self) -> list[list[float]]:
        """For each zone, or for the whole where there are none: hectares of N, S3, S2, S1 and without result."""
        kept = self.found[1:] if len(self.found) > 1 else self.found
        return [[round(float(value), 2) for value in row[:-1]] for row in kept]

    def mean(self) -> float | None:
        """Mean suitability over all cells with a result, by area."""
        known = self.found[:, : len(CLASSES)].sum()
        return float(self.found[:, -1].sum() / known) if known else None


def shares(row: list[float]) -> list[dict[str, Any]]:
    """[{"class", "ha", "share"}] of one row; shares of what has a result."""
    known = sum(row[: len(CLASSES)])
    return [
        {"class": name, "ha": value, "share": value / known if known else 0.0}
        for name, value in zip(CLASSES, row, strict=False)
    ]
