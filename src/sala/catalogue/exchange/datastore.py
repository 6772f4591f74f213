"""datastore_search and datastore_info: rows of the newest edition of a part, as CKAN's DataStore gives them.

A column is named by its heading, as in the CSV that is taken along; its key is understood too.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.catalogue import tables
from sala.catalogue.exchange.records import Part, editions_of
from sala.catalogue.models import Column, Edition
from sala.catalogue.queries.columns import hidden_columns
from sala.core.errors import Invalid, Missing

MOST = 32_000  # rows at once, as CKAN's own limit
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
    hidden = hidden_columns(actor, edition.distribution)
    for column, heading in zip(edition.columns, headings, strict=True):
        if column["name"] in hidden:
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
    """The answer of datastore_search. Raises Invalid for a column that there is not, or that is hidden."""
    code = str(asked.get("resource_id", ""))
    edition = table_of(actor, code)
    fields = fields_of(actor, edition)
    keys = (
        {field.name: field.name for field in fields} | {field.id: field.name for field in fields} | {"_id": tables.ROW}
    )
    limit, offset = _number(asked, "limit", 100, MOST), _number(asked, "offset", 0, 10**12)
    shown = [field for field in fields if not asked.get("fields") or _key(keys, field.id) in _wanted(keys, asked)]
    distinct = _truth(asked.get("distinct"))
    answer = tables.chosen(
        edition, [field.name for field in shown], equals=_filters(keys, asked), containing=_words(asked),
        among=[field.name for field in fields], order=_order(keys, asked), distinct=distinct, offset=offset, limit=limit,
    )  # fmt: skip
    names = [field.id for field in shown]
    if not distinct:
        names = ["_id", *names]
    told = {
        "resource_id": code, "limit": limit, "offset": offset, "include_total": True, "records_format": "objects",
        "fields": [*([] if distinct else [{"id": "_id", "type": "int"}]), *(_shown(field) for field in shown)],
        "records": [dict(zip(names, map(_value, row), strict=True)) for row in answer.rows],
        "_links": {}, "total": answer.total, "total_was_estimated": False,
    }  # fmt: skip
    if not _truth(asked.get("include_total", True)):
        del told["total"]
    return told


def _shown(field: Field) -> dict[str, Any]:
    return {"id": field.id, "type": field.type, "info": field.info}


def _key(keys: dict[str, str], name: str) -> str:
    if name not in keys:
        words = _("The table has no column “%(name)s”. See its list of columns.") % {"name": name}
        raise Invalid(words, {"fields": [words]})
    return keys[name]


def _wanted(keys: dict[str, str], asked: dict[str, Any]) -> set[str]:
    return {_key(keys, name) for name in _listed(asked["fields"])}


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(part) for part in value]


def _filters(keys: dict[str, str], asked: dict[str, Any]) -> dict[str, Any]:
    filters = asked.get("filters") or {}
    if isinstance(filters, str):
        try:
            filters = json.loads(filters)
        except ValueError:
            filters = None
    if not isinstance(filters, dict):
        words = _('Give the filters as JSON, such as {"year": 2024}.')
        raise Invalid(words, {"filters": [words]})
    return {_key(keys, name): value for name, value in filters.items()}


def _words(asked: dict[str, Any]) -> str:
    """Text that a row must have somewhere. CKAN also takes words per column; that is asked with filters here."""
    words = asked.get("q") or ""
    if not isinstance(words, str) or words.startswith("{"):
        told = _("Give q as text; for one column use filters.")
        raise Invalid(told, {"q": [told]})
    return words


def _order(keys: dict[str, str], asked: dict[str, Any]) -> list[tuple[str, bool]]:
    found = []
    for part in _listed(asked.get("sort") or ""):
        name, _space, direction = part.rpartition(" ")
        if direction.lower() not in ("asc", "desc"):
            name, direction = part, "asc"
        found.append((_key(keys, name.strip().strip('"')), direction.lower() == "desc"))
    return found


def _number(asked: dict[str, Any], name: str, standard: int, most: int) -> int:
    try:
        found = int(asked[name]) if asked.get(name) not in (None, "") else standard
    except (TypeError, ValueError):
        found = -1
    if found < 0:
        words = _("Give a whole number, 0 or more.")
        raise Invalid(words, {name: [words]})
    return min(found, most)


def _truth(value: Any) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")


def _value(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
