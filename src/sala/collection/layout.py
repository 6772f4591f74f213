"""The tables that answers to a form make: one for the form and one for each repeat, over all versions that were in use.

A column is known by the path of its question, so a file written under an earlier version stays good. Its name for people
is the end of the path; where another column has that name already it gets more of the path. The earlier version keeps
the short name, so no name changes when a version is added.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pyarrow as pa

POINTS = ("geopoint", "start-geopoint", "background-geopoint")
POINT_PARTS = {"lat": "lat", "lon": "lon", "altitude": "altitude", "accuracy": "accuracy_m"}  # key of a value → ending
SHAPES = ("geotrace", "geoshape")
MANY = ("select_multiple", "rank")
CHOOSING = ("select_one", *MANY)
FILES = ("image", "audio", "background-audio", "video", "file", "osm", "audit")
NO_ANSWER = ("group", "repeat", "note")
# what says who sent an answer, from where or on which device; in no edition, whatever the author says
NAMES_SENDER = (
    "phonenumber", "username", "email", "deviceid", "simserial", "subscriberid", "start-geopoint", "background-geopoint",
    *FILES,
)  # fmt: skip

TEXT, WHOLE, NUMBER, DAY = pa.string(), pa.int64(), pa.float64(), pa.date32()
MOMENT = pa.timestamp("ms", "UTC")
KINDS: dict[str, pa.DataType] = {
    "integer": WHOLE, "decimal": NUMBER, "range": NUMBER, "date": DAY, "today": DAY, "dateTime": MOMENT,
    "start": MOMENT, "end": MOMENT,
}  # fmt: skip

# what stands before the questions in every table; question names do not begin like this
OWN = (
    "answer_id", "answer_state", "answer_place", "answer_place_name", "answer_facility", "answer_facility_name",
    "answer_period", "answer_office", "answer_sender", "answer_version", "answer_channel", "answer_received",
    "answer_settled", "answer_handed_in", "answer_handed_how", "answer_given_by",
)  # fmt: skip
OTHER = ("answer_subject", "answer_subject_name")  # of forms about rows of another register, after these
TURN, PARENT = "answer_turn", "answer_parent"  # of tables of repeats: "2", or "2.1" for the first within the second


class Version(Protocol):
    number: int
    version: str
    fields: Any
    choices: Any
    media: Any


@dataclass
class Question:
    """One question over all versions.

    types     type → versions in which it has it       labels  of the newest version, by the workbook's languages
    choices   code → labels of the newest version that has the code, in the order of that version
    beside    (version, field) of those in which it chooses from a file beside the workbook, the newest first
    """

    path: str
    repeat: str
    types: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    hint: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    beside: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    newest: Any = None

    @property
    def type(self) -> str:
        return next(reversed(self.types))

    @property
    def kind(self) -> pa.DataType:
        """How its values are stored: as one type that holds those of all versions."""
        kinds = {KINDS.get(each, TEXT) for each in self.types}
        if len(kinds) == 1:
            return kinds.pop()
        return NUMBER if kinds == {WHOLE, NUMBER} else TEXT

    @property
    def is_point(self) -> bool:
        return all(each in POINTS for each in self.types)

    @property
    def versions(self) -> list[str]:
        return [version for versions in self.types.values() for version in versions]


@dataclass(frozen=True)
class Column:
    """key: in our files; name: for people; part: of a point (a key of POINT_PARTS), or empty.

    words  name of the column with the words of the choices, where it has some
    """

    key: str
    name: str
    kind: pa.DataType
    question: Question
    part: str = ""
    words: str = ""


@dataclass(frozen=True)
class Table:
    """path: of the repeat, empty for the form; chain: the repeats from the outermost to this one."""

    path: str
    name: str
    chain: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def own(self) -> tuple[str, ...]:
        """Names of the columns before those of the questions."""
        return (*OWN, TURN, PARENT) if self.path else OWN


def layout(versions: Iterable[Version]) -> dict[str, Table]:
    """Path of a repeat, or empty for the form → its table. The form's comes first.

    versions  of one form; in any order
    """
    questions: dict[tuple[str, str], Question] = {}
    around: dict[str, str] = {"": ""}
    all_versions = []
    for version in sorted(versions, key=lambda one: one.number):
        all_versions.append(version.version)
        for each in version.fields:
            if each["type"] == "repeat":
                around.setdefault(each["path"], each["repeat"])
            if each["type"] in NO_ANSWER:
                continue
            found = questions.setdefault((each["repeat"], each["path"]), Question(each["path"], each["repeat"]))
            earlier = found.types.pop(each["type"], [])  # the newest type stands last
            found.types[each["type"]] = [*earlier, version.version]
            found.labels, found.hint, found.newest = each["labels"], each["hint"], version
            if each["type"] in CHOOSING and each["list"] in version.media:
                found.beside.insert(0, (version, each))
            elif each["list"]:
                listed = {row["value"]: row["labels"] for row in version.choices.get(each["list"], [])}
                found.choices = listed | {code: text for code, text in found.choices.items() if code not in listed}
    taken: set[str] = set()
    return {
        path: Table(path, _name(path, taken) if path else "", _chain(path, around), tuple(_columns(
            [each for (repeat, _path), each in questions.items() if repeat == path]
        )))
        for path in around
    }  # fmt: skip


def _chain(path: str, around: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    while path:
        found.insert(0, path)
        path = around.get(path, "")
    return tuple(found)


def _columns(questions: Iterable[Question]) -> Iterable[Column]:
    """Columns with the words of a file are named last, so that no question gets another name for their sake."""
    taken: set[str] = set()
    found = []
    for each in questions:
        if each.is_point:
            name = _name(each.path, taken)
            for part, ending in POINT_PARTS.items():
                found.append(Column(f"{each.path}#{part}", _name(f"{each.path}_{ending}", taken), NUMBER, each, part))
        else:
            name = _name(each.path, taken)
            words = _name(f"{each.path}_label", taken) if _chooses(each) and each.choices else ""
            found.append(Column(each.path, name, each.kind, each, words=words))
    for column in found:
        if _chooses(column.question) and column.question.beside and not column.words:
            column = replace(column, words=_name(f"{column.question.path}_label", taken))
        yield column


def _chooses(question: Question) -> bool:
    return question.type in CHOOSING and question.kind == TEXT


def _name(path: str, taken: set[str]) -> str:
    """The shortest end of the path that is free, taken from now on. Capital letters make no difference."""
    steps = [step for step in path.split("/") if step]
    tries = ["_".join(steps[-count:]) for count in range(1, len(steps) + 1)]
    tries += [f"{tries[-1]}_{number}" for number in range(2, len(taken) + 3)]
    for name in tries:
        if name.lower() not in taken and not name.lower().startswith("answer_"):
            taken.add(name.lower())
            return name
    name = f"question_{len(taken)}"
    taken.add(name)
    return name
