"""Reading the file that came back, in the limited child: each feature with what it says of itself, also the unusable ones."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import shapely
from django.utils.translation import gettext as _

from sala.core.errors import TooLarge
from sala.core.files import child
from sala.core.files.child import Limits

MOST_BYTES = 50 * 1024**2
MOST = 20_000  # features of one file
READ = {"_row", "geometry", "area_id", "loan", "reference", "purpose", "stated_ha", "accuracy", "measured_on"}
LIMITS = Limits(memory=2 * 1024**3, seconds=60, output=1024**3)


@dataclass(frozen=True)
class Said:
    """One feature. area_id, loan: None where it names none; area_said: as it stands there, for what is no number.

    geometry  as the file has it, in WGS 84, or None with the reason in `fault` (codes of core.files.vector)
    stated_ha … measured_on   None or empty where the file says nothing that can be understood
    """

    row: int
    area_id: int | None
    area_said: str
    loan: int | None
    reference: str
    purpose: str
    stated_ha: Decimal | None
    accuracy: str
    measured_on: date | None
    geometry: shapely.Geometry | None
    is_mended: bool = False
    fault: str = ""


def read(path: Path, name: str) -> list[Said]:
    """The features in the order of the file. Raises Unreadable and TooLarge, in the reader's language."""
    if path.stat().st_size > MOST_BYTES:
        raise TooLarge(_("The file is larger than 50 MB. Take fewer areas along at a time, and send them in parts."))
    with tempfile.TemporaryDirectory() as folder:
        found = child.run(
            "sala.core.files.vector:convert", path, name, folder, limits=LIMITS, crossing=False, left_out=True
        )
        if found["counts"]["features"] > MOST:
            raise TooLarge(_("The file has more areas than are compared at once. Send it in parts."))
        mended = {fault["row"] for fault in found["faults"] if fault["code"] == "mended"}
        faults = {fault["row"]: fault["code"] for fault in found["faults"] if not fault["kept"]}
        kept, lost = (_columns(Path(folder) / f"{name}.parquet") for name in ("features", "left_out"))
    said = [*_told(kept, mended, {}), *_told(lost, set(), faults)]
    return sorted(said, key=lambda each: each.row)


def _columns(path: Path) -> pa.Table:
    """What is compared, of whatever columns the file has besides."""
    return parquet.read_table(path, columns=[name for name in parquet.read_schema(path).names if name in READ])


def _told(table: pa.Table, mended: set[int], faults: dict[int, str]) -> Iterator[Said]:
    for values in table.to_pylist():
        row, shape = values["_row"], values.get("geometry")
        area = values.get("area_id")
        yield Said(
            row=row, area_id=_whole(area), area_said="" if area is None else str(area)[:40], loan=_whole(values.get("loan")),
            reference=_text(values.get("reference"), 60).upper(), purpose=_text(values.get("purpose"), 40),
            stated_ha=_hectares(values.get("stated_ha")), accuracy=_text(values.get("accuracy"), 40),
            measured_on=_day(values.get("measured_on")), geometry=shapely.from_wkb(shape) if shape else None,
            is_mended=row in mended, fault="" if shape else faults.get(row, "null-geometry"),
        )  # fmt: skip


def _text(value: Any, most: int) -> str:
    return "" if value is None else str(value).replace("\x00", "").strip()[:most]


def _whole(value: Any) -> int | None:
    """Numbers come as whole ones, as decimals or as text, as the map program saved them."""
    try:
        number = Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None
    fits = number is not None and number.is_finite() and number == number.to_integral_value() and 0 < number < 2**63
    return int(number) if fits and number is not None else None


def _hectares(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
    return round(number, 2) if number is not None and number.is_finite() and 0 <= number < 10**10 else None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
