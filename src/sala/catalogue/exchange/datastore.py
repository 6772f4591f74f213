"""datastore_search and datastore_info: rows of the newest edition of a part, as CKAN's DataStore gives them.

A column is named by its heading, as in the CSV that is taken along; its key is understood too.
"""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue.exchange.records import Part, editions_of
from sala.catalogue.models import Column, Edition
from sala.catalogue.operations.usage import count_use
from sala.catalogue.queries.columns import askable_columns
from sala.catalogue.queries.table_answers import answer, plain
from sala.catalogue.queries.table_query import MOST_NAMED, MOST_OFFSET, question
from sala.catalogue.queries.table_where import Condition, containing
from sala.catalogue.queries.table_words import ROW, Columns
from sala.core.errors import Invalid, Missing

MOST = 32_000  # rows at once, as CKAN's own limit
ID = "_id"  # the heading under which clients know the number of a row
LONGEST = 10_000  # characters of a list that is written as text
TYPES = {"integer": "int", "number": "numeric", "date": "date", "boolean": "bool", "datetime": "timestamp"}


@dataclass(frozen=True)
class Field:
    """name: its key in the table    id: its heading, by which clients know it"""

    name: str
    id: str
    type: str
    info: dict[str, Any]


def part_of(actor: Actor, code: str) -> Part:
    """By the id of a resource. Raises Missing."""
    slug, _dot, part = code.rpartition(".")
    editions = editions_of(actor).filter(distribution__dataset__slug=slug, distribution__code=part)
    related = ("distribution__dataset__owner", "distribution__dataset__place")
    newest = editions.select_related(*related).order_by("-number").first()
    if newest is None:
        raise Missing(_("Check the id of the resource, or look it up with package_show."))
    return Part(newest.distribution, newest)


def table_of(actor: Actor, code: str) -> Edition:
    edition = part_of(actor, code).edition
    if not edition.is_table or edition.is_layer:
        raise Missing(_("This resource is not a table. Download it instead."))
    return edition


def fields_of(actor: Actor, edition: Edition) -> list[Field]:
    """The columns that the actor sees, in order."""
    known = {column.name: column for column in Column.objects.filter(distribution=edition.distribution_id)}
    headings = [column.get("label") or column["name"] for column in edition.columns]
    plain = len(set(headings)) < len(headings)
    found = []
    seen = askable_columns(actor, edition)
    for column, heading in zip(edition.columns, headings, strict=True):
        if column["name"] not in seen:
            continue
        described = known.get(column["name"])
        info = {
            "label": str(described.label) if described else "", "notes": str(described.meaning) if described else "",
            "unit": described.unit if described else column.get("unit", ""),
        }  # fmt: skip
        found.append(
            Field(column["name"], column["name"] if plain else heading, TYPES.get(column["type"], "text"), info)
        )
    return found


def info(actor: Actor, code: str) -> dict[str, Any]:
    edition = table_of(actor, code)
    return {
        "meta": {"id": code, "count": edition.rows or 0, "table_type": "BASE TABLE", "size": edition.bytes},
        "fields": [_shown(field) for field in fields_of(actor, edition)],
    }  # fmt: skip


