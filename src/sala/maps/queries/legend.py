"""The legend of a layer in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sala.core import numbers
from sala.core.language import Translated, current
from sala.maps.models import Layer, Style
from sala.maps.queries.layers import Shown


@dataclass(frozen=True)
class Entry:
    colour: str
    label: Translated
    outline: bool = False


def style_of(layer: Layer) -> Style | None:
    return getattr(layer, "style", None)


def legend_of(layer: Layer) -> list[Entry]:
    """One line for each colour, in the order of the style."""
    style = style_of(layer)
    return [
        Entry(entry["colour"], _label(entry), bool(entry.get("outline"))) for entry in (style.entries if style else [])
    ]


def legend_shown(shown: Shown) -> list[Entry]:
    """The legend of a layer as this reader gets it: that of a raster comes with the edition."""
    if shown.raster is None:
        return legend_of(shown.layer)
    said = shown.raster.raster or {}
    return [Entry(row["colour"], _cells_label(row, said.get("unit", ""))) for row in said.get("legend", [])]


def _cells_label(row: dict[str, Any], unit: str) -> Translated:
    text = f"{_said(round(row['from'], 2))} – {_said(round(row['to'], 2))}" if "from" in row else _said(row["value"])
    return Translated({current(): f"{text} {unit}".strip()})


def _label(entry: dict[str, Any]) -> Translated:
    if "from" in entry:
        return Translated({current(): f"{_said(entry['from'])} – {_said(entry['to'])}"})
    return (
        Translated(entry["label"])
        if entry.get("label")
        else Translated({current(): _("all others, and without a figure")})
    )


def _said(limit: float) -> str:
    return numbers.display(int(limit) if float(limit).is_integer() else limit)
