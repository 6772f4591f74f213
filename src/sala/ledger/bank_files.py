"""A statement of a bank as a file: which column is what, and what its rows say.

The file is opened in the child process. Dates may be written 2026-01-31 or 31/1/2026; amounts in either convention,
which the whole column decides together, or the person who sends it.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sala.core import lao, money, numbers
from sala.core.errors import Invalid
from sala.core.language import languages
from sala.places.headings import folded
from sala.places.list_values import Unclear, day
from sala.places.lists import FacilityList, Line

DAY, AMOUNT, PAID_IN, PAID_OUT, REFERENCE, PAYER, TEXT = (
    "day",
    "amount",
    "paid_in",
    "paid_out",
    "reference",
    "payer",
    "text",
)
LABELS = {
    DAY: gettext_noop("Date"),
    AMOUNT: gettext_noop("Amount"),
    PAID_IN: gettext_noop("Paid in"),
    PAID_OUT: gettext_noop("Paid out"),
    REFERENCE: gettext_noop("Reference of the bank"),
    PAYER: gettext_noop("Paid by"),
    TEXT: gettext_noop("Text"),
}
# further words that banks use for a column
ALSO = {
    DAY: ["transaction date", "value date", "posting date", "booking date", "txn date", "ວັນທີ", "ວັນທີ່", "ວັນທີເຄື່ອນໄຫວ"],
    AMOUNT: ["sum", "value", "ຈຳນວນ", "ຈຳນວນເງິນ"],
    PAID_IN: ["credit", "credit amount", "deposit", "cr", "money in", "ເງິນເຂົ້າ", "ມີ", "ຝາກ"],
    PAID_OUT: ["debit", "debit amount", "withdrawal", "dr", "money out", "ເງິນອອກ", "ໜີ້", "ຖອນ"],
    REFERENCE: ["reference", "ref", "ref no", "reference no", "transaction id", "document no", "ເລກອ້າງອີງ", "ເລກທີ"],
    PAYER: ["payer", "payer name", "sender", "from", "name", "customer", "remitter", "ຜູ້ຈ່າຍ", "ຜູ້ໂອນ", "ຊື່"],
    TEXT: ["description", "details", "narrative", "particulars", "remark", "remarks", "purpose", "ເນື້ອໃນ", "ລາຍລະອຽດ", "ໝາຍເຫດ"],
}  # fmt: skip


@dataclass(frozen=True)
class BankLine:
    """One row that could be read. amount: in the smallest unit, negative for what was paid out."""

    row: int
    day: date
    amount: int
    reference: str = ""
    payer: str = ""
    text: str = ""
    key: str = ""


@dataclass
class BankFile:
    """refused: (row, why) for what could not be read."""

    lines: list[BankLine] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def roles() -> dict[str, Any]:
    return {role: _(label) for role, label in LABELS.items()}


def guess(asked: FacilityList) -> dict[str, str]:
    """Role → column, by the headings; each column has one role."""
    known: dict[str, str] = {}
    for role, label in LABELS.items():
        for language in languages():
            with translation.override(language):
                known.setdefault(folded(_(label)), role)
        for word in ALSO[role]:
            known.setdefault(folded(word), role)
    found: dict[str, str] = {}
    for column, heading in asked.columns.items():
        role = known.get(folded(heading), "")
        if role:
            found.setdefault(role, column)
    return found


def read(lines: Sequence[Line], columns: Mapping[str, str], currency: str, decimal_mark: str = "") -> BankFile:
    """What the rows say. decimal_mark: "," or "." where the sender said which; else the column decides together.

    Raises Invalid when no column of dates or of amounts is named.
    """
    if DAY not in columns or not columns.keys() & {AMOUNT, PAID_IN}:
        raise Invalid(_("Say which column holds the date, and which the amount that was paid in."))
    said = [(line, {role: line.values.get(column, "").strip() for role, column in columns.items()}) for line in lines]
    amounts = [values.get(role, "") for _line, values in said for role in (AMOUNT, PAID_IN, PAID_OUT)]
    mark = decimal_mark or _mark(amounts, currency)
    found, alike = BankFile(), Counter[str]()
    for line, values in said:
        try:
            one = _line(line, values, currency, mark)
        except Invalid as error:
            found.refused.append((line.row, str(error)))
            continue
        if one is None:
            continue
        plain = "|".join([one.day.isoformat(), one.reference, str(one.amount), one.payer, one.text]).casefold()
        alike[plain] += 1
        key = hashlib.sha256(f"{plain}|{alike[plain]}".encode()).hexdigest()
        found.lines.append(BankLine(one.row, one.day, one.amount, one.reference, one.payer, one.text, key))
    return found


def _mark(texts: Sequence[str], currency: str) -> str:
    """The decimal mark that the amounts of a file show together; of a currency without decimals there is none to show."""
    seen: Counter[str] = Counter()
    for text in texts:
        clean = lao.digits(text).replace("\u00a0", "").replace(" ", "")
        last = max(clean.rfind("."), clean.rfind(","))
        if last < 0:
            continue
        mark, after = clean[last], len(clean) - last - 1
        other = "." if mark == "," else ","
        if other in clean or clean.count(mark) > 1 or after != 3:
            seen[other if clean.count(mark) > 1 else mark] += 1
    if seen:
        return seen.most_common(1)[0][0]
    if money.minor_digits(currency) == 0:
        return next((other for mark, other in ((",", "."), (".", ",")) if any(mark in text for text in texts)), ".")
    return ""


def _line(line: Line, values: Mapping[str, str], currency: str, mark: str) -> BankLine | None:
    """None for a row without date and amount, as banks put between blocks and at the end."""
    texts = [values.get(role, "") for role in (AMOUNT, PAID_IN, PAID_OUT)]
    if not values.get(DAY) or not any(texts):
        return None
    amount = sum(sign * _amount(text, currency, mark) for text, sign in zip(texts, (1, 1, 0), strict=True) if text)
    if values.get(PAID_OUT) and not values.get(PAID_IN):
        amount = amount or -abs(_amount(values[PAID_OUT], currency, mark))
    if amount == 0:
        return None
    return BankLine(line.row, _day(values[DAY]), amount, values.get(REFERENCE, "")[:120], values.get(PAYER, "")[:200],
                    values.get(TEXT, "")[:500])  # fmt: skip


def _day(text: str) -> date:
    try:
        found = day(text.split(" ")[0], DAY)
    except Unclear:
        found = None
    if found is None:
        raise Invalid(_("“%(text)s” is not a date. Write it as 2026-01-31.") % {"text": text[:40]})
    return found


def _amount(text: str, currency: str, mark: str) -> int:
    clean = text.replace(currency, "").strip()
    if clean.startswith("(") and clean.endswith(")"):
        clean = f"-{clean[1:-1]}"
    try:
        return money.smallest(numbers.parse(clean, mark or None), currency)
    except numbers.UnclearNumber as error:
        raise Invalid(_("%(advice)s Say above which mark stands before decimals.") % {"advice": error}) from error
    except ValueError as error:
        raise Invalid(_("“%(text)s” is not an amount.") % {"text": text[:40]}) from error