def search(actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """The answer of datastore_search, by the table engine. Raises Invalid for a column that there is not, or that is hidden."""
    code = str(asked.get("resource_id", ""))
    edition = table_of(actor, code)
    fields = fields_of(actor, edition)
    columns = askable_columns(actor, edition)
    keys = {field.name: field.name for field in fields} | {field.id: field.name for field in fields} | {ID: ROW}
    shown = _chosen(fields, keys, asked)
    is_counted = _truth(asked.get("include_total", True))
    put = {
        "where": _filters(keys, asked), "select": _named(shown) if asked.get("fields") else None, "sort": _order(keys, asked),
        # each row has a number of its own: with it, rows are distinct as they are
        "distinct": _truth(asked.get("distinct")) and all(field.name != ROW for field in shown),
        "limit": _number(asked, "limit", 100, MOST), "offset": _number(asked, "offset", 0, MOST_OFFSET), "count": is_counted,
    }  # fmt: skip
    found = answer(edition, question(put, columns, most=MOST, also=_words(keys, columns, asked)))
    count_use(actor, edition.dataset, "api")
    at = {name: number for number, name in enumerate([ROW, *found.names] if found.is_plain else found.names)}
    rows = [[plain(row[at[field.name]]) for field in shown] for row in found.rows]
    told = {
        "resource_id": code, "limit": put["limit"], "offset": put["offset"], "include_total": is_counted, "records_format": _format(asked),
        "fields": [_shown(field) for field in shown], "records": FORMATS[_format(asked)]([field.id for field in shown], rows),
        "_links": _links(asked, put["offset"], put["limit"]),
    }  # fmt: skip
    return told | ({"total": found.total, "total_was_estimated": False} if is_counted else {})


def _chosen(fields: list[Field], keys: dict[str, str], asked: dict[str, Any]) -> list[Field]:
    """The columns named, in the order in which they are named; without any the row number and all."""
    number = Field(ROW, ID, "int", {})
    if not asked.get("fields"):
        return [number] * (not _truth(asked.get("distinct"))) + fields
    known = {field.name: field for field in [number, *fields]}
    names = dict.fromkeys(_key(keys, name, "fields") for name in _listed(asked, "fields"))
    shown = [known[name] for name in names]
    if len(_named(shown)) > MOST_NAMED:
        words = _("At most %(count)d columns can be named.") % {"count": MOST_NAMED}
        raise Invalid(words, {"fields": [words]})
    return shown


def _named(shown: list[Field]) -> list[str]:
    return [field.name for field in shown if field.name != ROW]


def _shown(field: Field) -> dict[str, Any]:
    return {"id": field.id, "type": field.type} | ({"info": field.info} if field.info else {})


def _key(keys: dict[str, str], name: str, part: str) -> str:
    """By key or heading, with or without quotation marks around it."""
    if name in keys:
        return keys[name]
    bare = name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name
    if bare not in keys:
        words = _("The table has no column “%(name)s”. See its list of columns.") % {"name": bare[:100]}
        raise Invalid(words, {part: [words]})
    return keys[bare]


def _listed(asked: dict[str, Any], part: str) -> list[str]:
    """What stands there as a list, or as a text with commas between."""
    value = asked.get(part) or []
    if isinstance(value, str):
        if len(value) > LONGEST:
            words = _("This text has more than %(count)d characters. Name fewer columns, or send them as a list.")
            raise Invalid(words % {"count": LONGEST}, {part: [words % {"count": LONGEST}]})
        return [name for name in map(str.strip, written(value)) if name]
    return [str(name).strip() for name in value] if isinstance(value, (list, tuple)) else [str(value)]


def written(text: str) -> list[str]:
    """The parts, not empty, between commas; a comma in quotation marks parts nothing. One pass, whatever a stranger sends."""
    found, start = [], 0
    is_within = text.count('"') % 2 == 1  # an odd mark ends what is before it, as in: size 3",year
    for at, letter in enumerate(text):
        if letter == '"':
            is_within = not is_within
        elif letter == "," and not is_within:
            found.append(text[start:at])
            start = at + 1
    return [part for part in [*found, text[start:]] if part]


def ways(text: str) -> tuple[str, str]:
    """Name and direction of what to sort by, such as: population desc nulls last."""
    words = text.rsplit(None, 2)
    if len(words) == 3 and [word.lower() for word in words[1:]] == ["nulls", "last"]:
        text = words[0]
    words = text.rsplit(None, 1)
    if len(words) == 2 and words[1].lower() in ("asc", "desc"):
        return words[0].strip(), words[1].lower()
    return text.strip(), "asc"


def _object(value: Any) -> Any:
    """What a client sends as an object, also where it stands as text in an address; None for what is no JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _filters(keys: dict[str, str], asked: dict[str, Any]) -> Any:
    """The condition: a column has a value, one of several, or none."""
    filters = _object(asked.get("filters") or {})
    if not isinstance(filters, dict):
        words = _('Give the filters as JSON, such as {"year": 2024}.')
        raise Invalid(words, {"filters": [words]})
    compared = [_compared(_key(keys, name, "filters"), value) for name, value in filters.items()]
    return {"and": compared} if compared else None


def _compared(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, list) and value:
        some = [each for each in value if each not in (None, "")]
        parts = [{"field": name, "op": "in", "value": some}] if some else []
        return {"or": [*parts, {"field": name, "op": "empty"}]} if len(some) < len(value) else parts[0]
    if value in (None, ""):
        return {"field": name, "op": "empty"}
    return {"field": name, "op": "=", "value": value}


def _words(keys: dict[str, str], columns: Columns, asked: dict[str, Any]) -> Condition:
    """q: words that a row must have somewhere, or an object with the words of single columns."""
    said = asked.get("q") or ""
    if isinstance(said, str) and said.lstrip().startswith("{"):
        said = _object(said)
    if not isinstance(said, (str, dict)) or (isinstance(said, dict) and not all(isinstance(text, str) for text in said.values())):  # fmt: skip
        told = _("Give q as text, or as an object with the words of each column.")
        raise Invalid(told, {"q": [told]})
    if said and not _truth(asked.get("plain", True)):
        told = _("Words are looked for as they are written. Leave “plain” out.")
        raise Invalid(told, {"plain": [told]})
    if isinstance(said, str):
        return containing([(said, list(columns))])
    return containing([(text, [_key(keys, name, "q")]) for name, text in said.items()])


def _order(keys: dict[str, str], asked: dict[str, Any]) -> list[dict[str, str]]:
    sought = [ways(part) for part in _listed(asked, "sort")]
    return [{"field": _key(keys, name, "sort"), "order": way} for name, way in sought]


def _format(asked: dict[str, Any]) -> str:
    found = asked.get("records_format") or "objects"
    if found not in FORMATS:
        words = _("Records come as one of: %(names)s.") % {"names": ", ".join(FORMATS)}
        raise Invalid(words, {"records_format": [words]})
    return str(found)


def _separated(separator: str) -> Callable[[list[str], list[list[Any]]], str]:
    """As CKAN does: lines without a heading."""

    def write(_names: list[str], rows: list[list[Any]]) -> str:
        text = StringIO()
        csv.writer(text, delimiter=separator, lineterminator="\n").writerows(
            [str(value).lower() if isinstance(value, bool) else value for value in row] for row in rows
        )
        return text.getvalue()

    return write


FORMATS: dict[str, Callable[[list[str], list[list[Any]]], Any]] = {
    "objects": lambda names, rows: [dict(zip(names, row, strict=True)) for row in rows],
    "lists": lambda _names, rows: rows,
    "csv": _separated(","),
    "tsv": _separated("\t"),
}


def _links(asked: dict[str, Any], offset: int, limit: int) -> dict[str, str]:
    """Addresses of the first and the next page of the same question."""
    said = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in asked.items()
        if name != "offset"
    }
    start = f"/api/3/action/datastore_search?{urlencode(said)}"
    return {"start": start, "next": f"{start}&offset={offset + limit}"}


def _number(asked: dict[str, Any], name: str, standard: int, most: int) -> int:
    try:
        found = int(asked[name]) if asked.get(name) not in (None, "") else standard
    except (TypeError, ValueError, OverflowError):
        found = -1
    if found < 0:
        words = _("Give a whole number, 0 or more.")
        raise Invalid(words, {name: [words]})
    return min(found, most)


def _truth(value: Any) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")
