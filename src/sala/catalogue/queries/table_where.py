"""The condition of a question to a table: and, or, not, and comparisons of a column with bound values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sala.catalogue.queries.table_words import ROW, Columns, known, quoted, value_of, wrong

DEEPEST = 10
MOST_COMPARISONS = 100
MOST_VALUES = 1000
SIGNS = {"=": "= ?", "!=": "is distinct from ?", "<": "< ?", "<=": "<= ?", ">": "> ?", ">=": ">= ?"}
WITHOUT_VALUE = ("empty", "filled")
OF_TEXT = ("contains", "starts")
OPERATIONS = (*SIGNS, "in", "not in", "between", *OF_TEXT, *WITHOUT_VALUE)


@dataclass(frozen=True)
class Condition:
    """SQL that is true for the rows meant, and the values to bind in it; empty text: every row."""

    text: str = ""
    values: list[Any] = field(default_factory=list)

    @property
    def clause(self) -> str:
        return f" where {self.text}" if self.text else ""

    def also(self, other: "Condition") -> "Condition":
        texts = [f"({part})" for part in (self.text, other.text) if part]
        return Condition(" and ".join(texts), [*self.values, *other.values])


def containing(sought: Sequence[tuple[str, Sequence[str]]]) -> Condition:
    """Rows in which each of the words stands somewhere in its columns, small and capital letters alike.

    sought  words with space between, and the names, checked, of the columns in which they are looked for

    Raises Invalid for more words in all than comparisons can be made.
    """
    found, count = Condition(), 0
    for said, names in sought:
        words = said.split()
        count += len(words)
        if count > MOST_COMPARISONS:
            raise wrong("q", _("At most %(count)d comparisons can be made.") % {"count": MOST_COMPARISONS})
        cells = ", ".join(f"cast({quoted(name)} as varchar)" for name in names)
        text = f"contains(lower(concat_ws(' ', {cells})), lower(?))" if names else "? is null"
        for word in words:
            found = found.also(Condition(text, [value_of(word, "text", "q")]))
    return found


def condition(sent: Any, columns: Columns) -> Condition:
    """The condition over these columns. Raises Invalid that names the field."""
    return Condition() if sent in (None, {}) else _Reader(columns).read(sent, 0)


class _Reader:
    def __init__(self, columns: Columns):
        self.columns = columns
        self.count = 0

    def read(self, sent: Any, depth: int) -> Condition:
        if not isinstance(sent, Mapping):
            raise wrong("where", _("A condition is an object with “and”, “or”, “not”, or “field”, “op” and “value”."))
        if depth > DEEPEST:
            raise wrong("where", _("Conditions stand in one another at most %(count)d deep.") % {"count": DEEPEST})
        for joined in ("and", "or"):
            if joined in sent:
                return self._joined(joined, sent, depth)
        if "not" in sent:
            inner = self.read(sent["not"], depth + 1)
            return Condition(f"not coalesce({inner.text}, false)", inner.values)
        return self._comparison(sent)

    def _joined(self, word: str, sent: Mapping[str, Any], depth: int) -> Condition:
        parts = sent[word]
        if len(sent) != 1 or not isinstance(parts, list) or not parts:
            raise wrong(word, _("This is a list of conditions, and stands alone in its object."))
        read = [self.read(part, depth + 1) for part in parts]
        text = f" {word} ".join(f"({part.text})" for part in read)
        return Condition(text, [value for part in read for value in part.values])

    def _comparison(self, sent: Mapping[str, Any]) -> Condition:
        self.count += 1
        if self.count > MOST_COMPARISONS:
            raise wrong("where", _("At most %(count)d comparisons can be made.") % {"count": MOST_COMPARISONS})
        name, op = sent.get("field"), sent.get("op", "=")
        kind = known(name, self.columns, "field")
        assert isinstance(name, str)
        if not isinstance(op, str) or op not in OPERATIONS:
            raise wrong(name, _("A comparison is one of: %(names)s.") % {"names": ", ".join(OPERATIONS)})
        if set(sent) - {"field", "op", "value"}:
            raise wrong(name, _("A comparison has “field”, “op” and “value”."))
        return compared(name, op, sent.get("value"), kind)


def compared(name: str, op: str, value: Any, kind: str) -> Condition:
    """One comparison of a known column."""
    column = quoted(name)
    if op in WITHOUT_VALUE:
        empty = f"({column} is null" + (f" or {column} = '')" if kind == "text" else ")")
        return Condition(empty if op == "empty" else f"not {empty}")
    if op in OF_TEXT:
        if kind != "text" or name == ROW:
            raise wrong(name, _("“%(op)s” looks into texts; “%(name)s” holds none.") % {"op": op, "name": name})
        function = "contains" if op == "contains" else "starts_with"
        return Condition(f"{function}(lower({column}), lower(?))", [value_of(value, kind, name)])
    if op in SIGNS:
        return Condition(f"{column} {SIGNS[op]}", [value_of(value, kind, name)])
    if not isinstance(value, list) or not value or len(value) > MOST_VALUES or (op == "between" and len(value) != 2):
        words = _("“%(op)s” needs a list of values: two for “between”, else at most %(count)d.")
        raise wrong(name, words % {"op": op, "count": MOST_VALUES})
    values = [value_of(each, kind, name) for each in value]
    if op == "between":
        return Condition(f"{column} between ? and ?", values)
    marks = ", ".join("?" * len(values))
    return Condition(f"coalesce({column} in ({marks}), false)" if op == "in" else f"coalesce({column} not in ({marks}), true)", values)  # fmt: skip
