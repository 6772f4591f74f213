"""Rows of one sheet of an Excel workbook, each with its row number in the sheet, codes and percentages as shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import python_calamine as calamine

from sala.core.files.refusals import Refused
from sala.core.files.shown_cells import Formats, overlaid


@dataclass
class Sheet:
    """merged  ranges (first row, first column, last row, last column), all from 1"""

    name: str
    names: list[str]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    content: Any = None
    formats: Formats | None = None

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """(row number from 1, cells from column A on); a cell is "", text, float, Percent, bool, date, datetime or time."""
        return overlaid(self._stored(), self.formats) if self.formats else self._stored()

    def _stored(self) -> Iterator[tuple[int, list[Any]]]:
        if self.content.start is None:
            return
        before = [""] * self.content.start[1]
        for number, cells in enumerate(self.content.iter_rows(), start=1):
            yield number, before + cells


def open_sheet(path: str, sheet: str) -> Sheet:
    """The visible sheet of this name. Raises Refused, also for one that holds nothing."""
    with _opened(path) as workbook:
        shown = _shown(workbook)
        if sheet not in shown:
            raise Refused("no-sheet", sheet=sheet, sheets=", ".join(shown))
        content = workbook.get_sheet_by_name(sheet)
        if content.start is None:
            raise Refused("no-table")
        merged = [(top + 1, left + 1, bottom + 1, right + 1)
                  for (top, left), (bottom, right) in content.merged_cell_ranges or []]  # fmt: skip
        return Sheet(sheet, shown, merged, content, Formats(path, sheet))


def sheet_names(path: str) -> list[str]:
    """The visible sheets of a workbook, in their order. Raises Refused."""
    with _opened(path) as workbook:
        return _shown(workbook)


def _shown(workbook: calamine.CalamineWorkbook) -> list[str]:
    return [
        meta.name
        for meta in workbook.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet and meta.visible == calamine.SheetVisibleEnum.Visible
    ]


@contextmanager
def _opened(path: str) -> Iterator[calamine.CalamineWorkbook]:
    try:
        yield calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError:
        raise Refused("encrypted") from None
    except calamine.CalamineError as error:
        raise Refused("damaged", detail=str(error)[:100]) from None
