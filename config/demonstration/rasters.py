"""Invented rasters of the demonstration, made at set-up from small grids of numbers that stand in the pack as text.

Read from rasters.yaml: datasets as in datasets.yaml, where a part's `file` is such a grid and `grid` says how much finer
its cells become and their unit.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sala.access.actor import Actor
from sala.catalogue import imports
from sala.core.files import child
from sala.core.pack import Pack, Report

TOLD = "Invented for demonstration"


def rasters(actor: Actor, pack: Pack) -> Report:
    with TemporaryDirectory() as folder:
        records = [_made(pack, record, Path(folder)) for record in pack.listed("rasters")]
        return imports.load(actor, Path(folder), records)


def _made(pack: Pack, record: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The record with the GeoTIFF that was made in the place of the text."""
    parts = []
    for part in record["parts"]:
        source, target = pack.path(part["file"]), folder / f"{record['slug']}-{part['code']}.tif"
        child.run("sala.core.files.text_grid:convert", source, target, told=TOLD, **part.get("grid", {}))
        parts.append({name: value for name, value in part.items() if name != "grid"} | {"file": target.name})
    return record | {"parts": parts}
