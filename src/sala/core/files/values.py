"""What the cells of a column are: text, integer, decimal, date, year or boolean.

Every distinct cell is looked at; nothing is sampled. A column has a type when at least nine rows in ten fit it, and
the rest are faults. Codes with leading zeros stay text. Two things are asked and never guessed: which of . and , marks
the decimals where every number could be read both ways, and whether day or month comes first where no date tells.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sala.core import lao
from sala.core.files import table_words
from sala.core.files.grid import DATE, NUMBER, PERCENT, TEXT, TRUTH, Column

TYPES = ("text", "integer", "decimal", "date", "year", "boolean")
ENOUGH = 0.9  # share of the rows with a value that must fit a type
YEARS = (1900, 2100)
MOST_DIGITS = 38  # of a decimal number that is kept exactly; a longer one becomes a floating one

_NUMBER = r"^[+-]?[\d.,]*\d[\d.,]*([eE][+-]?\d{1,3})?$"
_CODE = r"^[+-]?0\d+$|^\+\d{7,}$|^[+-]?\d{19,}$"
_LETTERED = r"^\d+([.\-/]\d+)*[.\-/]?\p{L}$"  # 11.b, 14A: then 11.1 and 14 are codes too
_PERCENT = r"^[+-]?[\d.,]*\d[\d.,]*\s?%$"
_SPACED = r"^[+-]?\d{1,3}([ \x{a0}\x{202f}']\d{3})+([.,]\d+)?$"
# what shows the decimal mark by itself, and what could be read both ways
_SHOWS = {
    ".": r"^[+-]?\d{1,3}(,\d{3}){2,}$|^[+-]?\d{1,3}(,\d{3})+\.\d+$|^[+-]?(\d{4,}|0\d*|)\.\d+$|^[+-]?\d+\.(\d{1,2}|\d{4,})$|\.\d+[eE]",
    ",": r"^[+-]?\d{1,3}(\.\d{3}){2,}$|^[+-]?\d{1,3}(\.\d{3})+,\d+$|^[+-]?(\d{4,}|0\d*|),\d+$|^[+-]?\d+,(\d{1,2}|\d{4,})$|,\d+[eE]",
}
_UNCLEAR = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_VALID = {
    ".": r"^[+-]?(\d+|\d{1,3}(,\d{3})+|)(\.\d+)?([eE][+-]?\d{1,3})?$",
    ",": r"^[+-]?(\d+|\d{1,3}(\.\d{3})+|)(,\d+)?([eE][+-]?\d{1,3})?$",
}
_ISO = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$"
_DAYS = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})$"


@dataclass
class Reading:
    """typed     one value for each distinct cell, null where the cell is empty or does not fit
    bad       which distinct cells do not fit
    question  what must be asked before the column can be kept; until then typed is all null
    unit      "%" where the cells are percentages: 12.5% is kept as 12.5
    """

    type: str
    typed: pa.Array
    bad: np.ndarray
    question: dict[str, Any] | None = None
    unit: str = ""


class _Cells:
    """The distinct cells of one column, prepared: trimmed, Lao digits as digits, with the number of rows of each."""

    def __init__(self, column: Column, nulls: set[str]):
        self.raw = column.values
        self.trimmed = pc.utf8_trim_whitespace(column.values)
        self.lower = pc.utf8_lower(self.trimmed)
        kinds = column.kinds
        self.native = {kind: np.array([each == kind for each in kinds], bool) if kinds else np.zeros(len(self.raw), bool)
                       for kind in (NUMBER, PERCENT, DATE, TRUTH)}  # fmt: skip
        self.is_text = np.array([each == TEXT for each in kinds], bool) if kinds else np.ones(len(self.raw), bool)
        self.null = _truth(pc.is_in(self.lower, pa.array(sorted(nulls), pa.string())))
        self.null_among_numbers = _truth(pc.is_in(self.lower, pa.array(table_words.NULLS_AMONG_NUMBERS)))
        self.rows = np.bincount(column.codes, minlength=len(self.raw))
        digits = _truth(pc.match_substring_regex(self.trimmed, "[\u0ed0-\u0ed9\u2212]"))
        self.plain = self.trimmed
        if digits.any():
            marks = {**lao.LAO_DIGITS, 0x2212: "-"}
            texts = [text.translate(marks) for text in self.trimmed.filter(pa.array(digits)).to_pylist()]
            self.plain = pc.replace_with_mask(self.trimmed, pa.array(digits), pa.array(texts, pa.string()))

        self.percent = self._percentages()

    def _percentages(self) -> np.ndarray:
        """Which cells are percentages, where the column is one of them; their plain text is then without the mark."""
        found = (self.match(_PERCENT) & self.is_text) | self.native[PERCENT]
        if not found.any() or not self.fits(found, self.null | self.null_among_numbers):
            return np.zeros(len(self.raw), bool)
        self.plain = pc.if_else(pa.array(found), pc.replace_substring_regex(self.plain, r"\s?%$", ""), self.plain)
        return found

    def match(self, pattern: str) -> np.ndarray:
        return _truth(pc.match_substring_regex(self.plain, pattern))

    def fits(self, good: np.ndarray, null: np.ndarray) -> bool:
        filled = self.rows[~null].sum()
        return bool(filled) and self.rows[good & ~null].sum() >= ENOUGH * filled


def _truth(array: Any) -> np.ndarray:
    return array.to_numpy(zero_copy_only=False).astype(bool)


def read(column: Column, recipe: dict[str, Any]) -> Reading:
    """The type and the values of a column.

    recipe  decimal_mark ("," or ".", or column name → mark), date_order (column name → "dmy" or "mdy"), types (column
            name → type), null_words (by language)
    """
    words = recipe.get("null_words", table_words.NULLS)
    cells = _Cells(column, {word.casefold() for of_language in words.values() for word in of_language} | {""})
    mark = recipe.get("decimal_mark")
    mark = mark.get(column.name) if isinstance(mark, dict) else mark
    wanted = (recipe.get("types") or {}).get(column.name)
    reading = None
    if wanted != "text" and len(cells.raw):
        if wanted in (None, "boolean"):
            reading = _boolean(cells, forced=wanted is not None)
        if not reading and wanted in (None, "date"):
            reading = _date(cells, (recipe.get("date_order") or {}).get(column.name), forced=wanted is not None)
        if not reading and wanted in (None, "integer", "decimal", "year"):
            reading = _number(cells, mark, wanted)
    reading = reading or Reading("text", _text(cells), np.zeros(len(cells.raw), bool))
    if reading.question:
        reading.question["column"] = column.name
    return reading


def _text(cells: _Cells) -> pa.Array:
    """Text as it is kept: trimmed, composed, without invisible marks; null words are null."""
    kept = pc.if_else(pa.array(cells.null), pa.scalar(None, pa.string()), cells.trimmed)
    strange = _truth(pc.fill_null(pc.match_substring_regex(kept, r"[^\x00-\x7f]"), False))
    if strange.any():
        texts = [lao.stored(text) for text in kept.filter(pa.array(strange)).to_pylist()]
        kept = pc.replace_with_mask(kept, pa.array(strange), pa.array(texts, pa.string()))
    return kept


def _boolean(cells: _Cells, forced: bool) -> Reading | None:
    if not forced and len(cells.raw) > 100:
        return None
    for pairs in table_words.TRUTHS.values():
        for yes, no in pairs:
            is_yes = _truth(pc.equal(cells.lower, yes))
            is_no = _truth(pc.equal(cells.lower, no))
            # a word for "no" may be a word for "nothing" too: its pair must be there, or no other word for nothing
            null = cells.null & ~is_no
            good = is_yes | is_no
            if is_yes.any() and (cells.fits(good, null) if forced else (good | null).all()):
                return Reading("boolean", pa.array(is_yes, mask=~good), ~good & ~null)
    return None


def _date(cells: _Cells, order: str | None, forced: bool) -> Reading | None:
    null = cells.null | cells.null_among_numbers
    iso, days = cells.match(_ISO) & (cells.is_text | cells.native[DATE]), cells.match(_DAYS) & cells.is_text
    if not (iso | days).any() or not (forced or cells.fits(iso | days, null)):
        return None
    dates = np.full(len(iso), np.datetime64("NaT"), "datetime64[D]")
    if iso.any():
        found = pc.extract_regex(cells.plain.filter(pa.array(iso)), _ISO)
        dates[iso] = _dates(*(_integers(found, part) for part in "ymd"))
    question = None
    if days.any():
        found = pc.extract_regex(cells.plain.filter(pa.array(days)), _DAYS)
        first, second, year = (_integers(found, part) for part in "aby")
        day_first, month_first = _dates(year, second, first), _dates(year, first, second)
        if order is None:
            differ = (first != second) & ~np.isnat(day_first) & ~np.isnat(month_first)
            if (first > 12).any() == (second > 12).any() and differ.any():
                examples = cells.plain.filter(pa.array(days)).filter(pa.array(differ)).slice(0, 3).to_pylist()
                question = {"column": "", "kind": "date-order", "examples": examples, "readings": [
                    {"answer": "dmy", "values": [str(each) for each in day_first[differ][:3]]},
                    {"answer": "mdy", "values": [str(each) for each in month_first[differ][:3]]},
                ]}  # fmt: skip
            order = "mdy" if (second > 12).any() and not (first > 12).any() else "dmy"
        dates[days] = month_first if order == "mdy" else day_first
    good = ~np.isnat(dates) & ~null
    if not forced and not cells.fits(good, null):
        return None
    return Reading("date", pa.array(dates, pa.date32(), mask=~good), ~good & ~null, question)


def _integers(found: pa.Array, part: str) -> np.ndarray:
    return pc.cast(pc.struct_field(found, part), pa.int32()).to_numpy(zero_copy_only=False)


def _dates(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Dates; not-a-time where there is no such day, or the year is of another era."""
    possible = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1000) & (year <= 2400)
    month = np.where(possible, month, 1)
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    dates = first.astype("datetime64[D]") + (day - 1)
    possible &= dates.astype("datetime64[M]") == first
    return np.where(possible, dates, np.datetime64("NaT"))


