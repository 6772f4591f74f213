"""The legend of a layer in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sala.core import numbers
from sala.core.language import Translated, current
from sala.maps.models import Layer, Style


@dataclass(frozen=True)
class Entry:
    colour: str
    label: Translated


def style_of(layer: Layer) -> Style | None:
    return getattr(layer, "style", None)


def legend_of(layer: Layer) -> list[Entry]:
    """One line for each colour, in the order of the style."""
    style = style_of(layer)
    return [Entry(entry["colour"], _label(entry)) for entry in (style.entries if style else [])]


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
