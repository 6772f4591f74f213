"""One answer as a page shows it: each question with its words, its value by label, and what is to be looked at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.collection.flags import sentence
from sala.collection.models import AnswerStep, FormVersion, Reading, SubmissionFile
from sala.collection.queries.forms import texts_of
from sala.collection.queries.labels import Labels
from sala.core import numbers
from sala.core.files.xform import FILES
from sala.core.language import Translated

POINTS = ("geopoint", "start-geopoint", "background-geopoint")
SILENT = ("note", "start", "end", "today", "deviceid", "phonenumber", "username", "email", "simserial", "subscriberid", "audit")  # fmt: skip


@dataclass
class Value:
    """A value to show. texts: words, each by language or plain; file: of a photo or another file."""

    texts: list[Any] = field(default_factory=list)
    file: SubmissionFile | None = None
    missing: str = ""

    def __bool__(self) -> bool:
        return bool(self.texts or self.file or self.missing)

    def __str__(self) -> str:
        return ", ".join(str(text) for text in self.texts) or (self.file.name if self.file else self.missing)


@dataclass
class Row:
    """One question. columns, turns: of a repeat, its questions, and for each turn their values beside them."""

    path: str
    label: Translated
    name: str
    type: str
    depth: int
    value: Value
    flags: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    columns: list[Translated] = field(default_factory=list)
    turns: list[list[tuple[Translated, Value]]] = field(default_factory=list)

    @property
    def is_heading(self) -> bool:
        return self.type == "group"


Files = Mapping[str, SubmissionFile]


def rows_of(reading: Reading, version: FormVersion, files: Files, actor: Actor, steps: Iterable[AnswerStep] = ()) -> list[Row]:  # fmt: skip
    """Every question in its order. Those inside a repeat are columns of its table; empty ones stand with a dash.

    actor  the reader, who is told the words of a choice as far as they are open to them
    """
    labels = Labels(version, actor, reading.values)
    flags, remarks = _by_path(reading.flags), _remarks(steps)
    root = version.fields[0]["path"].count("/") if version.fields else 0
    found = []
    for each in version.fields:
        if each["repeat"] or each["type"] in SILENT:
            continue
        row = Row(
            path=each["path"], label=label_of(version, each), name=each["name"], type=each["type"],
            depth=each["path"].count("/") - root, value=Value(), flags=flags.get(each["path"], []),
            remarks=remarks.get(each["path"], []),
        )  # fmt: skip
        if each["type"] == "repeat":
            _fill_repeat(row, version, reading.values.get(each["path"]) or [], files, labels, flags, remarks)
        elif each["type"] != "group":
            row.value = shown(each, reading.values.get(each["path"]), files, labels)
        found.append(row)
    return found


def _fill_repeat(row: Row, version: FormVersion, turns: list[dict[str, Any]], files: Files, labels: Labels,
                 flags: Mapping[str, list[str]], remarks: Mapping[str, list[str]]) -> None:  # fmt: skip
    inner = [
        each for each in version.fields
        if each["repeat"] == row.path and each["type"] not in (*SILENT, "group")
    ]  # fmt: skip
    row.columns = [label_of(version, each) for each in inner]
    cells = [[_cell(version, each, turn.get(each["path"]), files, labels) for each in inner] for turn in turns]
    row.turns = [list(zip(row.columns, values, strict=True)) for values in cells]
    for path in (each["path"] for each in inner):
        row.flags = [*row.flags, *flags.get(path, [])]
        row.remarks = [*row.remarks, *remarks.get(path, [])]


def _cell(version: FormVersion, each: Mapping[str, Any], value: Any, files: Files, labels: Labels) -> Value:
    """A repeat within a repeat is told in a line for each of its turns."""
    if each["type"] != "repeat":
        return shown(each, value, files, labels)
    inner = [other for other in version.fields if other["repeat"] == each["path"] and other["type"] != "group"]
    lines = [
        "; ".join(f"{label_of(version, other)}: {held}" for other in inner
                  if (held := _cell(version, other, turn.get(other["path"]), files, labels)))
        for turn in value or []
    ]  # fmt: skip
    return Value(texts=lines)


def label_of(version: FormVersion, each: Mapping[str, Any]) -> Translated:
    return texts_of(version, each["labels"]) or Translated(each["name"])


def shown(each: Mapping[str, Any], value: Any, files: Files, labels: Labels) -> Value:
    """A value by its type: choices by their words, figures and days as the reader writes them."""
    if value is None or value == "":
        return Value()
    kind = each["type"]
    if kind in FILES:
        file = files.get(str(value))
        return Value(file=file) if file else Value(missing=str(value))
    return Value(texts=[text for text in _texts(each, value, labels) if text not in ("", None)])


def _texts(each: Mapping[str, Any], value: Any, labels: Labels) -> Iterator[Any]:
    kind = each["type"]
    if kind in ("select_one", "select_multiple", "rank"):
        for code in value if isinstance(value, list) else [value]:
            yield labels.of(each, str(code))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield numbers.display(int(value) if value == int(value) else value)
    elif kind in POINTS:
        yield point_text(value)
    elif isinstance(value, list):
        yield _("%(count)s points") % {"count": len(value)}
    elif kind in ("date", "dateTime"):
        yield _moment(str(value))
    else:
        yield str(value)


def point_text(value: Mapping[str, Any]) -> str:
    text = f"{value['lat']:.5f}, {value['lon']:.5f}"
    return f"{text} (± {value['accuracy']:.0f} m)" if value.get("accuracy") is not None else text


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if "T" not in text:
        return formats.date_format(moment, "DATE_FORMAT")
    return formats.date_format(timezone.localtime(moment) if moment.tzinfo else moment, "DATETIME_FORMAT")


def _by_path(flags: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in flags:
        found.setdefault(each["path"], []).append(sentence(each))
    return found


def _remarks(steps: Iterable[AnswerStep]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for step in steps:
        for remark in step.remarks:
            found.setdefault(remark.get("path", ""), []).append(remark["reason"])
    return found


def whole_flags(reading: Reading, rows: Iterable[Row]) -> list[str]:
    """What is to be looked at that stands beside no question that is shown."""
    beside = {text for row in rows for text in row.flags}
    return [text for each in reading.flags if (text := sentence(each)) not in beside]


@dataclass(frozen=True)
class Change:
    """What one question said before and says now."""

    label: Translated
    before: Value
    now: Value
    turns: tuple[int, int] | None = None


def changes(before: Reading, now: Reading, version: FormVersion, files: Files, actor: Actor) -> list[Change]:
    """Questions whose answers differ between two answers, by the questions of the later one's version."""
    labels = Labels(version, actor, before.values, now.values)
    found = []
    for each in version.fields:
        if each["repeat"] or each["type"] in (*SILENT, "group"):
            continue
        old, new = before.values.get(each["path"]), now.values.get(each["path"])
        if old == new:
            continue
        label = label_of(version, each)
        if each["type"] == "repeat":
            found.append(Change(label, Value(), Value(), (len(old or []), len(new or []))))
        else:
            found.append(Change(label, shown(each, old, files, labels), shown(each, new, files, labels)))
    return found
