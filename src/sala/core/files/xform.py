"""Answers to a form as a device sends them (OpenRosa): XML that is read where it arrives, in the web process.

Other files of strangers are opened in the child only. Answers come by the thousand and are small, so they are parsed
here, by a parser that keeps no tree, fetches nothing, knows no entities and stops at the first sign of too much.
"""

import datetime
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.parsers import expat

from sala.core.files.refusals import Refused

MOST_BYTES = 5 * 1024**2
MOST_ELEMENTS = 50_000
MOST_EQUALS = 100_000  # signs "=" in the text and its attributes
DEEPEST = 100
LONGEST_NAME = 255  # letters of form_id, version, instanceID and of the name of a file
MOST_FAULTS = 200
BLOCK = 64 * 1024

FILES = ("image", "audio", "background-audio", "video", "file", "osm", "audit")

_DATE = re.compile(r"^(\d{4}-\d\d-\d\d)(T.*)?$", re.ASCII)
_INTEGER = re.compile(r"^[+-]?\d{1,18}$", re.ASCII)
_DECIMAL = re.compile(r"^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,2})?$", re.ASCII)
_FILE_NAME = re.compile(r"^[^/\\\x00-\x1f]+$")


class _Unfit(Exception):
    """A value that is not of its field's type."""


@dataclass
class Submission:
    """An answer.

    instance_id    "uuid:…"; the same for every sending of this answer, until it is corrected
    deprecated_id  instance_id of the answer that this one corrects, or ""
    start, end     when it was begun and finished on the device; None where the form does not ask
    values         path → value; a repeat is a list of such dicts, one for each turn. What was not answered is absent.
                   integer: int; decimal: Decimal; range: int or Decimal; date, today: date; time: time;
                   dateTime, start, end: datetime, with the zone the device gave; select_multiple, rank: list of names;
                   geopoint: {lat, lon, alt, accuracy}, degrees and metres, alt and accuracy None where not measured;
                   geotrace, geoshape: list of such points; all others: text
    attachments    names of the files that belong to it, in order, each once
    faults         [{path, turns, value, expected}]: values that are not of their type (and are absent from values);
                   expected is a type, "once" (a second value where one is asked) or "file-name"; turns: the number of
                   the turn (from 1) in each repeat around it. At most 200.
    unknown        paths in the answer that the form does not have
    """

    form_id: str = ""
    version: str = ""
    instance_id: str = ""
    deprecated_id: str = ""
    instance_name: str = ""
    start: datetime.datetime | None = None
    end: datetime.datetime | None = None
    device_id: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def envelope(content: bytes) -> Submission:
    """Whose answer it is: form_id, version, instance_id, deprecated_id, instance_name; all of the XML is checked.

    Raises Refused: submission-too-large, -letters, -broken, -too-many, -too-deep, -no-form, -no-instance, -long-name,
    -encrypted, and entities.
    """
    return _Envelope().read(content)


class Reader:
    """Reads answers to one version of a form; fields as xlsform.convert describes them. Keep it for the next answer."""

    def __init__(self, fields: Iterable[dict[str, Any]]):
        self.types = {each["path"]: each["type"] for each in fields}

    def read(self, content: bytes) -> Submission:
        """The answer with its values. Raises Refused as envelope() does."""
        return _Values(self.types).read(content)


