"""An answer in one short message: "WATER 0101 120 58 well". Reading it, checking it, and the answer's XML.

Knows no table; fields and choices as a FormVersion holds them. Constraints are checked as far as they compare numbers;
the rest is looked at by whoever checks the answer.
"""

import operator
import re
import shlex
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from sala.core import lao

MOST_QUESTIONS = 10
KEYWORD = "sms_keyword"  # column of the sheet settings
SIMPLE = {"integer", "decimal", "text", "select_one", "select one", "date", "barcode"}
SILENT = {"note", "group", "start", "end", "today", "deviceid", "calculate", "hidden", "username", "phonenumber"}
SKIPPED = {"-", "–", "."}
XFORMS = "{http://www.w3.org/2002/xforms}"
SPACE = uuid.UUID("6f7f5e8a-1f0e-4b2c-8f83-6f3c1d2a9b10")  # one message has one instanceID, however often it comes
COMPARED = re.compile(r"^\s*\.\s*(>=|<=|!=|=|>|<)\s*(?:\$\{\s*(\w+)\s*\}|(-?\d+(?:\.\d+)?))\s*$")
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


@dataclass
class Said:
    """What a message says. values: path → text for the XML; told: (question, what was understood); faults: what is wrong."""

    subject: str = ""
    values: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def as_keyword(word: str) -> str:
    """A word as keywords are compared: letters of either case, digits of either script."""
    return lao.digits(lao.stored(word)).strip().casefold()


def keyword_of(settings: Mapping[str, Any]) -> str:
    """The word with which messages to a form begin, of the sheet settings; empty where it takes none."""
    return as_keyword(str(settings.get(KEYWORD) or ""))


def words_of(text: str) -> list[str]:
    """The words of a message; a text of several words stands in quotes. Lao digits are taken as digits."""
    plain = lao.digits(lao.stored(text)).replace("“", '"').replace("”", '"').strip()
    try:
        return shlex.split(plain.replace("'", "’"))
    except ValueError:
        return plain.split()


def questions(fields: Sequence[Mapping[str, Any]], subject: str) -> list[Mapping[str, Any]] | None:
    """The questions that a message answers, in their order; None where the form does not fit into a message."""
    asked = [each for each in fields if each["type"] not in SILENT and each["name"] != subject]
    if any(
        each["type"] not in SIMPLE or each["repeat"] for each in asked if each["required"] or each["type"] in SIMPLE
    ):
        return None
    simple = [each for each in asked if each["type"] in SIMPLE and not each["relevant"]]
    return simple if 0 < len(simple) <= MOST_QUESTIONS else None


def read(words: Sequence[str], asked: Sequence[Mapping[str, Any]], choices: Mapping[str, Sequence[Mapping[str, Any]]],
         label_of: Callable[[Mapping[str, Any]], str]) -> Said:  # fmt: skip
    """words  after the keyword: the code of the place or facility, then a value for each question; "-" leaves one out"""
    said = Said(subject=words[0] if words else "")
    if not words:
        said.faults.append(_("The code of the place or school is missing."))
        return said
    values = list(words[1:])
    if len(values) > len(asked):
        said.faults.append(_("%(came)d values came, %(wanted)d are asked. Put texts of several words in quotes.") % {"came": len(values), "wanted": len(asked)})  # fmt: skip
        return said
    numbers: dict[str, Decimal] = {}
    for place, each in enumerate(asked):
        value = values[place] if place < len(values) else "-"
        label = label_of(each)
        if value in SKIPPED:
            if each["required"]:
                said.faults.append(_("%(question)s: the value is missing.") % {"question": label})
            continue
        _take(said, each, value, label, choices, numbers)
    return said


