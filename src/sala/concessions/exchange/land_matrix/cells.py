"""Packed cells: several dated entries in one cell, `date#current#value…|date#current#value…`.

An entry is a dictionary of texts: on (ISO date, year or year and month; empty when not known), current, and the named
parts; `choices` is a list. A part that cannot be read is kept as it is written and told as a fault, a code of `WHY`.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

WHY = {
    "date": "is no date; the entry is kept without one",
    "number": "is no number; left out",
    "label": "is no known label; kept as written",
    "parts": "has more parts than the column; the rest is kept with the last part",
    "several-current": "says more than once that it is current; the latest counts",
    "point": "is no point; left out",
}
NUMBERS = frozenset(
    {"area", "jobs", "employees", "workers", "farmers", "households", "yield", "turbines", "now", "intended"}
)
_DATE = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([nrt\\]))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}

Fault = tuple[str, str]  # the text, and a key of WHY


def unescaped(text: str) -> str:
    """A cell of the workbook as it was meant: letters beyond ASCII and line breaks arrive written as escapes there."""
    if text == "None":
        return ""

    def letter(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        if not digits:
            return _PLAIN_ESCAPES[match[4]]
        number = int(digits, 16)
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else match[0]

    return _ESCAPE.sub(letter, text)


def date_of(text: str) -> str | None:
    """ISO date, month or year with leading zeros; empty for none; None for what is no date."""
    word = text.strip()
    if not word or word == "None":
        return ""
    match = _DATE.match(word)
    if not match or not 1900 <= int(match[1]) <= 2100:
        return None
    parts = [match[1], *(part.zfill(2) for part in match.groups()[1:] if part)]
    if (len(parts) > 1 and not 1 <= int(parts[1]) <= 12) or (len(parts) > 2 and not 1 <= int(parts[2]) <= 31):
        return None
    return "-".join(parts)


def number_of(text: str) -> str | None:
    """A number as plain text without needless zeros; empty for none; None for what is no number."""
    word = text.strip().replace("\u00a0", "").replace(" ", "")
    if not word or word == "None":
        return ""
    try:
        value = Decimal(word)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) >= 10**12:
        return None
    return f"{value.normalize():f}"


def choices_of(text: str, known: Sequence[str] = ()) -> list[str]:
    """Labels of a list joined by comma and space. A label may hold a comma: the longest known ones are found first, and a
    comma within brackets never parts."""
    rest, found = text.strip(), []
    longest = sorted((label for label in known if ", " in label), key=len, reverse=True)
    while rest:
        label = next((label for label in longest if rest == label or rest.startswith(f"{label}, ")), None)
        label = rest[: len(label)] if label else _up_to_comma(rest)
        found.append(label.strip())
        rest = rest[len(label) :].removeprefix(",").strip()
    return [label for label in found if label]


def _up_to_comma(text: str) -> str:
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth <= 0 and place:
            return text[:place]
    return text


def entries(text: str, parts: Sequence[str], known: Sequence[str] = ()) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Dated entries of a packed cell.

    parts  names of what follows date and flag, such as ("area", "choices")      known  labels that hold a comma
    """
    found: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for packed in text.split("|"):
        if not packed.strip():
            continue
        if "#" not in packed:  # a vintage that knows neither dates nor flags: the value alone
            packed = f"##{packed}" if len(parts) == 1 else f"##{'#' * (len(parts) - 1)}{packed}"
        cells = packed.split("#", len(parts) + 1)
        if "#" in cells[-1]:
            faults.append((packed, "parts"))
        cells += [""] * (len(parts) + 2 - len(cells))
        on = date_of(cells[0])
        if on is None:
            faults.append((cells[0], "date"))
        entry: dict[str, Any] = {"on": on or "", "current": cells[1].strip().casefold() == "current"}
        for name, cell in zip(parts, cells[2:], strict=True):
            entry[name] = _part(name, cell, known, faults)
        found.append(entry)
    if sum(entry["current"] for entry in found) > 1 and "choices" not in parts:
        faults.append((text, "several-current"))
        latest = max((entry for entry in found if entry["current"]), key=lambda entry: entry["on"])
        for entry in found:
            entry["current"] = entry is latest
    if len(found) == 1 and not found[0]["current"]:
        found[0]["current"] = True
    return found, faults


def _part(name: str, cell: str, known: Sequence[str], faults: list[Fault]) -> Any:
    if name == "choices":
        return choices_of(cell, known)
    if name not in NUMBERS:
        return cell.strip()
    number = number_of(cell)
    if number is None:
        faults.append((cell, "number"))
    return number or ""


def named(text: str, parts: Sequence[str]) -> list[dict[str, str]]:
    """Entries without a date: `name#id#country|name#id#country`."""
    return [
        dict(
            zip(
                parts, (cell.strip() for cell in [*packed.split("#", len(parts) - 1), *[""] * len(parts)]), strict=False
            )
        )
        for packed in text.split("|")
        if packed.strip(" #")
    ]


def names(text: str) -> list[str]:
    """Names each followed by a mark: `one#two#`, also parted by bars."""
    return [name.strip() for packed in text.split("|") for name in packed.split("#") if name.strip()]


def point_of(text: str) -> tuple[float, float] | None:
    """(longitude, latitude) of "lat,lng"; None when it is no point on Earth."""
    cells = text.split(",")
    try:
        latitude, longitude = (float(cell) for cell in cells)
    except ValueError:
        return None
    return (longitude, latitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def packed(entries: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]) -> str:
    """The other way: entries of parts as one cell; marks within a text become spaces."""
    return "|".join("#".join(_written(part) for part in entry) for entry in entries)


def _written(part: Any) -> str:
    if part is None or part is False:
        return ""
    return str(part).replace("#", " ").replace("|", " ")
