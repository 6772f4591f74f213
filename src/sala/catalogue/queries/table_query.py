"""The question that a reader puts to a table, as JSON, made into one SQL statement of names that were checked and values
that are bound.

    {"where": {"and": [{"field": "year", "op": ">=", "value": 2020}, {"not": {"field": "name", "op": "empty"}}]},
     "select": ["code", "year"], "distinct": false,
     "group": ["code"], "aggregates": [{"function": "sum", "field": "clinics", "as": "clinics"}],
     "sort": [{"field": "clinics", "order": "desc"}], "limit": 100, "offset": 0, "count": true}

Nothing here knows who asks or runs anything: `columns` are those the asker may see, with their kinds, and a column that
is hidden is told like one that does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sala.catalogue.queries.table_where import Condition, condition
from sala.catalogue.queries.table_words import ROW, Columns, known, quoted, wrong

MOST_ROWS = 1000  # in one answer
MOST_OFFSET = 10**12
MOST_NAMED = 200  # columns named in one question
AGGREGATES = {
    "count": "count({})", "count_distinct": "count(distinct {})", "sum": "sum({})", "mean": "avg({})", "min": "min({})",
    "max": "max({})", "median": "median({})",
}  # fmt: skip
OF_NUMBERS = ("sum", "mean", "median")
PARTS = ("where", "select", "distinct", "group", "aggregates", "sort", "limit", "offset", "count")


@dataclass(frozen=True)
class Question:
    """A checked question. names: headings of the answer; terms: SQL of each; is_plain: rows of the table as they are."""

    names: list[str]
    terms: list[str]
    where: Condition
    groups: list[str]
    order: str
    is_distinct: bool = False
    is_plain: bool = True
    limit: int | None = 100
    offset: int = 0
    count: bool = False

    def statement(self, source: str, *, is_paged: bool = True, is_in_order: bool = False) -> tuple[str, list[Any]]:
        """SELECT over `source` (SQL of our own) and its values; the row number comes first when is_plain.

        is_in_order  the rows of `source` come by their numbers: a question that wants them so has no need to sort, and
                     stops reading when its page is full
        """
        terms = [*([quoted(ROW)] if self.is_plain else []), *self.terms]
        text = f"select {'distinct ' if self.is_distinct else ''}{', '.join(terms)} from {source}{self.where.clause}"
        if self.groups:
            text += f" group by {', '.join(self.groups)}"
        if self.order and not (is_in_order and self.is_plain and self.order == quoted(ROW)):
            text += f" order by {self.order}"
        if is_paged and self.limit is not None:
            return f"{text} limit ? offset ?", [*self.where.values, self.limit, self.offset]
        return text, list(self.where.values)

    def counting(self, source: str) -> tuple[str, list[Any]]:
        """How many rows the whole answer has."""
        if self.is_plain:
            return f"select count(*) from {source}{self.where.clause}", list(self.where.values)
        text, values = Question(
            self.names, self.terms, self.where, self.groups, "", self.is_distinct, is_plain=False
        ).statement(source, is_paged=False)
        return f"select count(*) from ({text})", values


def question(sent: Any, columns: Columns, *, most: int = MOST_ROWS, also: Condition | None = None) -> Question:
    """The checked question. Raises Invalid that names the part and the field.

    columns  name → kind of those the asker may see, in the table's order
    also     a condition of ours that every row must meet as well
    """
    if not isinstance(sent, Mapping):
        raise wrong("question", _('The question is an object such as {"where": {…}, "limit": 100}.'))
    for name in sent:
        if name not in PARTS:
            raise wrong(str(name), _("A question has these parts: %(parts)s.") % {"parts": ", ".join(PARTS)})
    where = condition(sent.get("where"), columns)
    if also is not None:
        where = where.also(also)
    group, aggregates = _names(sent, "group", columns), _aggregates(sent.get("aggregates"), columns)
    shown = _shown(sent, columns, group, aggregates)
    is_distinct, is_grouped = _truth(sent, "distinct"), bool(group or aggregates)
    return Question(
        names=[name for name, _term in shown],
        terms=[term if term == quoted(name) else f"{term} as {quoted(name)}" for name, term in shown],
        where=where,
        groups=[quoted(name) for name in group],
        order=_order(sent.get("sort"), columns, shown, is_closed=is_distinct or is_grouped),
        is_distinct=is_distinct,
        is_plain=not (is_distinct or is_grouped),
        limit=_number(sent, "limit", 100, most),
        offset=_number(sent, "offset", 0, MOST_OFFSET),
        count=_truth(sent, "count"),
    )  # fmt: skip


def _shown(sent: Mapping[str, Any], columns: Columns, group: list[str], aggregates: list[tuple[str, str]]) -> list[tuple[str, str]]:  # fmt: skip
    if not group and not aggregates:
        return [(name, quoted(name)) for name in _names(sent, "select", columns) or columns]
    if sent.get("select"):
        raise wrong("select", _("A question that groups shows its groups and aggregates. Leave “select” out."))
    shown = [*((name, quoted(name)) for name in group), *aggregates]
    twice = next(
        (name for number, (name, _t) in enumerate(shown) if name in [each for each, _u in shown[:number]]), None
    )
    if twice is not None:
        raise wrong("aggregates", _("Two columns of the answer are called “%(name)s”. Give one another name with “as”.") % {"name": twice})  # fmt: skip
    return shown


def _names(sent: Mapping[str, Any], part: str, columns: Columns) -> list[str]:
    given = sent.get(part)
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise wrong(part, _("This is a list of names of columns."))
    if len(given) > MOST_NAMED:
        raise wrong(part, _("At most %(count)d columns can be named.") % {"count": MOST_NAMED})
    for name in given:
        known(name, columns, part)
    return list(dict.fromkeys(given))


def _aggregates(given: Any, columns: Columns) -> list[tuple[str, str]]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given) or len(given) > MOST_NAMED:
        raise wrong("aggregates", _('This is a list such as [{"function": "sum", "field": "…"}].'))
    return [_aggregate(each, columns) for each in given]


def _aggregate(each: Mapping[str, Any], columns: Columns) -> tuple[str, str]:
    function, name = each.get("function"), each.get("field")
    if function not in AGGREGATES:
        raise wrong("function", _("These can be reckoned: %(names)s.") % {"names": ", ".join(AGGREGATES)})
    if name is None and function == "count":
        term = "count(*)"
    else:
        kind = known(name, columns, "aggregates")
        if function in OF_NUMBERS and kind != "number":
            words = _("“%(function)s” needs a column of numbers; “%(name)s” is not one.")
            raise wrong(str(name), words % {"function": function, "name": name})
        term = AGGREGATES[function].format(quoted(str(name)))
    called = each.get("as") or (function if name is None else f"{function}_{name}")
    if not isinstance(called, str) or len(called) > 120 or "\0" in called:
        raise wrong("as", _("A heading is a text of at most 120 characters."))
    return called, term


def _order(given: Any, columns: Columns, shown: Sequence[tuple[str, str]], *, is_closed: bool) -> str:
    """is_closed: only what is shown can be sorted by, because rows were put together."""
    if given is not None and (not isinstance(given, list) or len(given) > MOST_NAMED):
        raise wrong("sort", _('This is a list such as [{"field": "…", "order": "desc"}].'))
    headings: Columns = dict.fromkeys((name for name, _term in shown), "") if is_closed else columns
    terms = []
    for each in given or ():
        if not isinstance(each, Mapping) or each.get("order", "asc") not in ("asc", "desc"):
            raise wrong("sort", _('This is a list such as [{"field": "…", "order": "desc"}].'))
        known(each.get("field"), headings, "sort", is_row_known=not is_closed)
        terms.append(f"{quoted(str(each.get('field')))} {each.get('order', 'asc')} nulls last")
    if not is_closed:
        return ", ".join([*terms, quoted(ROW)])
    return ", ".join(terms) or "all"


def _number(sent: Mapping[str, Any], name: str, default: int, most: int) -> int:
    value = sent.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise wrong(name, _("This is a whole number from 0 to %(most)d.") % {"most": most})
    return value


def _truth(sent: Mapping[str, Any], name: str) -> bool:
    value = sent.get(name, False)
    if not isinstance(value, bool):
        raise wrong(name, _("This is true or false."))
    return value
