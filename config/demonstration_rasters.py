"""Invented rasters of the demonstration, made at set-up from small grids of numbers that stand in the pack as text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sala.core.files import child
from sala.core.pack import Pack

TEXT_GRID = ".asc"
TOLD = "Invented for demonstration"


@contextmanager
def made(pack: Pack, records: list[dict[str, Any]]) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """The folder and the records to load: those with a grid as text, with the GeoTIFF made of it in its place.

    A part with such a `file` says with `grid` how much finer its cells become and their unit.
    """
    with TemporaryDirectory() as folder:
        yield Path(folder), [_ready(pack, record, Path(folder)) for record in records]


def is_made(record: dict[str, Any]) -> bool:
    return any(str(part.get("file", "")).endswith(TEXT_GRID) for part in record.get("parts", []))


def _ready(pack: Pack, record: dict[str, Any], folder: Path) -> dict[str, Any]:
    parts = []
    for part in record["parts"]:
        target = folder / f"{record['slug']}-{part['code']}.tif"
        child.run(
            "sala.core.files.text_grid:convert", pack.path(part["file"]), target, told=TOLD, **part.get("grid", {})
        )
        parts.append({name: value for name, value in part.items() if name != "grid"} | {"file": target.name})
    return record | {"parts": parts}
