"""Two suitabilities over the same cells side by side: what differs cell by cell, by class, and by place and class."""

import tempfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from sala.core.errors import Conflict
from sala.core.files import child, store
from sala.maps.calculations.overlay import CLASSES
from sala.maps.models import Analysis


def compared(first: Analysis, second: Analysis) -> tuple[dict[str, Any], bytes]:
    """(figures as plain data, picture of the difference as PNG). Raises Conflict when place or cells are not the same.

    {"size", "legend", "coarse", "cells", "mean", "changed" of suitability_map.difference, "rows": by class, "places": by
    place and class, "sides": title and layers of each}
    """
    if first.recipe["grid"] != second.recipe["grid"]:
        raise Conflict(_("The two have not the same place and cells. Have one of them made again with the place and the width of the other."))  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        found = child.run(
            "sala.maps.calculations.suitability_map:difference", str(store.path_of(first.raster)), str(store.path_of(second.raster)), folder,
        )  # fmt: skip
        picture = (Path(folder) / "picture.png").read_bytes()
    found |= {"rows": class_changes(_total(first), _total(second)), "places": _by_place(first, second)}
    return found | {"sides": [_side(first), _side(second)]}, picture


def class_changes(before: list[float], after: list[float]) -> list[dict[str, Any]]:
    """Hectares of each class, and what the second has more."""
    return [
        {"class": name, "first": one, "second": other, "more": round(other - one, 2)}
        for name, one, other in zip(CLASSES, before, after, strict=False)
    ]


def _total(analysis: Analysis) -> list[float]:
    rows = analysis.result["rows"]
    return [round(sum(column), 2) for column in zip(*(row["hectares"] for row in rows), strict=True)]


def _by_place(first: Analysis, second: Analysis) -> list[dict[str, Any]]:
    """One row for each place that either has; the administration may have changed between the two."""
    sides = [{row["code"]: row for row in each.result["rows"]} for each in (first, second)]
    nothing = [0.0] * len(CLASSES)
    found = []
    for code in sorted({*sides[0], *sides[1]}):
        rows = [side.get(code) for side in sides]
        hectares = [row["hectares"] if row else nothing for row in rows]
        name = next(row["name"] for row in rows if row)
        found.append({"code": code, "name": name, "classes": class_changes(*hectares)})
    return found


def _side(analysis: Analysis) -> dict[str, Any]:
    recipe = analysis.recipe
    weighed = [each | {"weight": weight} for each, weight in zip(recipe["criteria"], analysis.result["weights"], strict=True)]  # fmt: skip
    met = [each | {"weight": None} for each in recipe["constraints"]]
    return {"reference": analysis.reference, "title": analysis.title, "layers": [*weighed, *met]}
