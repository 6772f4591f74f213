"""Rows of one sheet of an Excel workbook, each with its row number in the sheet, codes and percentages as shown."""

from collections.abc import Iterator
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


def open_sheet(path: str, sheet: str | None) -> Sheet:
    """The sheet of this name, or the first visible one that holds anything. Raises Refused."""
    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        shown = [
            meta.name
            for meta in workbook.sheets_metadata
            if meta.typ == calamine.SheetTypeEnum.WorkSheet and meta.visible == calamine.SheetVisibleEnum.Visible
        ]
        if sheet is not None and sheet not in shown:
            raise Refused("no-sheet", sheet=sheet, sheets=", ".join(shown))
        for name in [sheet] if sheet is not None else shown:
            content = workbook.get_sheet_by_name(name)
            if content.start is not None:
                merged = [(top + 1, left + 1, bottom + 1, right + 1)
                          for (top, left), (bottom, right) in content.merged_cell_ranges or []]  # fmt: skip
                return Sheet(name, shown, merged, content, Formats(path, name))
    except calamine.PasswordError:
        raise Refused("encrypted") from None
    except calamine.CalamineError as error:
        raise Refused("damaged", detail=str(error)[:100]) from None
    raise Refused("no-table")
