"""The colour of a feature: the same answer for the browser, as an expression, and for the static picture."""

from collections.abc import Mapping
from typing import Any

from sala.maps.calculations.colours import KINDS, MISSING
from sala.maps.models import Drawing, Layer
from sala.maps.queries.legend import style_of


def is_outline(layer: Layer) -> bool:
    """Whether only the outline of its polygons is drawn."""
    style = style_of(layer)
    return bool(style and style.drawing == Drawing.SINGLE and style.entries and style.entries[0].get("outline"))


def expression_of(layer: Layer) -> Any:
    """A value of the MapLibre style language: a colour, or an expression that gives one."""
    style = style_of(layer)
    if style is None or not style.entries:
        return KINDS[0]
    entries = style.entries
    if style.drawing == Drawing.SINGLE:
        return entries[0]["colour"]
    rest = next((entry["colour"] for entry in entries if "value" not in entry and "from" not in entry), MISSING)
    value = ["get", style.column]
    if style.drawing == Drawing.CATEGORIES:
        pairs = [part for entry in entries if "value" in entry for part in (entry["value"], entry["colour"])]
        return ["match", ["to-string", value], *pairs, rest]
    classes = [entry for entry in entries if "from" in entry]
    steps: list[Any] = [classes[0]["colour"]]
    for entry in classes[1:]:
        steps += [entry["from"], entry["colour"]]
    inside: Any = ["step", value, *steps] if len(steps) > 1 else steps[0]
    low, high = classes[0]["from"], classes[-1]["to"]
    return [
        "case",
        ["!=", ["typeof", value], "number"],
        rest,
        ["<", value, low],
        rest,
        [">", value, high],
        rest,
        inside,
    ]


def colour_of(layer: Layer, values: Mapping[str, Any]) -> str:
    """The colour of a feature with these properties."""
    style = style_of(layer)
    if style is None or not style.entries:
        return KINDS[0]
    if style.drawing == Drawing.SINGLE:
        return style.entries[0]["colour"]
    rest = next((entry["colour"] for entry in style.entries if "value" not in entry and "from" not in entry), MISSING)
    value = values.get(style.column)
    if style.drawing == Drawing.CATEGORIES:
        return next((entry["colour"] for entry in style.entries if entry.get("value") == str(value)), rest)
    classes = [entry for entry in style.entries if "from" in entry]
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not classes[0]["from"] <= value <= classes[-1]["to"]
    ):
        return rest
    return [entry["colour"] for entry in classes if value >= entry["from"]][-1]
