"""Words of what questions choose from: of the lists in a workbook, and of those that stand in a file beside it.

A file gives the words of a choice in its column `label` (or as the question's parameters call it) and in label_CODE for
each language. Lists of other registers are made for each reader, so a name that is not open to the reader is not told
here either; what a list of places, facilities or organisations has lost since is named from its register.
"""

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sala.access.actor import Actor, public
from sala.access.scope import visible
from sala.collection.layout import CHOOSING, Question
from sala.collection.models import FormMedia, FormVersion
from sala.collection.queries.forms import texts_of
from sala.collection.queries.lists import FACILITIES, ORGANISATIONS, PLACES, for_reader
from sala.core.errors import Invalid
from sala.core.files import delimited, store
from sala.core.language import Translated, languages, required_language
from sala.people.models import Organisation
from sala.places.models import Area, Facility

Field = Mapping[str, Any]


def from_file(version: FormVersion, field: Field) -> bool:
    """Whether the choices of a question stand in a file beside the workbook."""
    return field["type"] in CHOOSING and field["list"] in version.media


def words(version: FormVersion, field: Field, codes: Collection[str], actor: Actor | None) -> dict[str, Translated]:
    """Code → words of those of the codes that have some. actor: the reader; None: everybody."""
    if not codes:
        return {}
    if not from_file(version, field):
        listed = version.choices.get(field["list"], [])
        return {row["value"]: texts_of(version, row["labels"]) for row in listed if row["value"] in codes}
    found = dict(_listed(version, field, actor, codes))
    if missing := set(codes) - set(found):
        found |= _registered(version, field, missing, actor or public())
    return {code: text for code, text in found.items() if text}


def choices_of(question: Question, actor: Actor | None, most: int) -> list[tuple[str, Translated]]:
    """(code, words) of what a question can be answered with, over its versions: at most so many, the newest file's first."""
    found: dict[str, Translated] = {}
    for version, field in question.beside:
        for code, said in _listed(version, field, actor, None):
            if len(found) >= most:
                break
            found.setdefault(code, said)
    for code, labels in question.choices.items():
        found.setdefault(code, texts_of(question.newest, labels))
    return list(found.items())[:most]


def row_of(version: FormVersion, field: Field, codes: Iterable[str], actor: Actor | None) -> dict[str, Any] | None:
    """The row of the question's list that the first of these codes names which is in it; its code as `value`."""
    found: dict[str, dict[str, Any]] = {}
    codes = list(codes)
    if from_file(version, field):
        column = _columns(field)[0]
        for row in _rows(version, field["list"], actor):
            if (code := row.get(column)) in codes:
                found.setdefault(code, row | {"value": code})
                if code == codes[0]:
                    break
    else:
        found = {row["value"]: row for row in version.choices.get(field["list"], [])}
    return next((found[code] for code in codes if code in found), None)


class Labels:
    """The words that the values of some answers need, for one reader; each list is read once."""

    def __init__(self, version: FormVersion, actor: Actor | None, *answers: Mapping[str, Any]):
        self._version, self._actor = version, actor
        self._fields = {each["path"]: each for each in version.fields if from_file(version, each)}
        self._wanted: dict[str, set[str]] = {}
        self._known: dict[str, dict[str, Translated]] = {}
        for values in answers:
            self._gather(values)

    def _gather(self, values: Mapping[str, Any]) -> None:
        for path, value in values.items():
            several = value if isinstance(value, list) else [value]
            for one in several:
                if isinstance(one, dict):
                    self._gather(one)
                elif path in self._fields and one not in (None, ""):
                    self._wanted.setdefault(path, set()).add(str(one))

    def of(self, field: Field, code: str) -> Any:
        """The words of a choice, or its code where it has none that the reader may know."""
        path = field["path"]
        if path not in self._fields:
            return words(self._version, field, [code], self._actor).get(code) or code
        if path not in self._known:
            self._known[path] = words(self._version, field, self._wanted.get(path, set()), self._actor)
        return self._known[path].get(code) or code


# ---- files ---------------------------------------------------------------------------------------------------------


def _listed(
    version: FormVersion, field: Field, actor: Actor | None, codes: Collection[str] | None
) -> Iterator[tuple[str, Translated]]:
    column, label, base = _columns(field)
    for row in _rows(version, field["list"], actor):
        code = row.get(column, "")
        if code and (codes is None or code in codes):
            said = Translated({each: row.get(f"{base}_{each}", "") for each in languages()})
            yield code, said or Translated({required_language(): row.get(label, "")})


def _columns(field: Field) -> tuple[str, str, str]:
    """(column of the code, column of the words, how the columns of each language begin)"""
    code, label = ("id", "title") if field["list"].lower().endswith(".geojson") else ("name", "label")
    told = field["parameters"]
    code, label = told.get("value", code), told.get("label", label)
    ending = next((f"_{each}" for each in languages() if label.endswith(f"_{each}")), "")
    return code, label, label.removesuffix(ending)


def _rows(version: FormVersion, name: str, actor: Actor | None) -> Iterator[dict[str, str]]:
    file = version.files.filter(name=name).first()
    if file is None:
        return iter(())
    try:
        own = for_reader(file, actor or public())
    except Invalid:  # the area of the list is not known any more
        return iter(())
    if own is not None:
        return csv.DictReader(io.StringIO(own[0].decode()))
    return _of_shapes(file) if name.lower().endswith(".geojson") else _of_table(file)


def _of_table(file: FormMedia) -> Iterator[dict[str, str]]:
    rows = delimited.rows(store.path_of(file.sha256), "utf-8-sig", ",")
    heads = [cell.strip() for cell in next(rows, (0, []))[1]]
    for _line, cells in rows:
        yield dict(zip(heads, cells, strict=False))


def _of_shapes(file: FormMedia) -> Iterator[dict[str, str]]:
    found = json.loads(store.path_of(file.sha256).read_bytes().decode("utf-8-sig"))
    for shape in found["features"]:
        row = {"id": shape.get("id", ""), **(shape["properties"] or {})}
        yield {key: "" if value is None else str(value) for key, value in row.items()}


def _registered(version: FormVersion, field: Field, codes: set[str], actor: Actor) -> dict[str, Translated]:
    """Words of codes that the list does not have any more, such as of a village that was merged since."""
    file = version.files.filter(name=field["list"]).exclude(source="").first()
    noun, kind, _area = file.source.split(":") if file else ("", "", "")
    if _columns(field)[0] != "name":
        return {}
    rows: Any
    if noun == PLACES:
        rows = Area.objects.filter(level__code=kind)
    elif noun == FACILITIES:
        rows = visible(actor, Facility).filter(kind__code=kind)
    elif noun == ORGANISATIONS:
        rows = visible(actor, Organisation)
    else:
        return {}
    return {code: Translated(name) for code, name in rows.filter(code__in=codes).values_list("code", "name")}
