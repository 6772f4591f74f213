"""Numbers as people write and read them.

Lao groups with dots and marks decimals with a comma; English does the reverse. Mixing them up multiplies money by a
thousand, so a text that both conventions read differently is never guessed: the reader is asked.
"""

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from sala.core import language, lao

_SPACES = re.compile(r"[\s\u00a0\u202f_']")
_GROUPED = {mark: re.compile(rf"^[+-]?\d{{1,3}}(\{mark}\d{{3}})+$") for mark in ".,"}
_SEPARATORS = {"lo": (".", ",")}  # grouping, decimal; every other language here uses the English pair
_ENGLISH = (",", ".")


class UnclearNumber(ValueError):
    """Both conventions read the text, differently. `readings` holds the two values, grouped reading first."""

    def __init__(self, text: str, grouped: Decimal, decimal: Decimal):
        self.readings = (grouped, decimal)
        super().__init__(
            _("“%(text)s” can mean %(grouped)s or %(decimal)s. Write it without the mark for thousands.")
            % {"text": text, "grouped": display(grouped), "decimal": display(decimal)}
        )


def parse(text: str, decimal_mark: str | None = None) -> Decimal:
    """A decimal number from text in either convention, with Lao digits allowed.

    decimal_mark  "," or "." where the writer has said which; then nothing is unclear.
    Raises UnclearNumber when one mark could be either, ValueError when it is no number.
    """
    clean = _SPACES.sub("", lao.digits(text.strip())).replace("−", "-")
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*", clean):
        raise ValueError(text)
    if decimal_mark:
        return _with_marks(clean, "." if decimal_mark == "," else ",", decimal_mark)
    dots, commas = clean.count("."), clean.count(",")
    if dots and commas:
        decimal = max(".", ",", key=clean.rfind)
        return _with_marks(clean, "," if decimal == "." else ".", decimal)
    for mark, count, other in ((".", dots, ","), (",", commas, ".")):
        if count > 1:
            return _with_marks(clean, mark, other)
        if count == 1:
            decimal_reading = _with_marks(clean, other, mark)
            if _GROUPED[mark].match(clean) and not clean.lstrip("+-").startswith("0"):
                raise UnclearNumber(text, _with_marks(clean, mark, other), decimal_reading)
            return decimal_reading
    return Decimal(clean)


def _with_marks(clean: str, group: str, decimal: str) -> Decimal:
    whole, _mark, fraction = clean.partition(decimal)
    if decimal in fraction or group in fraction:
        raise ValueError(clean)
    if group in whole and not _GROUPED[group].match(whole):
        raise ValueError(clean)
    try:
        return Decimal(whole.replace(group, "") + ("." + fraction if fraction else ""))
    except InvalidOperation as error:
        raise ValueError(clean) from error


def display(value: Decimal | int | float, code: str | None = None, places: int | None = None) -> str:
    """A number as a reader of this language expects it: 1.234.567,89 in Lao, 1,234,567.89 in English."""
    group, decimal = _SEPARATORS.get(code or language.current(), _ENGLISH)
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places))
    text = f"{number:,f}"
    return text.translate({ord(","): group, ord("."): decimal})
