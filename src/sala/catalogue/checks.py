"""Checks of a table of figures before it is submitted, from plain cells: nothing here knows the database.

What cannot be right blocks. What is only unlike last time blocks until it is explained.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sala.core.numbers import display


@dataclass(frozen=True)
class Cell:
    """One cell with what stands in it.

    key       concept, or concept.breakdown     label  as the reader knows it
    previous  value of the period before, where there is one
    elsewhere it is answered to another call; nothing is expected here
    """

    concept: str
    breakdown: str
    label: Any
    value: Decimal | None = None
    reason: str = ""
    next_on: date | None = None
    note: str = ""
    previous: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int = 0
    elsewhere: bool = False

    @property
    def key(self) -> str:
        return f"{self.concept}.{self.breakdown}" if self.breakdown else self.concept

    @property
    def is_answered(self) -> bool:
        return self.value is not None or bool(self.reason)


@dataclass(frozen=True)
class Finding:
    """What a check found in a cell. code: missing, limits, decimals, sum or unlike."""

    key: str
    code: str
    text: str
    blocks: bool = True


def _shown(value: Decimal) -> str:
    return display(value.normalize())


Sums = Mapping[str, Sequence[str]]  # code of a total → codes of what it adds up


def findings(
    cells: Iterable[Cell], *, row_sums: Sums, column_sums: Sums, unlike_percent: int | None
) -> list[Finding]:  # fmt: skip
    """Everything that is wrong or strange, in the order of the cells.

    unlike_percent  how far a value may lie from the one before, in percent of that; None: as far as it likes
    """
    rows = list(cells)
    values = {(cell.concept, cell.breakdown): cell for cell in rows}
    found: list[Finding] = []
    for cell in rows:
        if not cell.is_answered:
            if not cell.elsewhere:
                words = _("%(cell)s: write the figure, or say why it is not available.") % {"cell": cell.label}
                found.append(Finding(cell.key, "missing", words))
            continue
        if cell.value is None:
            continue
        found += _limits(cell) if not cell.elsewhere else []
        along_rows = [values.get((code, cell.breakdown)) for code in row_sums.get(cell.concept, ())]
        along_columns = [values.get((cell.concept, code)) for code in column_sums.get(cell.breakdown, ())]
        found += [*_sum(cell, along_rows), *_sum(cell, along_columns), *_unlike(cell, unlike_percent)]
    return found


def _limits(cell: Cell) -> list[Finding]:
    assert cell.value is not None
    found = []
    named = {"cell": cell.label, "value": _shown(cell.value)}
    if cell.minimum is not None and cell.value < cell.minimum:
        words = _("%(cell)s: %(value)s is below %(limit)s, which cannot be. Correct it.")
        found.append(Finding(cell.key, "limits", words % (named | {"limit": _shown(cell.minimum)})))
    if cell.maximum is not None and cell.value > cell.maximum:
        words = _("%(cell)s: %(value)s is above %(limit)s, which cannot be. Correct it.")
        found.append(Finding(cell.key, "limits", words % (named | {"limit": _shown(cell.maximum)})))
    if cell.value != round(cell.value, cell.decimals):
        words = _("%(cell)s: %(value)s has more than %(count)d digits after the decimal mark. Round it.")
        found.append(Finding(cell.key, "decimals", words % (named | {"count": cell.decimals})))
    return found


def _sum(cell: Cell, parts: Sequence[Cell | None]) -> list[Finding]:
    """A total is compared only when every part has its figure."""
    if not parts or any(part is None or part.value is None for part in parts):
        return []
    total = sum((part.value for part in parts if part and part.value is not None), Decimal(0))
    if total == cell.value:
        return []
    assert cell.value is not None
    words = _("%(cell)s: %(value)s is written, but its parts add up to %(total)s. Correct the total or a part.")
    return [Finding(cell.key, "sum", words % {"cell": cell.label, "value": _shown(cell.value), "total": _shown(total)})]


def _unlike(cell: Cell, percent: int | None) -> list[Finding]:
    if percent is None or cell.previous is None or cell.value is None or cell.elsewhere:
        return []
    if abs(cell.value - cell.previous) * 100 <= abs(cell.previous) * percent:
        return []
    named = {"cell": cell.label, "value": _shown(cell.value), "before": _shown(cell.previous)}
    if cell.note:
        words = _("%(cell)s: %(value)s, after %(before)s last time. Explained: %(note)s")
        return [Finding(cell.key, "unlike", words % (named | {"note": cell.note}), blocks=False)]
    words = _("%(cell)s: %(value)s is very unlike last time (%(before)s). Correct it, or explain it.")
    return [Finding(cell.key, "unlike", words % named)]
