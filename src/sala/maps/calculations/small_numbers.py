"""Rasters of small whole numbers: what each value adds to the suitability is reckoned once, and the cells are looked up.

Where all values of a part of the map lie on one straight piece of the scores, reckoning is quicker than looking up. It is
only done where it gives what the table holds for each of these values, to the last bit.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute

from sala.maps.calculations.standardise import standardised

SMALL = 2  # bytes of a whole number up to which all its values are standardised beforehand
STRAIGHT = 1e-12  # how far scores may lie beside a straight line


def fits(kind: np.dtype) -> bool:
    return kind.kind == "u" and kind.itemsize <= SMALL


@dataclass(frozen=True)
class Scored:
    """What each value adds: float32, nan for no data. From `first` to `last` that is (value - zero) / wide × share."""

    table: np.ndarray
    share: float
    first: int = 0
    last: int = -1
    zero: float = 0.0
    wide: float = 1.0

    def of(self, values: np.ndarray) -> np.ndarray:
        """Each value looked up. Arrow takes small numbers as they are; numpy would widen them first."""
        found = compute.take(pa.array(self.table), pa.array(values.ravel()), boundscheck=False)
        return found.to_numpy().reshape(values.shape)

    def reckoned(self, values: np.ndarray) -> np.ndarray:
        part = values.astype(np.float32)
        if self.zero:
            part -= np.float32(self.zero)
        part /= np.float32(self.wide)
        part *= np.float32(self.share)
        return part

    def add_to(self, total: np.ndarray, values: np.ndarray) -> None:
        straight = self.first <= values.min() and values.max() <= self.last
        total += self.reckoned(values) if straight else self.of(values)


def scored(kind: np.dtype, standardise: Mapping[str, Any], nodata: float | None, share: float = 1.0) -> Scored:
    """Of a raster of such numbers, by what a recipe says; a share of the weights."""
    return _scored(kind.name, json.dumps(standardise, sort_keys=True), nodata, share)


@lru_cache(maxsize=64)
def _scored(kind: str, standardise: str, nodata: float | None, share: float) -> Scored:
    values = np.arange(np.iinfo(kind).max + 1, dtype=np.float64)
    scores = np.asarray(standardised(values, json.loads(standardise)), np.float64)
    if nodata is not None and 0 <= nodata < len(scores):
        scores[int(nodata)] = np.nan
    looked_up = Scored(scores.astype(np.float32) * np.float32(share), share)
    first, last = _longest_straight(scores)
    if first >= last:
        return looked_up
    rise = (scores[last] - scores[first]) / (last - first)
    zero, wide = round(float(first - scores[first] / rise), 9), round(float(1 / rise), 9)
    straight = replace(looked_up, first=first, last=last, zero=zero, wide=wide)
    same = np.array_equal(straight.reckoned(values[first : last + 1]), looked_up.table[first : last + 1])
    return straight if same else looked_up


def _longest_straight(scores: np.ndarray) -> tuple[int, int]:
    """First and last value of the longest piece that rises or falls without a bend; (0, -1) where there is none."""
    bent = ~(np.abs(np.diff(scores, 2)) < STRAIGHT)  # nan bends it too
    ends = np.flatnonzero(np.concatenate([[True], bent, [True]]))
    lengths = np.where(scores[ends[1:]] == scores[ends[:-1]], 0, np.diff(ends))
    longest = int(np.argmax(lengths))
    return (int(ends[longest]), int(ends[longest + 1])) if lengths[longest] > 1 else (0, -1)
