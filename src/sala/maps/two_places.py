"""Two places side by side: what was found of each, brought into one table of rows with two cells."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from sala.core.language import Translated

Cell = tuple[float, int] | None  # value, decimals; None where nothing is known


def side_by_side(sides: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups {"title", "url", "period", "rows": [{"label", "unit", "both": two of (value, decimals, share 0 … 1 or None)}]}.

    A layer, raster or figure that is found on one side only has an empty cell on the other.
    """
    first = {
        "title": _("Size, geodesic"),
        "url": "",
        "period": "",
        "rows": [_row("", "ha", [(side["ha"], 2) for side in sides])],
    }
    return [
        first,
        *_groups(sides, "layers", _of_layers),
        *_groups(sides, "rasters", _of_rasters),
        *_people(sides),
        *_distances(sides),
    ]


def _row(label: str, unit: str, cells: list[Cell], shares: list[float | None] | None = None) -> dict[str, Any]:
    both = [(*(cell or (None, 0)), share) for cell, share in zip(cells, shares or [None, None], strict=True)]
    return {"label": label, "unit": unit, "both": both}


def _groups(sides: list[dict[str, Any]], kind: str, rows_of: Any) -> Iterator[dict[str, Any]]:
    """A group for each edition that either side has, in the order of the first."""
    found: dict[int, list[dict[str, Any] | None]] = {}
    for number, side in enumerate(sides):
        for one in side[kind]:
            found.setdefault(one["edition"], [None, None])[number] = one
    for pair in found.values():
        told: dict[str, Any] = next(one for one in pair if one)
        yield {
            "title": Translated(told["title"]),
            "url": told["url"],
            "period": told["period"],
            "rows": list(rows_of(pair)),
        }


def _of_layers(pair: list[dict[str, Any] | None]) -> Iterator[dict[str, Any]]:
    classes = [{row["class"] or "": row for row in one["classes"]} if one else {} for one in pair]
    for name in dict.fromkeys(name for side in classes for name in side):
        rows = [side.get(name) for side in classes]
        if any(row and row["ha"] for row in rows):
            yield _row(name or "–", "ha", [(row["ha"], 2) if row else None for row in rows], [row["share"] if row else None for row in rows])  # fmt: skip
        elif any(row and row["km"] for row in rows):
            yield _row(name or "–", "km", [(row["km"], 2) if row else None for row in rows])
        else:
            yield _row(name or "–", _("features"), [(row["features"], 0) if row else None for row in rows])
    if len(classes[0].keys() | classes[1].keys()) > 1 and any(one and one["ha"] for one in pair):
        yield _row(_("Together"), "ha", [(one["ha"], 2) if one else None for one in pair], [one["share"] if one else None for one in pair])  # fmt: skip


def _of_rasters(pair: list[dict[str, Any] | None]) -> Iterator[dict[str, Any]]:
    told: dict[str, Any] = next(one for one in pair if one)
    if told["kind"] == "categorical":
        shares = [{str(value): share for value, share in one["shares"]} if one else {} for one in pair]
        for value in sorted(shares[0].keys() | shares[1].keys(), key=float):
            yield _row(value, "%", [(side[value] * 100, 1) if value in side else None for side in shares])
    else:
        for name, label in (("mean", _("Mean")), ("min", _("Least")), ("max", _("Greatest"))):
            yield _row(label, told["unit"], [(one[name], 3) if one and name in one else None for one in pair])
    yield _row(_("Without a value"), "%", [(one["missing"] * 100, 1) if one else None for one in pair])


def _people(sides: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    found: dict[tuple[str, str], list[dict[str, Any] | None]] = {}
    for number, side in enumerate(sides):
        for row in side["people"]:
            found.setdefault((str(Translated(row["name"])), row["period"]), [None, None])[number] = row
    rows = []
    for (name, period), pair in found.items():
        told: dict[str, Any] = next(one for one in pair if one)
        label = f"{name} {period}" + (f" ({_('an estimate')})" if any(one and one["weighted"] for one in pair) else "")
        rows.append(_row(label, told["unit"], [(one["value"], one["places"]) if one else None for one in pair]))
    if rows:
        yield {"title": _("People and other counts"), "url": "", "period": "", "rows": rows}


def _distances(sides: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    found: dict[int, list[dict[str, Any] | None]] = {}
    for number, side in enumerate(sides):
        for row in side["distances"]:
            found.setdefault(row["edition"], [None, None])[number] = row
    rows = [
        _row(
            str(Translated(next(one for one in pair if one)["title"])),
            "km",
            [(one["km"], 2) if one else None for one in pair],
        )
        for pair in found.values()
    ]
    if rows:
        yield {"title": _("Nearest"), "url": "", "period": "", "rows": rows}
