"""The filter of a table's page: comparisons in the address, so that a filtered table can be linked and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

OPERATIONS = [
    ("=", _("is")), ("!=", _("is not")), ("contains", _("contains")), ("starts", _("begins with")), ("<", _("is below")),
    ("<=", _("is at most")), (">", _("is above")), (">=", _("is at least")), ("empty", _("is empty")), ("filled", _("is filled in")),
]  # fmt: skip
WORDS: Mapping[str, Any] = dict(OPERATIONS)
WITHOUT_VALUE = ("empty", "filled")
MOST = 20  # comparisons in one address


@dataclass(frozen=True)
class Comparison:
    """One line of the filter, as it stands in the address: c (column), o (operation), v (value)."""

    column: str
    op: str
    value: str

    @property
    def words(self) -> Any:
        return WORDS.get(self.op, self.op)

    def as_question(self) -> dict[str, Any]:
        bare = {"field": self.column, "op": self.op}
        return bare if self.op in WITHOUT_VALUE else {**bare, "value": self.value}


class CompareForm(forms.Form):
    """One more comparison. Those that hold already are kept in hidden fields of the page's form."""

    c = forms.ChoiceField(label=_("Column"))
    o = forms.ChoiceField(label=_("Comparison"), choices=OPERATIONS)
    v = forms.CharField(label=_("Value"), required=False, max_length=200)

    def __init__(self, *args: Any, columns: Sequence[tuple[str, Any]], **options: Any):
        super().__init__(*args, **options)
        self.fields["c"].choices = columns  # type: ignore[attr-defined]


def comparisons_of(sent: QueryDict) -> list[Comparison]:
    """The filter in an address. A line without a value is one that was not filled in."""
    lines = zip(sent.getlist("c"), sent.getlist("o"), sent.getlist("v"), strict=False)
    found = [Comparison(column, op, value.strip()) for column, op, value in lines if column]
    return [line for line in dict.fromkeys(found) if line.value or line.op in WITHOUT_VALUE][:MOST]


def asked_of(sent: QueryDict) -> dict[str, Any]:
    """The question in an address: {} when it has neither filter nor order. sort: a column, with - before it downwards."""
    lines, column = comparisons_of(sent), sent.get("sort", "")
    question: dict[str, Any] = {}
    if lines:
        question["where"] = {"and": [line.as_question() for line in lines]}
    if column:
        order = "desc" if column.startswith("-") else "asc"
        question["sort"] = [{"field": column.removeprefix("-"), "order": order}]
    return question