def _number(cells: _Cells, mark: str | None, wanted: str | None) -> Reading | None:
    null = cells.null | cells.null_among_numbers
    written = (cells.match(_NUMBER) | cells.match(_SPACED)) & cells.is_text
    native = cells.native[NUMBER] | (cells.native[PERCENT] & cells.percent)
    if cells.percent.any():  # 0.3 among percentages may mean 0.3% or 30%: it is a fault, not a guess
        written, native = written & cells.percent, native & cells.percent
    good = (written | native) & ~null
    if not good.any() or not (wanted or cells.fits(good, null)):
        return None
    if wanted is None and (cells.is_text & ~null & (cells.match(_CODE) | cells.match(_LETTERED))).any():
        return None
    plain, question = cells.plain, None
    spaced = cells.match(_SPACED) & cells.is_text
    if spaced.any():
        plain = pc.if_else(pa.array(spaced), pc.replace_substring_regex(plain, r"[ \x{a0}\x{202f}']", ""), plain)
    marked = _truth(pc.match_substring_regex(plain, "[.,]")) & written
    if marked.any() and mark is None:
        mark, question = _mark(plain, marked, spaced)
    if question:
        return Reading("decimal", pa.nulls(len(good), pa.string()), ~good & ~null, question)
    mark = mark or "."
    good = (written & _truth(pc.match_substring_regex(plain, _VALID[mark])) | native) & ~null
    if not wanted and not cells.fits(good, null):
        return None
    text = plain
    if marked.any():
        group = "," if mark == "." else "."
        text = pc.if_else(
            pa.array(marked & good), pc.replace_substring(pc.replace_substring(plain, group, ""), mark, "."), plain
        )
    text = pc.if_else(pa.array(good), text, pa.scalar(None, pa.string()))
    kind, typed = _typed(text, wanted)
    return Reading(kind, typed, _truth(pc.is_null(typed)) & ~null, unit="%" if cells.percent.any() else "")


