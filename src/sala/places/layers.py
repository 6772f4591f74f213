"""A layer of shapes as the child process read it: the file itself is never opened here.

The child answers with features in EPSG:4326, one MultiPolygon a row, and with the rows it could not take.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet
import shapely

from sala.core.files import child, store
from sala.places.matching import Reason
from sala.places.reasons import WORDS

OWN_COLUMNS = ("_row", "geometry", "area_ha", "length_km")
NOTED = ("mended",)  # shapes crossing each other are looked for later, level by level
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Shape:
    """One feature. `row` counts from 1; `values` are its properties as text; `area_ha` is geodesic."""

    row: int
    values: Mapping[str, str]
    geometry: shapely.MultiPolygon
    area_ha: Decimal


@dataclass
class Layer:
    """What a file holds under one name.

    columns  key → heading in the file
    faults   row → why it could not be taken     notes  row → what was done to take it
    """

    name: str
    file_name: str
    file_hash: str
    columns: dict[str, str]
    shapes: list[Shape]
    faults: dict[int, Reason] = field(default_factory=dict)
    notes: dict[int, Reason] = field(default_factory=dict)

    def column(self, asked: str) -> str:
        """Key of a column named by its key or by its heading in the file; empty when there is none."""
        if asked in self.columns:
            return asked
        return next((key for key, heading in self.columns.items() if heading == asked), "")


def names_of(path: Path, file_name: str) -> list[str]:
    """Names of the layers of a file. Raises Unreadable when it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        profile = child.run("sala.core.files.vector:profile", path, file_name, folder)
    return [layer["name"] for layer in profile["layers"]]


def read(path: Path, file_name: str, layer: str, bounds: Sequence[float] | None = None) -> Layer:
    """One layer of a file.

    bounds  west, south, east, north of where its shapes can lie; a row outside them is a fault
    Raises Unreadable when the whole file or layer is refused.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = child.run(
            "sala.core.files.vector:convert", path, file_name, folder, layer=layer or None,
            bounds=list(bounds) if bounds else None, crossing=False,
        )  # fmt: skip
        shapes = _shapes(Path(folder) / "features.parquet")
    faults = {fault["row"]: _reason(fault) for fault in answer["faults"] if not fault["kept"]}
    notes = {
        fault["row"]: {**_reason(fault), "row": fault["row"]}
        for fault in answer["faults"]
        if fault["kept"] and fault["code"] in NOTED
    }
    for shape in [shape for shape in shapes if shape.geometry.geom_type != "MultiPolygon"]:
        faults[shape.row] = {"code": "not-polygon", "detail": shape.geometry.geom_type}
    return Layer(
        name=answer["layer"], file_name=file_name, file_hash=store.digest_of(path), faults=faults, notes=notes,
        columns={column["name"]: column["label"] for column in answer["columns"]},
        shapes=[shape for shape in shapes if shape.row not in faults],
    )  # fmt: skip


def _reason(fault: Mapping[str, Any]) -> Reason:
    """A fault of the child as a reason; one that is not known here shows its detail."""
    code = fault["code"] if fault["code"] in WORDS else "fault"
    return {"code": code, "detail": str(fault.get("detail") or fault["code"])}


def _shapes(path: Path) -> list[Shape]:
    table = pyarrow.parquet.read_table(path)
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    geometries = shapely.from_wkb(columns["geometry"])
    hectares = columns.get("area_ha") or [None] * len(geometries)
    properties = [name for name in columns if name not in OWN_COLUMNS]
    return [
        Shape(
            row=int(row),
            values={name: text_of(columns[name][index]) for name in properties},
            geometry=geometries[index],
            area_ha=Decimal(str(hectares[index] or 0)).quantize(CENT),
        )
        for index, row in enumerate(columns["_row"])
    ]


def text_of(value: Any) -> str:
    """A property as a person would write it: 101, not 101.0; nothing for a missing value."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
