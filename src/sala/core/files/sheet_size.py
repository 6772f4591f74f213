"""How large a table may be to be offered as a workbook. The child writes some 70,000 cells a second, a row costing two."""

SHEET_ROWS = 1_048_576
MOST_CELLS = 3_000_000  # with two for each row: a wait of about 45 seconds, once for each edition


def most_rows(columns: int) -> int:
    """Rows below the headings."""
    return min(SHEET_ROWS - 1, MOST_CELLS // (columns + 2))


def fits_workbook(rows: int, columns: int) -> bool:
    return rows <= most_rows(columns)