class _Envelope:
    """One reading of one answer, in which only its outside is kept."""

    def __init__(self) -> None:
        self.found = Submission()
        self.count = self.depth = 0
        self.meta = ""  # the element within meta that is open
        self.text: list[str] = []

    def read(self, content: bytes) -> Submission:
        if len(content) > MOST_BYTES:
            raise Refused("submission-too-large", size=len(content) // 1024**2 + 1, limit=MOST_BYTES // 1024**2)
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("submission-letters") from None
        if content.count(b"=") > MOST_EQUALS:  # attributes are only given whole, so they are counted before
            raise Refused("submission-too-many", limit=MOST_ELEMENTS)
        # the encoding is given, so that a declaration in the file cannot make other letters of the same bytes;
        # prefixes are cut off here, since a long address of a namespace would be copied to every element
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_entities
        parser.StartElementHandler, parser.EndElementHandler = self.begin, self.end
        try:
            for place in range(0, len(content) or 1, BLOCK):
                parser.Parse(content[place : place + BLOCK], place + BLOCK >= len(content))
        except expat.ExpatError as error:
            raise Refused("submission-broken", line=error.lineno) from None
        finally:
            # the parser and what it calls hold one another, and would wait for the collector otherwise
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        if not self.found.instance_id:
            raise Refused("submission-no-instance")
        return self.found

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        self.depth += 1
        if self.depth <= 3:
            name = name.rpartition(":")[2]
            if self.depth == 1:
                self.begin_answer(attributes)
            elif self.depth == 2 and name == "meta":
                self.parser.CharacterDataHandler = self.text.append
            elif self.depth == 3:
                self.meta = name
                self.text.clear()
        elif self.depth > DEEPEST:
            raise Refused("submission-too-deep", limit=DEEPEST)
        if self.count > MOST_ELEMENTS:
            raise Refused("submission-too-many", limit=MOST_ELEMENTS)

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.depth == 2 and self.parser.CharacterDataHandler:
            self.end_of_meta(self.meta, "".join(self.text).strip())
        elif self.depth == 1:
            self.parser.CharacterDataHandler = None

    def begin_answer(self, attributes: dict[str, str]) -> None:
        given = attributes.get
        if given("encrypted", "").strip().lower() == "yes":
            raise Refused("submission-encrypted")
        self.found.form_id, self.found.version = _short(given("id", "").strip()), _short(given("version", "").strip())
        self.found.instance_id = _short(given("instanceID", "").strip())
        if not self.found.form_id:
            raise Refused("submission-no-form")

    def end_of_meta(self, name: str, text: str) -> None:
        if name == "instanceID":
            self.found.instance_id = _short(text)
        elif name == "deprecatedID":
            self.found.deprecated_id = _short(text)
        elif name == "instanceName":
            self.found.instance_name = text


class _Values(_Envelope):
    """One reading of one answer, in which its values are kept by the types of the form's fields."""

    def __init__(self, types: dict[str, str]):
        super().__init__()
        self.types = types
        self.path = ""
        self.is_leaf = False
        self.scopes: list[dict[str, Any]] = [self.found.values]
        self.turns: list[int] = []
        self.unknown: dict[str, None] = {}
        self.files: dict[str, None] = {}

    def read(self, content: bytes) -> Submission:
        found = super().read(content)
        found.unknown, found.attachments = list(self.unknown), list(self.files)
        return found

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        self.depth += 1
        # a name is copied into the path of all that lies within it
        path = self.path = f"{self.path}/{_short(name.rpartition(':')[2])}"
        if self.depth == 1:
            self.begin_answer(attributes)
            self.parser.CharacterDataHandler = self.text.append
        elif self.depth > DEEPEST:
            raise Refused("submission-too-deep", limit=DEEPEST)
        if self.count > MOST_ELEMENTS:
            raise Refused("submission-too-many", limit=MOST_ELEMENTS)
        self.text.clear()
        self.is_leaf = True
        if self.types.get(path) == "repeat":
            turns = self.scopes[-1].setdefault(path, [])
            turns.append({})
            self.scopes.append(turns[-1])
            self.turns.append(len(turns))

    def end(self, name: str) -> None:
        path, was_leaf = self.path, self.is_leaf
        self.path = path[: path.rindex("/")]
        self.depth -= 1
        self.is_leaf = False
        type = self.types.get(path)
        if type == "repeat":
            self.scopes.pop()
            self.turns.pop()
        elif was_leaf and self.depth:
            self.end_of_leaf(path, type, "".join(self.text))

    def end_of_leaf(self, path: str, type: str | None, text: str) -> None:
        if self.depth == 2 and self.path.endswith("/meta") and type != "audit":
            self.end_of_meta(path.rpartition("/")[2], text.strip())
            return
        if type is None:
            if path.split("/", 3)[2] != "meta":
                self.unknown.setdefault(path)
            return
        if type == "group" or not text or text.isspace():
            return
        scope = self.scopes[-1]
        if path in scope:
            self.fault(path, text, "once")
            return
        read = _READERS.get(type)
        try:
            value: Any = read(text.strip()) if read else text
        except (_Unfit, ValueError):
            self.fault(path, text, "file-name" if type in FILES else type)
            return
        scope[path] = value
        if type in FILES:
            self.files.setdefault(value)
        elif type == "start":
            self.found.start = self.found.start or value
        elif type == "end":
            self.found.end = self.found.end or value
        elif type == "deviceid":
            self.found.device_id = self.found.device_id or value

    def fault(self, path: str, text: str, expected: str) -> None:
        if len(self.found.faults) < MOST_FAULTS:
            self.found.faults.append({"path": path, "turns": list(self.turns), "value": text[:200], "expected": expected})  # fmt: skip


def _refuse_entities(*_given: Any) -> None:
    raise Refused("entities")


def _short(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise Refused("submission-long-name", limit=LONGEST_NAME)
    return text


def _integer(text: str) -> int:
    if not _INTEGER.match(text):
        raise _Unfit
    return int(text)


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.match(text):
        raise _Unfit
    found = Decimal(text)
    if not math.isfinite(float(found)):  # so many digits that no program reckons with it
        raise _Unfit
    return found


def _date(text: str) -> datetime.date:
    found = _DATE.match(text)
    if not found:
        raise _Unfit
    return datetime.date.fromisoformat(found.group(1))


def _moment(text: str) -> datetime.datetime:
    if not _DATE.match(text) or "T" not in text:
        raise _Unfit
    return datetime.datetime.fromisoformat(text)


def _point(text: str) -> dict[str, float | None]:
    numbers = [float(_decimal(part)) for part in text.split()]
    if not 2 <= len(numbers) <= 4 or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        raise _Unfit
    lat, lon, alt, accuracy = [*numbers, None, None][:4]
    return {"lat": lat, "lon": lon, "alt": alt, "accuracy": accuracy}


def _points(text: str) -> list[dict[str, float | None]]:
    return [_point(part) for part in text.split(";") if part.strip()]


def _file(text: str) -> str:
    if len(text) > LONGEST_NAME or not _FILE_NAME.match(text) or text in (".", ".."):
        raise _Unfit
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer, "decimal": _decimal, "range": lambda text: _integer(text) if _INTEGER.match(text) else _decimal(text),
    "date": _date, "today": _date, "time": datetime.time.fromisoformat,
    "dateTime": _moment, "start": _moment, "end": _moment,
    "select_multiple": str.split, "rank": str.split, "select_one": str,
    "geopoint": _point, "start-geopoint": _point, "background-geopoint": _point, "geotrace": _points, "geoshape": _points,
    **dict.fromkeys(FILES, _file),
}  # fmt: skip