def _take(said: Said, each: Mapping[str, Any], value: str, label: str,
          choices: Mapping[str, Sequence[Mapping[str, Any]]], numbers: dict[str, Decimal]) -> None:  # fmt: skip
    kind, shown = each["type"], value
    if kind in ("integer", "decimal"):
        number = _number(value, whole=kind == "integer")
        if number is None:
            said.faults.append(_("%(question)s: “%(value)s” is no number.") % {"question": label, "value": value})
            return
        numbers[each["name"]] = number
        value = shown = f"{number:f}"
        if not holds(each["constraint"], number, numbers):
            said.faults.append(_("%(question)s: %(value)s is not allowed. Check it.") % {"question": label, "value": value})  # fmt: skip
            return
    elif kind in ("select_one", "select one"):
        found = _choice(value, choices.get(each["list"], []))
        if found is None:
            names = ", ".join(row["value"] for row in choices.get(each["list"], [])[:8])
            said.faults.append(_("%(question)s: “%(value)s” is none of %(names)s.") % {"question": label, "value": value, "names": names})  # fmt: skip
            return
        value, shown = found["value"], next(iter(found["labels"].values()), found["value"])
    elif kind == "date":
        day = _day(value)
        if day is None:
            said.faults.append(_("%(question)s: “%(value)s” is no day. Write 31/12/2026.") % {"question": label, "value": value})  # fmt: skip
            return
        value, shown = day.isoformat(), f"{day:%d/%m/%Y}"
    said.values[each["path"]] = value
    said.told.append((label, shown))


def _number(text: str, whole: bool) -> Decimal | None:
    try:
        number = Decimal(
            text.replace(",", ".") if text.count(",") == 1 and "." not in text and not whole else text.replace(",", "")
        )
    except InvalidOperation:
        return None
    return number if number.is_finite() and not (whole and number != number.to_integral_value()) else None


def _choice(text: str, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """By its code, its words in any language, or its number in the list."""
    wanted = text.casefold()
    for row in rows:
        if row["value"].casefold() == wanted or any(label.casefold() == wanted for label in row["labels"].values()):
            return row
    return rows[int(text) - 1] if text.isdigit() and 1 <= int(text) <= len(rows) else None


def _day(text: str) -> date | None:
    parts = [int(part) for part in re.split(r"[./-]", text) if part.isdigit()]
    try:
        return date(*parts) if len(parts) == 3 and parts[0] > 31 else date(parts[2], parts[1], parts[0])
    except (ValueError, IndexError, TypeError):
        return None


def holds(formula: str, number: Decimal, numbers: Mapping[str, Decimal]) -> bool:
    """Whether a number keeps a constraint made of comparisons. What cannot be read here is taken to hold."""
    for part in re.split(r"\s+and\s+", formula or ""):
        match = COMPARED.match(part.strip().strip("()"))
        if match:
            other = numbers.get(match[2]) if match[2] else Decimal(match[3])
            if other is not None and not SIGNS[match[1]](number, other):
                return False
    return True


def instance(xform: str, values: Mapping[str, str], message: str, corrects: str = "") -> bytes:
    """The answer as a device would send it: the form's own instance with these values.

    message  the gateway's number of the message; the instanceID is made of it
    corrects instanceID of the answer that it corrects
    """
    root = etree.fromstring(xform.encode())
    model = root.find(f".//{XFORMS}model/{XFORMS}instance")
    if model is None or len(model) == 0:
        raise ValueError("the XForm has no primary instance")
    answer = _copied(model[0], "", values)
    meta = etree.SubElement(answer, "meta") if answer.find("meta") is None else answer.find("meta")
    identifier = meta.find("instanceID") if meta.find("instanceID") is not None else etree.SubElement(meta, "instanceID")  # fmt: skip
    identifier.text = f"uuid:{uuid.uuid5(SPACE, message)}"
    if corrects:
        etree.SubElement(meta, "deprecatedID").text = corrects
    return etree.tostring(answer, encoding="utf-8", xml_declaration=True)


def _copied(source: Any, above: str, values: Mapping[str, str]) -> Any:
    name = etree.QName(source).localname
    path = f"{above}/{name}"
    made = etree.Element(name, {key: value for key, value in source.attrib.items() if not key.startswith("{")})
    for child in source:
        if isinstance(child.tag, str) and not any("template" in key for key in child.attrib):
            made.append(_copied(child, path, values))
    if path in values:
        made.text = values[path]
    return made
