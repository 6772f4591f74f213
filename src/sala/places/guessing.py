"""Which column of a layer holds the code, the name and the area above, and which level the layer shows.

A guess is only where the reader starts: the page and the command let a person say otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely

from sala.core import lao
from sala.places.finder import Finder
from sala.places.layers import Layer, Shape
from sala.places.models import Area, Level

ENOUGH = 0.5  # share of the rows that a code or parent column must explain
SAMPLE = 400  # rows looked at in a long layer
PADDED = 0.9  # a code that needed leading zeros counts a little less


@dataclass(frozen=True)
class Columns:
    """Names of columns; empty where there is none."""

    code: str = ""
    name: str = ""
    parent: str = ""


def level_column(layer: Layer, levels: Sequence[Level]) -> tuple[str, dict[int, Level]]:
    """The column that says of each row which level it is, and row → level; ("", {}) when there is none."""
    known = {lao.normalise(word): level for level in levels for word in (level.code, *level.name.values())}
    for column in layer.columns:
        found = {shape.row: known.get(lao.normalise(shape.values.get(column, ""))) for shape in layer.shapes}
        if found and all(found.values()):
            return column, {row: level for row, level in found.items() if level is not None}
    return "", {}


def sample(shapes: Sequence[Shape]) -> Sequence[Shape]:
    """Enough rows to guess from, taken from all over the layer."""
    return shapes[:: -(-len(shapes) // SAMPLE)] if shapes else shapes


def columns_of(layer: Layer, finder: Finder, above: Finder) -> Columns:
    """The likeliest columns, given the areas of the level and those above it."""
    shapes = sample(layer.shapes)
    code = _best({name: code_hits(shapes, name, finder) for name in layer.columns}, ENOUGH * len(shapes))
    rest = [name for name in layer.columns if name != code]
    name = _best({column: name_hits(shapes, column, finder) for column in rest}, 0) or _wordy(shapes, rest)
    rest = [column for column in rest if column != name]
    hits = {column: _parent_hits(shapes, column, above) for column in rest}
    return Columns(code=code, name=name, parent=_best(hits, ENOUGH * len(shapes)))


def hits(layer: Layer, finder: Finder) -> float:
    """How many rows of a sample the areas of a level explain, by the best code column or the best name column."""
    shapes = sample(layer.shapes)
    codes = [code_hits(shapes, name, finder) for name in layer.columns]
    names = [float(name_hits(shapes, name, finder)) for name in layer.columns]
    return max([0.0, *codes, *names])


def code_hits(shapes: Sequence[Shape], column: str, finder: Finder) -> float:
    """How many areas the column names by code. 0 when the label points say that the codes mean something else."""
    found: dict[int, Shape] = {}
    score = 0.0
    for shape in shapes:
        value = shape.values.get(column, "")
        areas = finder.coded(value) if value else []
        if len(areas) == 1 and areas[0].pk not in found:
            found[areas[0].pk] = shape
            score += 1 if value.casefold() in finder.by_code else PADDED
    return score if fits({pk: shape.geometry for pk, shape in found.items()}, finder.areas) else 0.0


def fits(drawn: Mapping[int, shapely.Geometry], areas: Mapping[int, Area]) -> bool:
    """Whether at least half of the areas that have a label point have it in the shape given to them."""
    inside = [
        bool(shapely.intersects_xy(shape, point.x, point.y))
        for pk, shape in drawn.items() if (point := areas[pk].label_point) is not None
    ]  # fmt: skip
    return not inside or 2 * sum(inside) >= len(inside)


def name_hits(shapes: Sequence[Shape], column: str, finder: Finder) -> int:
    """How many areas the column names by name."""
    found: set[int] = set()
    for shape in shapes:
        value = shape.values.get(column, "")
        if value and not value.isdecimal():
            found |= {area.pk for area in finder.named(value)}
    return min(len(found), len(shapes))


def _parent_hits(shapes: Sequence[Shape], column: str, above: Finder) -> int:
    return sum(1 for shape in shapes if (value := shape.values.get(column, "")) and above.one(value) is not None)


def _best(scores: Mapping[str, float], least: float) -> str:
    """The column with the highest score above `least`; of equals the first."""
    best = max(scores, key=lambda name: scores[name], default="")
    return best if best and scores[best] > 0 and scores[best] >= least else ""


def _wordy(shapes: Sequence[Shape], columns: Sequence[str]) -> str:
    """The column with the most different texts that are no numbers; a name nobody knows yet is better than none."""
    texts = {
        column: len({value for shape in shapes if (value := shape.values.get(column, "")) and not value.isdecimal()})
        for column in columns
    }  # fmt: skip
    return _best(texts, 1)
