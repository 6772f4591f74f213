"""Template words of concessions: changes in words, what is leased and granted in a place."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString

from sala.concessions.models import Assessment, Change, Concession
from sala.concessions.queries import granted_map
from sala.concessions.queries import register as queries
from sala.concessions.queries.wording import Told, tell_changes
from sala.concessions.words import assessment
from sala.core import money, numbers
from sala.places.models import Area

register = template.Library()
MOST = 8


@register.filter
def in_words(changes: Iterable[Change]) -> list[Told]:
    return tell_changes(changes)


@register.filter
def short(value: Decimal | None) -> str:
    """A share without the noughts behind it: 100, not 100.000, which reads like a hundred thousand."""
    return "" if value is None else numbers.display(Decimal(format(value.normalize(), "f")))


@register.simple_tag
def amount(value: int | None, currency: str) -> str:
    """An amount, kept in the smallest unit of its currency, with the currency; empty for none."""
    return "" if value is None else money.shown(value, currency)


@register.simple_tag
def bars(granted: Decimal | None, developed: Decimal | None, most: Decimal) -> SafeString:
    """Hectares granted against developed, as two bars to the scale of the longest."""
    return granted_map.bars(granted, developed, most)


@register.inclusion_tag("concessions/parts/place.html", takes_context=True)
def concessions_of_place(context: template.Context, area: Area) -> dict[str, Any]:
    """Leases and concessions in a place, as far as the reader knows where they are: number, hectares, those changed last."""
    actor = context["actor"]
    wanted = queries.Narrowing(place=area, order="changed")
    rows = queries.register(actor, wanted)
    sums = queries.totals(actor, rows)
    found = queries.in_order(rows, wanted.order).select_related("area__parent", "sector")[:MOST] if sums.number else []
    return {"area": area, "totals": sums, "lines": queries.lines(actor, list(found)) if found else [], "most": MOST}


@register.simple_tag
def graded_any(lines: Iterable[queries.Line]) -> bool:
    """Whether the reader reads the grade of any of these lines: only then the list has a column for it."""
    return any(line.assessed for line in lines)


@register.simple_tag
def late_any(lines: Iterable[queries.Line]) -> bool:
    """Whether something is late of any of these lines, as far as the reader reads it: only then the list has a column."""
    return any(line.late for line in lines)


@register.inclusion_tag("concessions/parts/grade.html")
def grade_of(row: Assessment, concession: Concession) -> dict[str, Any]:
    """The grade that stands for a concession, with the way to its reasons."""
    version = row.round.version
    return {"row": row, "concession": concession, "grade": assessment.grade(row.valid_grade), "tag": assessment.tag(version, row.valid_grade)}  # fmt: skip
