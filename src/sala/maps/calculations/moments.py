"""What is gathered of a raster's cells by zone, window by window: mean and spread, or the weight of each class."""

from typing import Any

import numpy as np

from sala.maps.calculations.coverage import Cover

SMALL = 1 << 16  # from the least to the greatest whole number of a zone, for them to be counted by a table


class Inside:
    """How the cells of a window are taken out by zone: whole ones run by run, and those that are cut with their share."""

    def __init__(self, cover: Cover):
        self.runs = [slice(start, end) for start, end in zip(cover.start.tolist(), (cover.start + cover.length).tolist(), strict=True)]  # fmt: skip
        begins = np.flatnonzero(np.diff(cover.zone, prepend=-1))
        ends = np.cumsum(np.add.reduceat(cover.length, begins)) if len(begins) else begins
        starts = np.concatenate([ends[:0], [0], ends[:-1]]) if len(ends) else ends
        self.segments = list(zip(cover.zone[begins].tolist(), starts.tolist(), ends.tolist(), strict=True))
        self.place, self.cut_zone, self.share = cover.place, cover.cut_zone, cover.share

    def whole(self, cells: np.ndarray) -> np.ndarray:
        """The cells in the order of the segments (zone, start, end)."""
        return np.concatenate([cells[run] for run in self.runs]) if self.runs else cells[:0]

    def cut(self, cells: np.ndarray, known: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Zones going up, values and shares of cells that are cut and known."""
        if known is None:
            return self.cut_zone, cells[self.place], self.share
        kept = known[self.place]
        return self.cut_zone[kept], cells[self.place[kept]], self.share[kept]


class Moments:
    """Weight, sum, sum of squared distances to the mean, least and greatest of the cells of each zone.

    Parts are put together by their means (Chan, Golub and LeVeque), so that a large mean does not swallow a small spread.
    """

    def __init__(self, zones: int):
        self.count, self.total, self.squares = np.zeros((3, zones))
        self.least, self.greatest = np.full(zones, np.inf), np.full(zones, -np.inf)

    @staticmethod
    @np.errstate(
        invalid="ignore", over="ignore"
    )  # a cell may hold infinity; what that makes of a mean is left out later
    def of(inside: Inside, cells: np.ndarray, known: np.ndarray | None) -> list[np.ndarray]:
        """Parts: rows of zone, weight, sum, squares, least, greatest. A zone stands once in each part."""
        rows = []
        whole, there = inside.whole(cells), None if known is None else inside.whole(known)
        for zone, start, end in inside.segments:
            own = whole[start:end] if there is None else whole[start:end][there[start:end]]
            if len(own):
                numbers = own.astype(np.float64)
                total = numbers.sum()
                numbers -= total / len(own)
                rows.append((zone, len(own), total, np.einsum("i,i", numbers, numbers), own.min(), own.max()))
        return [part for part in (np.array(rows, np.float64).T, _of_cut(*inside.cut(cells, known))) if part.size]

    @np.errstate(invalid="ignore", divide="ignore", over="ignore")
    def add(self, parts: list[np.ndarray]) -> None:
        for numbers, count, total, squares, least, greatest in parts:
            zone = numbers.astype(np.int64)
            before, both = self.count[zone], self.count[zone] + count
            apart = np.where(before > 0, total / count - self.total[zone] / before, 0)
            self.squares[zone] += squares + apart**2 * before * count / both
            self.count[zone] = both
            self.total[zone] += total
            self.least[zone] = np.minimum(self.least[zone], least)
            self.greatest[zone] = np.maximum(self.greatest[zone], greatest)

    def told(self, zone: int) -> dict[str, float]:
        """Of a zone of which something is known."""
        count, total = self.count[zone], self.total[zone]
        spread = np.sqrt(self.squares[zone] / count)
        found = {"mean": total / count, "sum": total, "min": self.least[zone], "max": self.greatest[zone], "stdev": spread}  # fmt: skip
        return {name: float(value) for name, value in found.items()}


def _of_cut(zone: np.ndarray, cells: np.ndarray, share: np.ndarray) -> np.ndarray:
    """One part, of cells by their share."""
    begins = np.flatnonzero(np.diff(zone, prepend=-1))
    if not len(begins):
        return np.empty((6, 0))
    cells = cells.astype(np.float64)
    count, total = np.add.reduceat(share, begins), np.add.reduceat(share * cells, begins)
    apart = cells - np.repeat(total / count, np.diff(begins, append=len(zone)))
    squares = np.add.reduceat(share * apart**2, begins)
    return np.array([zone[begins], count, total, squares, np.minimum.reduceat(cells, begins), np.maximum.reduceat(cells, begins)])  # fmt: skip


class Classes:
    """Weight of each value within each zone."""

    def __init__(self, zones: int):
        self.count = np.zeros(zones)
        self.values: list[dict[Any, float]] = [{} for _zone in range(zones)]

    @staticmethod
    def of(inside: Inside, cells: np.ndarray, known: np.ndarray | None) -> list[tuple[int, list[Any], list[float]]]:
        """(zone, values, weights)."""
        parts = []
        whole, there = inside.whole(cells), None if known is None else inside.whole(known)
        for zone, start, end in inside.segments:
            own = whole[start:end] if there is None else whole[start:end][there[start:end]]
            parts.append((zone, *_weighed(own, None)))
        zones, values, shares = inside.cut(cells, known)
        begins = np.flatnonzero(np.diff(zones, prepend=-1))
        for start, end in zip(begins.tolist(), [*begins[1:].tolist(), len(zones)], strict=False):
            parts.append((int(zones[start]), *_weighed(values[start:end], shares[start:end])))
        return parts

    def add(self, parts: list[tuple[int, list[Any], list[float]]]) -> None:
        for zone, values, weights in parts:
            mine = self.values[zone]
            for value, weight in zip(values, weights, strict=True):
                mine[value] = mine.get(value, 0.0) + weight
                self.count[zone] += weight


def _weighed(values: np.ndarray, shares: np.ndarray | None) -> tuple[list[Any], list[float]]:
    """The different values and the weight of each."""
    if not len(values):
        return [], []
    least = values.min()
    if values.dtype.kind in "iu" and int(values.max()) - int(least) < SMALL:
        counts = np.bincount(values.astype(np.int64) - int(least), shares)
        found = np.flatnonzero(counts)
        return (found + int(least)).tolist(), counts[found].astype(float).tolist()
    different, places = np.unique(values, return_inverse=True)
    return different.tolist(), np.bincount(places, shares).astype(float).tolist()
