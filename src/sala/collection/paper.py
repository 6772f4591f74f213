"""A form as it is printed: questions with numbers, boxes to tick, lines to write on, and when each is asked, in words.

Made from the version's fields only; knows no page and no PDF.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sala.collection import relevance
from sala.collection.models import FormVersion
from sala.collection.queries.forms import texts_of
from sala.core.language import Translated

# What a device notes or reckons by itself is not asked on paper.
BY_ITSELF = {
    "start", "end", "today", "deviceid", "phonenumber", "username", "email", "audit", "calculate", "hidden",
    "start-geopoint", "background-audio", "background-geopoint", "xml-external", "csv-external", "simserial",
    "subscriberid",
}  # fmt: skip
LINES = {"text": 2, "barcode": 1, "decimal": 1, "integer": 1, "date": 1, "time": 1, "dateTime": 1, "range": 1}
PICTURES = {"image", "audio", "video", "file"}
POINTS = {"geopoint", "geotrace", "geoshape"}
CHOSEN = {"select_one", "select_multiple", "select_one_from_file", "select_multiple_from_file", "rank", "select one", "select_one_external"}  # fmt: skip
PRINTED_CHOICES = 60  # a longer list, or one from a file, is answered by writing the code
ROWS, WIDEST = 8, 6  # rows of a printed repeat; questions that fit beside each other in a table


@dataclass
class Line:
    """A question, heading or note on paper.

    kind   heading, note, repeat, choice, several, order, lines, point, picture, tick
    number of the question; empty for a heading or note    condition  when it is asked, in words
    rows   of a repeat: its questions                       lines      on which to write
    """

    kind: str
    label: Translated
    hint: Translated
    number: str = ""
    name: str = ""
    required: bool = False
    condition: str = ""
    choices: list[tuple[str, Translated]] = field(default_factory=list)
    lines: int = 1
    depth: int = 0
    type: str = ""
    rows: list["Line"] = field(default_factory=list)

    @property
    def is_wide(self) -> bool:
        """A repeat whose questions do not fit beside each other: it is printed block by block."""
        return len(self.rows) > WIDEST or any(len(row.choices) > WIDEST or row.kind in ("note", "heading", "repeat") for row in self.rows)  # fmt: skip


def lines_of(version: FormVersion, language: str) -> list[Line]:
    """The form in its order; a repeat holds its questions. Conditions are told in the language that is active now."""
    shown = [each for each in version.fields if each["type"] not in BY_ITSELF and (each["type"] in ("group", "repeat") or not each.get("calculation") or each["labels"])]  # fmt: skip
    numbers = _numbers(shown)
    label_of = _labels(version, language)
    found: list[Line] = []
    repeats: dict[str, Line] = {}
    root = min((each["path"].count("/") for each in shown), default=0)
    for each in shown:
        line = _line(version, each, numbers, root)
        line.condition = relevance.told(each["relevant"], numbers, label_of) if each["relevant"] else ""
        around = repeats.get(_outer(each))
        (around.rows if around is not None else found).append(line)
        if each["type"] == "repeat":
            repeats[each["path"]] = line
    return [line for line in found if not _is_empty(line)]


def _outer(each: Mapping[str, Any]) -> str:
    """Path of the repeat around a field; a repeat names itself nowhere."""
    return each["repeat"] if each["repeat"] != each["path"] else each["group"]


def _is_empty(line: Line) -> bool:
    return line.kind == "heading" and not line.label


def _numbers(shown: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Name of a question → its number; questions of a repeat are numbered within it: 7.1, 7.2."""
    found: dict[str, str] = {}
    inner: dict[str, int] = {}
    outer = 0
    for each in shown:
        if each["type"] in ("group", "note"):
            continue
        repeat = _outer(each) if each["repeat"] else ""
        if repeat in inner:
            inner[repeat] += 1
            number = f"{found[repeat]}.{inner[repeat]}"
        else:
            outer += 1
            number = str(outer)
        found[each["name"]] = number
        if each["type"] == "repeat":
            found[each["path"]] = number
            inner[each["path"]] = 0
    return found


def _labels(version: FormVersion, language: str) -> Any:
    lists = {each["name"]: each["list"] for each in version.fields}

    def label_of(name: str, value: str) -> str:
        for row in version.choices.get(lists.get(name, ""), []):
            if row["value"] == value:
                return texts_of(version, row["labels"]).text(language).text or value
        return value

    return label_of


def _line(version: FormVersion, each: Mapping[str, Any], numbers: Mapping[str, str], root: int) -> Line:
    kind = each["type"]
    line = Line(
        "lines", texts_of(version, each["labels"]), texts_of(version, each["hint"]), name=each["name"],
        number=numbers.get(each["path"] if kind == "repeat" else each["name"], ""), required=each["required"],
        depth=each["path"].count("/") - root, lines=LINES.get(kind, 1), type=kind,
    )  # fmt: skip
    if kind in ("group", "note"):
        line.kind, line.number = ("heading" if kind == "group" else "note"), ""
    elif kind == "repeat":
        line.kind = "repeat"
    elif kind in CHOSEN:
        listed = version.choices.get(each["list"], [])
        if 0 < len(listed) <= PRINTED_CHOICES and not each.get("choice_filter"):
            line.kind = "several" if "multiple" in kind else "order" if kind == "rank" else "choice"
            line.choices = [(row["value"], texts_of(version, row["labels"])) for row in listed]
    elif kind in POINTS:
        line.kind = "point"
    elif kind in PICTURES:
        line.kind = "picture"
    elif kind in ("acknowledge", "trigger"):
        line.kind = "tick"
    if "multiline" in each["appearance"]:
        line.lines = 4
    return line
