"""Series of meetings and what stands on each of their agendas."""

from collections.abc import Mapping

from django.db.models import Max

from sala.access.actor import Actor
from sala.access.scope import require
from sala.bodies import policy
from sala.bodies.models import Body, Series, StandingItem
from sala.core.checking import check
from sala.core.operation import lock, operation
from sala.journal.operations import record


@operation
def start_series(actor: Actor, body: Body, *, name: Mapping[str, str], rhythm: str) -> Series:
    """Begin a series of meetings that take up one another's open points."""
    body = lock(body)
    require(actor, policy.CONVENE, body)
    series = Series(body=body, name=name, rhythm=rhythm)
    check(series)
    series.save()
    record(actor, policy.CONVENE, body, change="series started", series=series.pk, rhythm=rhythm)
    return series


@operation
def add_standing_item(actor: Actor, series: Series, *, title: Mapping[str, str]) -> StandingItem:
    """Put something on the agenda of every meeting of the series that is prepared from now on."""
    series = lock(series)
    require(actor, policy.CONVENE, series.body)
    last = series.standing_items.aggregate(last=Max("order"))["last"] or 0
    item = StandingItem(series=series, title=title, order=last + 1)
    check(item)
    item.save()
    record(actor, policy.CONVENE, series.body, change="standing item added", series=series.pk, item=item.pk)
    return item


@operation
def remove_standing_item(actor: Actor, item: StandingItem) -> None:
    """Take it off later agendas; those that hold it keep it."""
    item = lock(item)
    body = item.series.body
    require(actor, policy.CONVENE, body)
    number = item.pk
    item.delete()
    record(actor, policy.CONVENE, body, change="standing item removed", item=number)
