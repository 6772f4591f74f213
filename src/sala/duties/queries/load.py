"""What lies on posts and offices already."""

from collections.abc import Iterable

from django.db.models import Count

from sala.duties.models import Assignment
from sala.duties.states import OPEN


def open_of(positions: Iterable[int]) -> dict[int, int]:
    """Post → how many open assignments wait for it."""
    rows = Assignment.objects.filter(waits_for__in=list(positions), state__in=OPEN)
    return dict(rows.order_by().values_list("waits_for").annotate(number=Count("pk")))