def _mark(plain: pa.Array, marked: np.ndarray, spaced: np.ndarray) -> tuple[str | None, dict[str, Any] | None]:
    """The decimal mark that the numbers themselves show, or the question to ask."""
    texts = plain.filter(pa.array(marked & ~spaced))
    shown = {mark: _truth(pc.match_substring_regex(texts, pattern)).any() for mark, pattern in _SHOWS.items()}
    if spaced.any():  # spaces are the thousands, so the one mark left is that of the decimals
        grouped = plain.filter(pa.array(spaced & marked))
        shown = {mark: shown[mark] or _truth(pc.match_substring(grouped, mark)).any() for mark in shown}
    unclear = _truth(pc.match_substring_regex(texts, _UNCLEAR))
    if shown["."] != shown[","]:
        return ("." if shown["."] else ","), None
    if not shown["."] and not unclear.any():
        return None, None
    examples = (texts.filter(pa.array(unclear)) if unclear.any() else texts).slice(0, 3).to_pylist()
    return None, {"column": "", "kind": "decimal-mark", "examples": examples, "readings": [
        {"answer": mark, "values": [text.replace(group, "").replace(mark, ".") for text in examples]}
        for mark, group in ((",", "."), (".", ","))
    ]}  # fmt: skip


def _typed(text: pa.Array, wanted: str | None) -> tuple[str, pa.Array]:
    """Numbers in plain writing (1234.5) as integers, years or exact decimals."""
    exponent = _truth(pc.fill_null(pc.match_substring_regex(text, "[eE]"), False))
    if exponent.any():
        written = [f"{Decimal(each):f}" for each in text.filter(pa.array(exponent)).to_pylist()]
        text = pc.replace_with_mask(text, pa.array(exponent), pa.array(written, pa.string()))
    text = pc.replace_substring_regex(text, r"^\+?(-?)0*(\d)", r"\1\2")
    text = pc.replace_substring_regex(text, r"^\+?(-?)\.", r"\10.")
    has_fraction = pc.fill_null(pc.match_substring(text, "."), False)
    too_long = pc.fill_null(pc.greater(pc.utf8_length(text), 18), False)
    if wanted in ("integer", "year"):
        text = pc.if_else(pc.or_(has_fraction, too_long), pa.scalar(None, pa.string()), text)
    elif wanted == "decimal" or _truth(pc.or_(has_fraction, too_long)).any():
        return "decimal", _decimals(text)
    numbers = pc.cast(text, pa.int64())
    least, most = pc.min_max(numbers).as_py().values()
    if wanted == "year" or (wanted is None and least is not None and YEARS[0] <= least and most <= YEARS[1]):
        possible = pc.and_(pc.greater_equal(numbers, 0), pc.less_equal(numbers, 9999))
        return "year", pc.cast(pc.if_else(possible, numbers, pa.scalar(None, pa.int64())), pa.int16())
    return "integer", numbers


def _decimals(text: pa.Array) -> pa.Array:
    digits = pc.replace_substring(text, "-", "")
    before = pc.utf8_length(pc.list_element(pc.split_pattern(digits, ".", max_splits=1), 0))
    whole = pc.max(before).as_py() or 1
    scale = max(pc.max(pc.subtract(pc.subtract(pc.utf8_length(digits), before), 1)).as_py() or 0, 0)
    if whole + scale > MOST_DIGITS:
        return pc.cast(text, pa.float64())
    return pc.cast(text, pa.decimal128(whole + scale, scale))
