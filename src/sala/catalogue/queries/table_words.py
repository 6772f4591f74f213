"""Names and values of a question to a table: what is known, how a name is written in SQL, what a value means."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from sala.catalogue.table_engine import ROW
from sala.core import lao
from sala.core.errors import Invalid

LONGEST_VALUE = 1000  # characters
MOST_DIGITS = 38

Columns = Mapping[str, str]  # name → kind: number, text, date, moment or truth


def wrong(part: str, words: str) -> Invalid:
    return Invalid(f"{part}: {words}", {part: [words]})


def quoted(name: str) -> str:
    """A name as an identifier, whatever letters it has. Only for names that were checked."""
    return '"' + name.replace('"', '""') + '"'


def known(name: Any, columns: Columns, part: str, *, is_row_known: bool = True) -> str:
    """Kind of the column. Raises Invalid for one that the table does not have, or not for this reader."""
    if name == ROW and is_row_known:
        return "number"
    if not isinstance(name, str) or name not in columns:
        raise wrong(part, _("The table has no column “%(name)s”. See its list of columns.") % {"name": str(name)[:100]})
    return columns[name]


def value_of(given: Any, kind: str, name: str) -> Any:
    """The value as the column has it, to be bound. Raises Invalid that names the column."""
    try:
        return _READERS[kind](given)
    except (ValueError, TypeError, AttributeError, InvalidOperation, OverflowError):
        words = {
            "number": _("“%(value)s” is not a number. Write digits with a point, as in 1250.5."),
            "date": _("“%(value)s” is not a day. Write it like 2030-12-31."),
            "moment": _("“%(value)s” is not an hour of a day. Write it like 2030-12-31T14:00:00."),
            "truth": _("“%(value)s” is neither true nor false."),
            "text": _("“%(value)s” is not a text of at most 1000 characters."),
        }[kind]
        raise wrong(name, words % {"value": str(given)[:60]}) from None


def _number(given: Any) -> int | Decimal | float:
    if isinstance(given, bool) or not isinstance(given, (int, float, str, Decimal)):
        raise ValueError
    if isinstance(given, int):
        if abs(given) >= 10**MOST_DIGITS:
            raise ValueError
        return given
    number = Decimal(lao.digits(given.strip()) if isinstance(given, str) else str(given))
    if not number.is_finite() or abs(number.adjusted()) >= MOST_DIGITS:
        raise ValueError
    exact = number.as_tuple()
    return float(number) if len(exact.digits) > MOST_DIGITS or -int(exact.exponent) > MOST_DIGITS else number


def _text(given: Any) -> str:
    if isinstance(given, bool) or not isinstance(given, (str, int, float)) or len(str(given)) > LONGEST_VALUE or "\0" in str(given):  # fmt: skip
        raise ValueError
    return lao.stored(str(given))


def _truth(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    return {"true": True, "false": False}[given] if given in ("true", "false") else _refused()


def _refused() -> bool:
    raise ValueError


_READERS = {
    "number": _number,
    "text": _text,
    "truth": _truth,
    "date": lambda given: date.fromisoformat(lao.digits(given.strip())),
    "moment": lambda given: datetime.fromisoformat(lao.digits(given.strip())),
}
