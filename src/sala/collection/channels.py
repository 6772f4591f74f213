"""Which kinds of questions can be answered where: on a phone, in the browser, on paper, in a short message.

For the author of a form, who chooses the kinds by how the answers will come. Follows what the channels themselves take:
paper.py, sms.py, and the library that draws forms in the browser.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from sala.collection import paper, sms

FULL, PART, NONE = "full", "part", "none"

PHONE, BROWSER, PAPER, SMS = "phone", "browser", "paper", "sms"
CHANNELS = {PHONE: _("Phone (ODK Collect)"), BROWSER: _("Browser"), PAPER: _("On paper"), SMS: _("Short message")}

KINDS = {
    "text": _("Text"),
    "integer": _("Whole number"),
    "decimal": _("Number with decimals"),
    "range": _("Number on a scale"),
    "select_one": _("One of a list"),
    "select_multiple": _("Several of a list"),
    "rank": _("Put in order"),
    "date": _("Day"),
    "time": _("Time of day"),
    "dateTime": _("Day and time"),
    "geopoint": _("Point on the map"),
    "geotrace": _("Line on the map"),
    "geoshape": _("Area on the map"),
    "image": _("Photo"),
    "audio": _("Recording of sound"),
    "video": _("Film"),
    "file": _("File"),
    "barcode": _("Code to scan"),
    "acknowledge": _("Tick as read"),
    "note": _("Words to read, without an answer"),
    "repeat": _("The same questions again and again"),
}
WRITTEN = _("written by hand as text")
CHOSEN_FILE = _("a file that is there already is chosen; nothing is recorded")
BESIDE = _("kept apart; its number is written")
ON_BROWSER = {"audio": CHOSEN_FILE, "video": CHOSEN_FILE, "barcode": _("typed, not scanned"), "dateTime": WRITTEN}
ON_PAPER = {
    "image": BESIDE, "audio": BESIDE, "video": BESIDE, "file": BESIDE, "barcode": _("its digits are written"),
    "geopoint": _("written down from a receiver"), "geotrace": _("one point only"), "geoshape": _("one point only"),
    "repeat": _("as many rows as the sheet has, then another sheet"),
}  # fmt: skip
TOLD = {
    (PAPER, "select_one"): _("boxes to tick; of a long list or a narrowed one, the code is written"),
    (PAPER, "select_multiple"): _("boxes to tick; of a long list or a narrowed one, the code is written"),
    (SMS, "select_one"): _("its code, its words or its number in the list"),
}
# kinds that a device notes by itself, and what only groups, are asked nowhere
SKIPPED = paper.BY_ITSELF | {"group"}


@dataclass(frozen=True)
class KindRow:
    """A kind of question and how each channel takes it. carried: channel → FULL, PART or NONE; why: channel → words."""

    kind: str
    words: Any
    carried: dict[str, str]
    why: dict[str, Any]

    def cells(self) -> list[tuple[Any, str, Any]]:
        """(channel in words, how far, why) in the order of CHANNELS."""
        return [(words, self.carried[name], self.why.get(name, "")) for name, words in CHANNELS.items()]


def row_of(kind: str) -> KindRow:
    why: dict[str, Any] = {channel: words for (channel, one), words in TOLD.items() if one == kind}
    carried = dict.fromkeys(CHANNELS, FULL)
    for channel, in_part in ((BROWSER, ON_BROWSER), (PAPER, ON_PAPER)):
        if kind in in_part:
            carried[channel], why[channel] = PART, in_part[kind]
    if kind == "note":
        carried[SMS], why[SMS] = PART, _("not shown")
    elif kind not in sms.SIMPLE:
        carried[SMS] = NONE
    return KindRow(kind, KINDS[kind], carried, why)


def all_kinds() -> list[KindRow]:
    return [row_of(kind) for kind in KINDS]


@dataclass(frozen=True)
class Reach:
    """How far one channel carries a form. partly, lacking: (name of the question, its kind, why)."""

    words: Any
    state: str
    partly: list[tuple[str, Any, Any]]
    lacking: list[tuple[str, Any, Any]]


def reach_of(fields: Iterable[Mapping[str, Any]], subject: str) -> list[Reach]:
    """For each channel, which questions of a form it carries in part or not. subject: name of the question of the place."""
    fields = list(fields)
    asked = [
        (field, row_of(field["type"])) for field in fields if field["type"] in KINDS and field["type"] not in SKIPPED
    ]
    found = []
    for name, words in CHANNELS.items():
        told: dict[str, list[tuple[str, Any, Any]]] = {PART: [], NONE: [], FULL: []}
        for field, row in asked:
            told[row.carried[name]].append((field["name"], row.words, row.why.get(name, "")))
        state = PART if told[NONE] or told[PART] else FULL
        if name == SMS and sms.questions(fields, subject) is None:
            state = NONE
        found.append(Reach(words, state, told[PART], told[NONE]))
    return found
