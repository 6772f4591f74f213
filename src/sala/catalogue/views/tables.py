"""The rows of an edition on its page: filter, order, commonest values as links, a page at a time, the marked row."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from sala.access.request import Request
from sala.catalogue import tables
from sala.catalogue.forms.tables import CompareForm, Comparison, asked_of, comparisons_of
from sala.catalogue.models import Edition
from sala.catalogue.queries.columns import askable_columns
from sala.catalogue.queries.table_answers import Answer, answer, facets
from sala.catalogue.queries.table_query import question
from sala.catalogue.queries.table_where import Condition
from sala.core.errors import Invalid
from sala.places.models import Area

PER_PAGE = 50
MOST_COLUMNS = 60  # shown on a page; the rest are in the downloads and the API
FACETS, VALUES = 4, 8  # columns offered as links, and values of each
DISTINCT = 30  # a column with more values is no list to choose from
LONGEST_COUNT = 12  # digits


def counted(text: str) -> int | None:
    """A row or page as it stands in an address; None for what no table has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT else None


def keys_of(found: Edition, area: Area) -> list[str]:
    """The places of the table that mean this area or one within it."""
    inside = set(Area.objects.filter(path__startswith=area.path).values_list("pk", flat=True))
    return [key for key, ids in found.area_map.items() if inside.intersection(ids)]


def read_table(request: Request, found: Edition, area: Area | None) -> dict[str, Any]:
    """Context of the table on an edition's page. A question that cannot be answered shows why, above all rows."""
    columns = askable_columns(request.actor, found)
    dictionary = {column.name: column for column in found.distribution.dictionary.all()}
    also = Condition(*tables.in_places(found, keys_of(found, area))) if area and found.area_column else None
    number = counted(request.GET.get("page", "")) or 1
    base = {"limit": PER_PAGE, "offset": (number - 1) * PER_PAGE, "count": True, "select": list(columns)[:MOST_COLUMNS]}
    sent, lines, fault = asked_of(request.GET), comparisons_of(request.GET), ""
    try:
        asked = question({**base, **sent}, columns, also=also)
    except Invalid as error:
        sent, lines, fault = {}, [], str(error)
        asked = question(base, columns, also=also)
    marked = counted(request.GET.get("row", ""))
    table = answer(found, asked, around=marked)
    offered = _offered(found, columns, dictionary)
    many = facets(found, asked, offered, VALUES) if offered else {}
    address = _Address(lines, request.GET.get("sort", "") if sent else "", request.GET.get("place", ""))
    return {
        "table": table, "marked": marked, "fault": fault, "dictionary": dictionary,
        "headings": [_heading(name, dictionary, address) for name in table.names],
        "lines": [(line, _label(line.column, dictionary), address.without(line)) for line in lines],
        "compare": CompareForm(columns=[(name, _label(name, dictionary)) for name in columns]),
        "facets": [(_label(name, dictionary), [(value, rows, address.having(name, value)) for value, rows in values])
                   for name, values in many.items()],
        "next_page": number + 1 if _has_more(table) and marked is None else None,
        "columns_left_out": len(columns) - len(table.names), "taking": address.text() if sent else "",
        "api": urlencode({"q": json.dumps({**sent, "limit": 100}, ensure_ascii=False)}), "sorted_by": address.sort,
    }  # fmt: skip


def _has_more(table: Answer) -> bool:
    return table.total is not None and table.offset + len(table.rows) < table.total


def _label(name: str, dictionary: dict[str, Any]) -> str:
    return str(dictionary[name].label or name) if name in dictionary else name


def _offered(found: Edition, columns: Any, dictionary: dict[str, Any]) -> list[str]:
    """Columns with few values: what a reader chooses from. A place or a key is no such column."""
    few = {column["name"] for column in found.columns if 1 < column.get("distinct", 0) <= DISTINCT}
    return [name for name in columns if name in few and getattr(dictionary.get(name), "role", "") not in ("key", "value", "area")][:FACETS]  # fmt: skip


class _Address:
    """The page's own address with one thing changed."""

    def __init__(self, lines: Sequence[Comparison], sort: str, place: str):
        self.lines, self.sort, self.place = list(lines), sort, place

    def text(self, lines: Sequence[Comparison] | None = None, sort: str | None = None) -> str:
        parts = [pair for line in (self.lines if lines is None else lines)
                 for pair in (("c", line.column), ("o", line.op), ("v", line.value))]  # fmt: skip
        sort = self.sort if sort is None else sort
        parts += [("sort", sort)] if sort else []
        parts += [("place", self.place)] if self.place else []
        return "?" + urlencode(parts)

    def without(self, line: Comparison) -> str:
        return self.text([each for each in self.lines if each != line])

    def having(self, name: str, value: Any) -> str:
        line = Comparison(name, "empty", "") if value in (None, "") else Comparison(name, "=", str(value))
        return self.text([*(each for each in self.lines if each != line), line])

    def sorted(self, name: str) -> str:
        return self.text(sort=f"-{name}" if self.sort == name else name)


def _heading(name: str, dictionary: dict[str, Any], address: _Address) -> dict[str, Any]:
    column = dictionary.get(name)
    order = {name: "ascending", f"-{name}": "descending"}.get(address.sort, "")
    return {"label": column.label if column and column.label else name, "unit": column.unit if column else "",
            "url": address.sorted(name), "order": order, "name": name}  # fmt: skip
