"""Reckoning the declared key figures of an edition: value, period, place, and the row each stands in."""

from decimal import Decimal, InvalidOperation
from typing import Any

from sala.catalogue import tables
from sala.catalogue.models import Edition, Figure, KeyFigure
from sala.core import periods
from sala.core.periods import Period

MOST_FIGURES = 200_000


def reckon_figures(edition: Edition) -> None:
    """Write the figures of an edition. Rows without a known place, a period or a number give none."""
    edition.figures.all().delete()
    if not edition.is_table:
        return
    for key_figure in edition.distribution.key_figures.all():
        if key_figure.value_column in tables.names(edition):
            found = _figures(edition, key_figure)
            Figure.objects.bulk_create(found.values(), batch_size=2000)


def _figures(edition: Edition, key_figure: KeyFigure) -> dict[tuple[int, str], Figure]:
    wanted = [key_figure.value_column, *([edition.period_column] if edition.period_column else [])]
    found: dict[tuple[int, str], Figure] = {}
    for row, place, value, *rest in tables.select(edition, wanted, key_figure.filter)[:MOST_FIGURES]:
        named = edition.area_map.get(place, []) if edition.area_column else [edition.dataset.place_id]
        period = _period(rest[0] if rest else edition.period)
        number = _decimal(value)
        if len(named) != 1 or period is None or number is None:
            continue
        area_id = named[0]
        found.setdefault(
            (area_id, period.code),
            Figure(key_figure=key_figure, edition=edition, area_id=area_id, period=period.code, period_end=period.end,
                   value=number, row=row),
        )  # fmt: skip
    return found


def _period(value: Any) -> Period | None:
    try:
        return periods.parse(str(value)) if value not in (None, "") else None
    except ValueError:
        return None


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except (InvalidOperation, TypeError):
        return None
    return number if number.is_finite() else None
