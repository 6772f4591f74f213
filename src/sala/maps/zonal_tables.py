"""The tables of figures by area, one for each source: what stands on the page, on paper and in files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from sala.core.files.export import write_book
from sala.core.language import Translated
from sala.core.quantity import label_of

PERCENT = "%"


@dataclass(frozen=True)
class Column:
    """of  the figure of a row, or None where nothing is known    places  decimals on the page    wide  in files only"""

    label: str
    unit: str
    of: Callable[[dict[str, Any]], float | None]
    places: int = 2
    wide: bool = False

    @property
    def heading(self) -> str:
        unit = label_of(self.unit)
        return f"{self.label} ({unit})" if unit else self.label


@dataclass(frozen=True)
class Table:
    source: dict[str, Any]
    columns: list[Column]

    @property
    def title(self) -> Translated:
        return Translated(self.source["title"])

    def on_page(self) -> list[Column]:
        return [column for column in self.columns if not column.wide]


def tables_of(found: dict[str, Any]) -> list[Table]:
    return [Table(source, list(_columns(source))) for source in found["sources"]]


def _columns(source: dict[str, Any]) -> Iterator[Column]:
    if source["kind"] == "shapes":
        yield from _of_shapes(source)
    elif source["kind"] == "categorical":
        for value in source.get("values", []):
            yield Column(value, PERCENT, partial(_share_of_value, value), 1)
        yield Column(_("Without a value"), PERCENT, partial(_percent_of, "missing"), 1)
    else:
        for name, label, wide in (
            ("mean", _("Mean"), False), ("min", _("Least"), False), ("max", _("Greatest"), False), ("stdev", _("Standard deviation"), True),
            ("sum", _("Sum over cells"), True),
        ):  # fmt: skip
            yield Column(label, source["unit"], partial(_figure, name), 3, wide)
        yield Column(_("Without a value"), PERCENT, partial(_percent_of, "missing"), 1)


def _of_shapes(source: dict[str, Any]) -> Iterator[Column]:
    measure = source["measure"]
    unit, places = ("", 0) if measure == "features" else (measure, 2)
    has_share = measure == "ha"
    if measure == "km":
        yield Column(_("Features"), "", partial(_figure, "features"), 0)
    yield Column(_("Together"), unit, partial(_figure, measure), places)
    if has_share:
        yield Column(_("Together"), PERCENT, partial(_percent_of, "share"), 1)
    for name in source["classes"]:
        yield Column(name or "–", unit, partial(_of_class, name, measure), places, wide=has_share)
        if has_share:
            yield Column(name or "–", PERCENT, partial(_share_of_class, name), 1)
    if any(row["slivers"] for row in source["rows"]):
        yield Column(_("Slivers told apart"), "ha", partial(_figure, "slivers"), 4, wide=True)
    if any(row["uncovered"] for row in source["rows"]):
        yield Column(_("Outside of what the layer speaks of"), PERCENT, partial(_percent_of, "uncovered"), 1)


def _figure(name: str, row: dict[str, Any]) -> float | None:
    return row.get(name)


def _percent_of(name: str, row: dict[str, Any]) -> float | None:
    return percent(row[name])


def _of_class(name: str, size: str, row: dict[str, Any]) -> float:
    found: float = row["classes"].get(name, {}).get(size, 0.0)
    return found


def _share_of_class(name: str, row: dict[str, Any]) -> float | None:
    return percent(row["classes"].get(name, {}).get("share", 0.0))


def _share_of_value(value: str, row: dict[str, Any]) -> float | None:
    """None where the raster says nothing of the area at all."""
    return percent(row["by_value"].get(value, 0.0)) if row["by_value"] else None


def percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 4)


def whole(found: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """(headings, rows) of all sources side by side: code and name of each area, its hectares, then every figure."""
    tables = tables_of(found)
    headings = [_("Code"), _("Place"), f"{_('Size, geodesic')} ({label_of('ha')})"]
    headings += [
        f"{table.title} {table.source['period']}: {column.heading}" for table in tables for column in table.columns
    ]
    rows = [
        [zone["code"], str(Translated(zone["name"])), zone["ha"],
         *(column.of(table.source["rows"][number]) for table in tables for column in table.columns)]
        for number, zone in enumerate(found["zones"])
    ]  # fmt: skip
    return headings, rows


def write_workbook(found: dict[str, Any], target: Any) -> None:
    """A workbook with the figures, and a sheet of what they were made of and how."""
    headings, rows = whole(found)
    sources = [
        [str(Translated(source["title"])), str(Translated(source["owner"])), source["period"], source["sha256"]]
        for source in found["sources"]
    ] + [[row["title"], row["source"], row["as_of"], row["sha256"]] for row in found["boundaries"]]
    told = [_("Title"), _("Source"), _("Period"), "SHA-256"]
    write_book(target, [(_("Figures by area"), headings, rows), (_("Made of"), told, sources)])
