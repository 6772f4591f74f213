"""A suitability as it is asked and told: from layers chosen on a page to the recipe of the windows, and back to words.

The recipe that is kept names editions by number; paths of files enter it only while it is worked off.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
from django.utils.translation import gettext as _

from sala.catalogue.models import Edition
from sala.core import numbers
from sala.core.errors import Invalid
from sala.core.files import child, store
from sala.core.files.child import Limits
from sala.core.models import PackFact
from sala.maps.calculations import ahp, overlay
from sala.maps.calculations.grid import Grid
from sala.maps.calculations.tally import shares
from sala.places.models import Area, Boundary
from sala.places.queries import current, latest_boundaries

LIMITS = Limits(seconds=3600)
SWAY = [0.1, 0.2]
COLOURS = {"N": "#b8b8b8", "S3": "#f6d77f", "S2": "#78b36b", "S1": "#1b6e3c"}


@dataclass(frozen=True)
class Reach:
    """How much may be asked of the tool. The country pack may say otherwise (maps.yaml, suitability).

    least, most, usual  metres that a cell is wide     cells  of one map     layers  of one map
    """

    least: int = 5
    most: int = 20_000
    usual: int = 500
    cells: int = 400_000_000
    layers: int = 12


REACH = "suitability"  # the fact that holds what the pack says of it


def reach() -> Reach:
    said = PackFact.get(REACH) or {}
    return Reach(**{each.name: int(said[each.name]) for each in fields(Reach) if each.name in said})


def weights_of(recipe: Mapping[str, Any]) -> tuple[list[float], ahp.Weights | None]:
    """Shares of the criteria, and how far the pairs agree where they were compared. Raises Invalid."""
    try:
        if recipe["weighing"] == "pairs" and len(recipe["criteria"]) > 1:
            found = ahp.weights(recipe["pairs"])
            return list(found.weights), found
        return overlay.normalised([each["weight"] for each in recipe["criteria"]]).tolist(), None
    except ValueError as error:
        words = _(
            "The weights sum to nothing, or one is below nought. Give at least one criterion a weight above nought."
        )
        raise Invalid(words, {"__all__": [words]}) from error


def grid_of(place: Area, metres: float) -> Grid:
    """The cells over a place. Raises Invalid where it has no boundary or they would be too many."""
    boundary = Boundary.objects.filter(pk__in=[row.pk for row in latest_boundaries([place]).values()]).first()
    if boundary is None:
        words = _("The place has no boundary here. Choose one that has, or have its boundary imported.")
        raise Invalid(words, {"place": [words]})
    grid, most = Grid.covering(boundary.geometry.extent, metres), reach().cells
    if grid.cells > most:
        words = _("That would be %(count)s million cells; up to %(limit)s are reckoned. Choose larger cells.") % {
            "count": numbers.display(round(grid.cells / 1_000_000, 1)), "limit": numbers.display(round(most / 1_000_000, 1)),
        }  # fmt: skip
        raise Invalid(words, {"cell": [words]})
    return grid


def zones_of(place: Area) -> list[tuple[Area, Boundary]]:
    """The areas directly inside a place with their boundaries; the place itself where they have none."""
    children = list(current().filter(parent=place).order_by("code"))
    found = latest_boundaries(children) or latest_boundaries([place])
    whole = Boundary.objects.in_bulk([row.pk for row in found.values()])
    areas = Area.objects.in_bulk(found)
    return [(areas[pk], whole[row.pk]) for pk, row in sorted(found.items(), key=lambda pair: areas[pair[0]].code)]


def reckon(recipe: Mapping[str, Any], editions: Mapping[int, Edition], place: Area) -> tuple[dict[str, Any], str, str]:
    """(result, SHA-256 of the raster, of its picture). Works in the child process, window by window."""
    weights, consistency = weights_of(recipe)
    zones = zones_of(place)
    with tempfile.TemporaryDirectory() as folder:
        table = pa.table({"geometry": [bytes(row.geometry.wkb) for _area, row in zones],
                          "zone": list(range(1, len(zones) + 1))})  # fmt: skip
        parquet.write_table(table, Path(folder) / "zones.parquet")
        asked = {
            "grid": recipe["grid"], "missing": recipe["missing"], "limits": recipe["limits"], "sway": SWAY, "clip": True,
            "criteria": [_with_source(each, editions) | {"weight": weight} for each, weight in zip(recipe["criteria"], weights, strict=True)],
            "constraints": [_with_source(each, editions) for each in recipe["constraints"]],
            "zones": {"path": str(Path(folder) / "zones.parquet"), "count": len(zones)},
        }  # fmt: skip
        found = child.run("sala.maps.calculations.suitability_map:produce", asked, folder, COLOURS, limits=LIMITS)
        raster, _size = store.keep(Path(folder) / "suitability.tif")
        picture, _size = store.keep(Path(folder) / "picture.png")
    rows = [
        {"code": area.code, "name": area.name, "hectares": row, "shares": shares(row)}
        for (area, _boundary), row in zip(zones, found["hectares"], strict=True)
    ]
    result = {
        "rows": rows, "mean": found["mean"], "fits": found["fits"], "sensitivity": found["sensitivity"], "weights": weights,
        "size": found["size"], "coarse": found["coarse"],
        "consistency": {"ratio": consistency.ratio, "eigenvalue": consistency.eigenvalue, "ok": consistency.is_consistent} if consistency else None,
    }  # fmt: skip
    return result, raster, picture


def _with_source(said: Mapping[str, Any], editions: Mapping[int, Edition]) -> dict[str, Any]:
    edition = editions[said["edition"]]
    if edition.raster:
        resampling = "nearest" if edition.raster["kind"] == "categorical" else "bilinear"
        source: dict[str, Any] = {"kind": "raster", "path": str(store.path_of(edition.raster["sha256"])), "resampling": resampling}  # fmt: skip
    elif said.get("distance"):
        source = {"kind": "distance", "path": str(store.path_of(edition.table_sha256))}
    else:
        source = {"kind": "vector", "path": str(store.path_of(edition.table_sha256)), "column": said.get("column", ""),
                  "values": said.get("values") or {}, "outside": said.get("outside")}  # fmt: skip
    return {"source": source, "standardise": said["standardise"]}
