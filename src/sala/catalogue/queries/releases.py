"""Announced releases, for the page, the API and the calendar."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import PlannedRelease
from sala.core import clock
from sala.core.calendar import Entry

SHOWN_BACK = 60  # days for which a kept announcement stays on the page


def announced(actor: Actor) -> QuerySet[PlannedRelease]:
    """Releases to come, those that are late, and those of the last weeks."""
    since = clock.today() - timedelta(days=SHOWN_BACK)
    return with_everything(visible(actor, PlannedRelease)).filter(day__gte=since).order_by("day", "pk")


def with_everything(rows: QuerySet[PlannedRelease]) -> QuerySet[PlannedRelease]:
    return rows.select_related("dataset__owner", "dataset__place", "edition")


def state_of(release: PlannedRelease) -> str:
    """called-off, kept, waiting (published, its hour has not come), late, planned."""
    if release.is_called_off:
        return "called-off"
    if release.edition is not None:
        return "kept" if release.edition.released_at is not None else "waiting"
    return "late" if release.day < clock.today() else "planned"


def calendar_entries(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Announced releases that the reader may see."""
    rows = with_everything(visible(actor, PlannedRelease)).filter(day__range=(first, last))
    return [_entry(row) for row in rows]


def own_entries(actor: Actor, first: date, last: date) -> Iterable[Entry]:
    """Announced releases of datasets about which one of the reader's posts is asked."""
    rows = with_everything(PlannedRelease.objects.filter(dataset__contact__in=actor.position_ids))
    return [_entry(row) for row in rows.filter(day__range=(first, last), is_called_off=False)]


def _entry(row: PlannedRelease) -> Entry:
    return Entry(
        uid=f"release-{row.pk}", starts=row.day, title=row.dataset.title, url=row.dataset.get_absolute_url(),
        kind=_("Release"), who=row.dataset.owner.name, note=row.period, is_cancelled=row.is_called_off,
    )  # fmt: skip
