"""Rasters of small whole numbers: what each value adds to the suitability is reckoned once, for all cells alike.

Where all values of a part of the map lie on one straight piece of the scores, value × factor + start is quicker than
looking up, and all such layers are summed in one go. Both ways agree within single precision, which overlay.NOISE allows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute

from sala.maps.calculations.standardise import standardised

SMALL = 2  # bytes of a whole number up to which all its values are standardised beforehand
STRAIGHT = 1e-12  # how far scores may lie beside a straight line from one value to the next
EXACT = 1e-9  # and beside the whole line
STEEPEST = 2  # value × factor at most, in scores: a steeper line loses digits when its start is added


def fits(kind: np.dtype) -> bool:
    return kind.kind == "u" and kind.itemsize <= SMALL


@dataclass(frozen=True)
class Scored:
    """What each value adds: float32, nan for no data. From `first` to `last` that is value × factor + start."""

    table: np.ndarray
    first: int = 0
    last: int = -1
    factor: float = 0.0
    start: float = 0.0

    def of(self, values: np.ndarray) -> np.ndarray:
        """Each value looked up. Arrow takes small numbers as they are; numpy would widen them first."""
        found = compute.take(pa.array(self.table), pa.array(values.ravel()), boundscheck=False)
        return found.to_numpy().reshape(values.shape)


def summed(layers: Sequence[Scored], values: np.ndarray) -> np.ndarray:
    """What all layers add to each cell: float32, nan where one of them has no data.

    values  layers × rows × columns
    """
    count, rows, columns = values.shape
    lows, highs = values.min(axis=(1, 2)).tolist(), values.max(axis=(1, 2)).tolist()
    lines = [each.first <= low and high <= each.last for each, low, high in zip(layers, lows, highs, strict=True)]
    factors = np.array([each.factor * line for each, line in zip(layers, lines, strict=True)], np.float32)
    # einsum widens and adds a few thousand cells at a time, which never leave the processor
    total: np.ndarray = np.einsum("i,ij->j", factors, values.reshape(count, -1), dtype=np.float32).reshape(rows, columns)  # fmt: skip
    start = sum(each.start for each, line in zip(layers, lines, strict=True) if line)
    if start:
        total += np.float32(start)
    for each, line, own in zip(layers, lines, values, strict=True):
        if not line:
            total += each.of(own)
    return total


def scored(kind: np.dtype, standardise: Mapping[str, Any], nodata: float | None, share: float = 1.0) -> Scored:
    """Of a raster of such numbers, by what a recipe says; times a share of the weights."""
    return _scored(kind.name, json.dumps(standardise, sort_keys=True), nodata, share)


@lru_cache(maxsize=64)
def _scored(kind: str, standardise: str, nodata: float | None, share: float) -> Scored:
    values = np.arange(np.iinfo(kind).max + 1, dtype=np.float64)
    scores = np.asarray(standardised(values, json.loads(standardise)), np.float64)
    if nodata is not None and 0 <= nodata < len(scores):
        scores[int(nodata)] = np.nan
    looked_up = Scored((scores * share).astype(np.float32))
    first, last = _longest_straight(scores)
    if first >= last:
        return looked_up
    rise = (scores[last] - scores[first]) / (last - first)
    start = scores[first] - rise * first
    beside = np.abs(values[first : last + 1] * rise + start - scores[first : last + 1]).max()
    if beside > EXACT or abs(rise) * last > STEEPEST:
        return looked_up
    return replace(looked_up, first=first, last=last, factor=float(rise * share), start=float(start * share))


def _longest_straight(scores: np.ndarray) -> tuple[int, int]:
    """First and last value of the longest piece that rises or falls without a bend; (0, -1) where there is none."""
    bent = ~(np.abs(np.diff(scores, 2)) < STRAIGHT)  # nan bends it too
    ends = np.flatnonzero(np.concatenate([[True], bent, [True]]))
    lengths = np.where(scores[ends[1:]] == scores[ends[:-1]], 0, np.diff(ends))
    longest = int(np.argmax(lengths))
    return (int(ends[longest]), int(ends[longest + 1])) if lengths[longest] > 1 else (0, -1)
