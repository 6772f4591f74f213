"""What the author of a form should see of a version: remarks by sheet and row, texts that lack, files, what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.collection.models import FormMedia, FormVersion
from sala.collection.queries.forms import texts_of
from sala.collection.queries.lists import Source
from sala.core.files.reasons import words_of
from sala.core.language import Translated, languages

# remarks of the reader (core.files.form_words) on forms that no device opens, or whose answers would not come here
NEVER_IN_USE = frozenset({"odk-invalid", "form-encrypted", "form-goes-elsewhere"})
UNTRIED = ("odk-absent", "odk-slow", "odk-failed")
UNSEEN = (
    "calculate", "hidden", "start", "end", "today", "deviceid", "phonenumber", "username", "email", "simserial",
    "subscriberid", "audit", "start-geopoint", "background-geopoint", "background-audio", "group",
)  # fmt: skip


@dataclass(frozen=True)
class Remark:
    """A sentence on a version. row: 0 where it is about no single row; is_grave: the version cannot be put in use."""

    code: str
    sheet: str
    row: int
    words: str
    is_grave: bool = False


def remarks_of(version: FormVersion) -> list[Remark]:
    """What the reader of the workbook noticed, what cannot stay first; then the texts that lack."""
    found = [
        Remark(
            one["code"],
            one["sheet"],
            one["row"] or 0,
            words_of(one["code"], one["values"]),
            one["code"] in NEVER_IN_USE,
        )
        for one in version.warnings
    ]
    found += _lacking(version)
    return sorted(found, key=lambda one: (not one.is_grave, one.code not in UNTRIED, one.sheet != "settings", one.sheet, one.row))  # fmt: skip


def _lacking(version: FormVersion) -> Iterator[Remark]:
    """Questions and choices without words in a language of the country."""
    for code, _name in settings.LANGUAGES:
        language = dict(settings.LANGUAGES)[code]
        if code not in version.language_map:
            words = _("There are no texts in %(language)s. Add a column “label::%(language)s (%(code)s)” to the sheets survey and choices.")  # fmt: skip
            yield Remark("no-language", "survey", 0, words % {"language": language, "code": code})
            continue
        column = version.language_map[code]
        for field in version.fields:
            if field["type"] not in UNSEEN and field["sheet_row"] and not field["labels"].get(column):
                told = {"name": field["name"], "language": language, "row": field["sheet_row"]}
                words = _("Sheet “survey”, row %(row)s: “%(name)s” has no words in %(language)s.")
                yield Remark("no-label", "survey", field["sheet_row"], words % told)
        for name, listed in version.choices.items():
            values = [choice["value"] for choice in listed if not choice["labels"].get(column)]
            if values:
                told = {"list": name, "language": language, "values": ", ".join(values[:5]), "count": len(values)}
                words = _("Sheet “choices”: %(count)s choices of the list “%(list)s” have no words in %(language)s, such as %(values)s.")  # fmt: skip
                yield Remark("no-choice-label", "choices", 0, words % told)


@dataclass(frozen=True)
class Wanted:
    """A file that a version wants. kept: the row of it, None while it is not here; made_of: words, "" for a sent one."""

    name: str
    kept: FormMedia | None
    made_of: str
    is_list: bool


def files_of(version: FormVersion) -> list[Wanted]:
    kept = {row.name: row for row in version.files.all()}
    names = list(dict.fromkeys([*version.media, *kept]))
    return [
        Wanted(name, kept.get(name), _made_of(kept.get(name)), name.lower().endswith((".csv", ".geojson")))
        for name in names
    ]


def _made_of(row: FormMedia | None) -> str:
    return Source.read(row.source).words() if row and row.source else ""


# ---- what changed between two versions -----------------------------------------------------------------------------

ADDED, REMOVED = "added", "removed"
ASPECTS: dict[str, Any] = {
    "labels": gettext_lazy("words"), "hint": gettext_lazy("hint"), "type": gettext_lazy("type"),
    "required": gettext_lazy("must be answered"), "relevant": gettext_lazy("asked only if"),
    "constraint": gettext_lazy("what is allowed"), "calculation": gettext_lazy("calculation"),
    "choice_filter": gettext_lazy("choice filter"), "repeat": gettext_lazy("repeat it stands in"),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One question that differs. kind: added, removed or changed; parts: (what, before, after) of a changed one."""

    kind: str
    name: str
    label: Translated
    parts: list[tuple[Any, str, str]]


def changes_between(before: FormVersion, after: FormVersion) -> list[Change]:
    """Questions added, removed and changed, in the order of the later version; removed ones last.

    A question is the same while its path is the same, since answers are kept by it.
    """
    old = {field["path"]: field for field in before.fields}
    new = {field["path"]: field for field in after.fields}
    # the outermost element may have been renamed with the form; answers do not change by that
    old, new = _without_root(old), _without_root(new)
    lists = Lists()
    found = []
    for path, field in new.items():
        if path not in old:
            found.append(Change(ADDED, field["name"], texts_of(after, field["labels"]), []))
        elif parts := _parts(before, old[path], after, field, lists):
            found.append(Change("changed", field["name"], texts_of(after, field["labels"]), parts))
    found += [
        Change(REMOVED, field["name"], texts_of(before, field["labels"]), [])
        for path, field in old.items()
        if path not in new
    ]
    return found


def _without_root(fields: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {path.lstrip("/").partition("/")[2]: field for path, field in fields.items()}


class Lists:
    """Choices of lists in words. There may be tens of thousands, asked by several questions: each list is read once."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, str], list[str]] = {}

    def of(self, version: FormVersion, name: str) -> list[str]:
        key = version.pk, name
        if key not in self._read:
            self._read[key] = [_choice(version, row) for row in version.choices.get(name, [])] if name else []
        return self._read[key]


def _choice(version: FormVersion, row: Mapping[str, Any]) -> str:
    return " ".join([row["value"], *(f"({text})" for _code, text in _in_order(texts_of(version, row["labels"])))])


def _parts(before: FormVersion, old: Mapping[str, Any], after: FormVersion, new: Mapping[str, Any],
           lists: Lists) -> list[tuple[Any, str, str]]:  # fmt: skip
    parts = []
    for aspect, words in ASPECTS.items():
        was, now = (_shown(version, aspect, field[aspect]) for version, field in ((before, old), (after, new)))
        if was != now:
            parts.append((words, was, now))
    offered, offers = lists.of(before, old["list"]), lists.of(after, new["list"])
    if offered != offers:
        there, here = set(offered), set(offers)
        gone, come = [one for one in offered if one not in here], [one for one in offers if one not in there]
        same = _("another order") if not gone and not come else ""
        parts.append((_("choices"), "; ".join(gone[:20]), "; ".join(come[:20]) or same))
    return parts


def _in_order(texts: Translated) -> list[tuple[str, str]]:
    """By the country's order of languages; the database keeps another."""
    return [(code, texts[code]) for code in languages() if code in texts]


def _shown(version: FormVersion, aspect: str, value: Any) -> str:
    if aspect in ("labels", "hint"):
        return " / ".join(f"{code}: {text}" for code, text in _in_order(texts_of(version, value)))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return str(value).lstrip("/").partition("/")[2] if aspect == "repeat" else str(value)
