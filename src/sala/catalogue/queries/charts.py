"""What a chart shows: its values, reckoned from the table; and the drawings that a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue import tables
from sala.catalogue.models import Chart, ChartDrawing, Distribution, Edition
from sala.catalogue.queries.columns import hidden_columns
from sala.catalogue.queries.table_query import question
from sala.catalogue.queries.table_where import Condition
from sala.catalogue.table_engine import connected, kinds_of, source_of
from sala.places.models import Area

MOST_SERIES = 6  # more cannot be told apart
MOST_POINTS = {"line": 60, "bar": 25, "share": 25}  # along the axis
MOST_ROWS = 5000


@dataclass(frozen=True)
class Values:
    """rows: [x, series, value] in the order they are drawn; left_out: how many more there are."""

    rows: list[list[Any]]
    left_out: int


def values_of(chart: Chart, edition: Edition, keys: Iterable[str] | None = None) -> Values:
    """The values of a chart in an edition. Raises Invalid for a column that the edition does not have.

    keys  of places in the edition's area_map: only rows about them
    """
    kinds = kinds_of(edition.table_sha256)
    names = tables.names(edition)
    also = Condition(*tables.in_places(edition, list(keys))) if keys is not None else None
    aggregate = {"function": "count"} if chart.reckoning == "count" else {"function": chart.reckoning, "field": chart.y}
    group = [name for name in dict.fromkeys((chart.x, chart.series)) if name]
    sent = {
        "where": {"and": [{"field": name, "value": value} for name, value in chart.filter.items()]} if chart.filter else None,
        "group": group, "aggregates": [{**aggregate, "as": "\u2211"}], "limit": MOST_ROWS,
        "sort": [{"field": name} for name in group],
    }  # fmt: skip
    asked = question(sent, {name: kinds[name] for name in names if name in kinds}, most=MOST_ROWS, also=also)
    with connected(edition.table_sha256) as connection:
        found = connection.execute(*asked.statement(source_of(edition.table_sha256))).fetchall()
    has_series = len(group) > 1
    rows = [
        [_told(row[0]), _told(row[1]) if has_series else "", _amount(row[-1])] for row in found if row[-1] is not None
    ]
    return _fitting(rows, chart.kind, is_named=kinds.get(chart.x) == "text" and chart.x != edition.period_column)


def _told(value: Any) -> str:
    return "–" if value is None else str(value)


def _amount(value: Any) -> int | float:
    number = Decimal(str(value))
    return int(number) if number == number.to_integral_value() else float(number)


def _fitting(rows: list[list[Any]], kind: str, *, is_named: bool) -> Values:
    """The largest series. Of names the largest, largest first; of numbers, days and periods the last ones."""
    series = _largest(rows, 1)[:MOST_SERIES]
    points = list(dict.fromkeys(row[0] for row in rows))  # in the order of the axis: they were sorted by it
    is_along = kind == "line" or not is_named
    kept = points[-MOST_POINTS[kind] :] if is_along else _largest(rows, 0)[: MOST_POINTS[kind]]
    place = {name: number for number, name in enumerate(kept)}
    shown = [row for row in rows if row[0] in place and row[1] in series]
    shown.sort(key=lambda row: (series.index(row[1]), place[row[0]]))
    return Values(shown, len(rows) - len(shown))


def _largest(rows: list[list[Any]], part: int) -> list[str]:
    sums: dict[str, float] = {}
    for row in rows:
        sums[row[part]] = sums.get(row[part], 0) + abs(row[2])
    return sorted(sums, key=lambda name: -sums[name])


def charts_of(actor: Actor, distributions: Iterable[Distribution]) -> list[ChartDrawing]:
    """The newest drawing that the actor may see of each chart of these parts, of the whole table."""
    drawn = _seen(actor).filter(chart__distribution__in=list(distributions), area=None)
    return _newest(actor, drawn)


def charts_at(actor: Actor, area: Area) -> list[ChartDrawing]:
    """The same of the rows about a place, for its page."""
    return _newest(actor, _seen(actor).filter(Q(area=area)))


def find_drawing(actor: Actor, slug: str, part: str, code: str, area: Area | None) -> ChartDrawing | None:
    drawn = _seen(actor).filter(
        chart__distribution__dataset__slug=slug, chart__distribution__code=part, chart__code=code
    )
    return next(iter(_newest(actor, drawn.filter(area=area))), None)


def _seen(actor: Actor) -> QuerySet[ChartDrawing]:
    return ChartDrawing.objects.filter(edition__in=visible(actor, Edition))


def _whole() -> QuerySet[ChartDrawing]:
    related = ("chart__distribution__dataset__owner", "edition__distribution__dataset", "area")
    return ChartDrawing.objects.select_related(*related).defer(
        "edition__profile", "edition__area_map", "edition__faults"
    )


def _newest(actor: Actor, drawn: QuerySet[ChartDrawing]) -> list[ChartDrawing]:
    """One for each chart; none of a chart that needs a column which is closed to the actor."""
    newest = drawn.order_by("chart_id", "-edition__number").distinct("chart_id")
    ids = list(newest.values_list("pk", flat=True))  # mostly none: then nothing is read of what belongs to a drawing
    first = list(_whole().filter(pk__in=ids)) if ids else []
    hidden = {one.chart.distribution_id: hidden_columns(actor, one.chart.distribution) for one in first}
    kept = [one for one in first if not one.chart.needs & hidden[one.chart.distribution_id]]
    return sorted(kept, key=lambda one: (one.chart.distribution_id, one.chart.order, one.chart_id))
