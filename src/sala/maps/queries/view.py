"""What a reader's map shows: which layers, which part of the world, and the features that lie in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db.models import F, Func
from django.db.models import Field as AnyField

from sala.access.actor import Actor
from sala.maps.collections import Box
from sala.maps.queries.layers import Shown, all_layers, shown_layers
from sala.places.maps import outline

MOST_LAYERS = 12
MOST_ROWS = 25  # of a layer, in the table
MOST_COUNTED = 1000
MOST_DRAWN = 1500  # shapes of a layer in the picture
STEPS = 500  # width of the picture in the smallest step that is kept
WORLD: Box = (-180.0, -85.0, 180.0, 85.0)
LEAST_SIDE = 0.05  # degrees of a view around shapes, about five kilometres


@dataclass(frozen=True)
class Choice:
    """A layer as an address names it: forest:60:0 is the layer forest at 60 per cent, switched off."""

    code: str
    opacity: int = 80
    is_on: bool = True

    @classmethod
    def read(cls, text: str) -> list["Choice"]:
        found: dict[str, Choice] = {}
        for part in text.split(",")[:MOST_LAYERS]:
            code, _colon, rest = part.strip().partition(":")
            opacity, _colon, on = rest.partition(":")
            share = min(100, int(opacity)) if opacity.isascii() and opacity.isdigit() and len(opacity) < 4 else 80
            if code:
                found[code] = cls(code, share, on != "0")
        return list(found.values())

    def __str__(self) -> str:
        return f"{self.code}:{self.opacity}:{int(self.is_on)}"


def chosen_layers(actor: Actor, choices: Iterable[Choice]) -> list[Shown]:
    """The layers of an address that the actor sees, in its order, the first one on top."""
    wanted = list(choices)
    layers = {layer.code: layer for layer in all_layers(actor).filter(code__in=[choice.code for choice in wanted])}
    known = [choice for choice in wanted if choice.code in layers]
    found = shown_layers(actor, [layers[choice.code] for choice in known])
    return [
        replace(shown, opacity=choice.opacity, is_on=choice.is_on) for shown, choice in zip(found, known, strict=True)
    ]


def read_box(text: str) -> Box | None:
    """west,south,east,north in degrees; None where it is no part of the world."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return None
    return west, south, east, north


def box_around(layers: Sequence[Shown]) -> Box:
    """Around the layers, else around the country, else the world."""
    boxes = [shown.bounds() for shown in layers]
    found = [box for box in boxes if box]
    if not found:
        ground = outline()
        if not ground:
            return WORLD
        west, south, east, north = shapely.total_bounds(ground)
        return float(west), float(south), float(east), float(north)
    wests, souths, easts, norths = zip(*found, strict=True)
    return _with_width(min(wests), min(souths), max(easts), max(norths))


def _with_width(west: float, south: float, east: float, north: float) -> Box:
    """The box, widened where it is no more than a point or a line: a lone point lies in the middle of something."""
    x, y = max(0.0, LEAST_SIDE - (east - west)) / 2, max(0.0, LEAST_SIDE - (north - south)) / 2
    return west - x, south - y, east + x, north + y


@dataclass(frozen=True)
class InView:
    """Features of one layer in the reader's view. rows: (number, values in the order of the columns)."""

    shown: Shown
    columns: list[Any]
    rows: list[tuple[int, list[Any]]]
    total: int

    @property
    def is_more(self) -> bool:
        return self.total > len(self.rows)

    @property
    def is_uncounted(self) -> bool:
        return self.total > MOST_COUNTED


def in_view(layers: Iterable[Shown], box: Box) -> list[InView]:
    """For each layer that is switched on: its largest features in the box, and how many there are."""
    found = []
    for shown in layers:
        collection = shown.collection
        if not shown.is_on or collection is None:
            continue
        rows = collection.within(box)
        total = rows.order_by()[: MOST_COUNTED + 1].count()
        ordered = rows.order_by(
            *([F(collection.size).desc(nulls_last=True)] if collection.size else []), collection.number
        )
        listed = ordered.values_list(collection.number, "shown")[:MOST_ROWS]
        columns = list(collection.columns)[:4]
        told = [
            (number, [(shown_values or {}).get(name) for name, _label in columns]) for number, shown_values in listed
        ]
        found.append(InView(shown, [label for _name, label in columns], told, total))
    return found


class Coarse(Func):
    """The shape with steps too small to be seen left out."""

    function = "ST_SimplifyPreserveTopology"
    arity = 2

    def _resolve_output_field(self) -> AnyField:
        return self.get_source_expressions()[0].output_field


def drawn(shown: Shown, box: Box) -> list[tuple[shapely.Geometry, dict[str, Any]]]:
    """Shapes of a layer in the box, the largest first, coarse enough for a picture, with what may be shown of each."""
    collection = shown.collection
    if collection is None:
        return []
    step = max(box[2] - box[0], box[3] - box[1]) / STEPS
    rows = (
        collection.within(box).order_by(f"-{collection.size}") if collection.size else collection.within(box).order_by()
    )
    found = rows.annotate(wkb=AsWKB(Coarse(F(collection.geometry), step))).values_list("wkb", "shown")[:MOST_DRAWN]
    return [(shapely.from_wkb(bytes(wkb)), values or {}) for wkb, values in found if wkb]
