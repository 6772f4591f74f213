"""The release calendar: announcing an edition for a day, moving the day with a reason, calling it off."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import Dataset, Edition, PlannedRelease
from sala.core import clock, periods
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record


@operation
def announce_release(actor: Actor, dataset: Dataset, *, period: str, day: date) -> PlannedRelease:
    """Say in advance on which day the edition of a period comes out."""
    dataset = lock(dataset)
    require(actor, policy.PUBLISH, dataset)
    try:
        periods.parse(period)
    except ValueError as error:
        raise Invalid(str(error), {"period": [str(error)]}) from error
    _check_day(day)
    if Edition.objects.filter(distribution__dataset=dataset, period=period, is_published=True).exists():
        words = _("An edition for this period is published already.")
        raise Invalid(words, {"period": [words]})
    try:
        with transaction.atomic():
            row = PlannedRelease.objects.create(
                dataset=dataset, period=period, day=day, first_day=day, made_at=clock.now()
            )
    except IntegrityError as error:
        raise Conflict(_("This period is announced already. Move its day instead.")) from error
    record(actor, policy.PUBLISH, dataset, change="release announced", period=period, day=day)
    return row


def _check_day(day: date) -> None:
    if day <= clock.today():
        words = _("An announcement is for a day to come. Choose a later day.")
        raise Invalid(words, {"day": [words]})


def _open(actor: Actor, release: PlannedRelease, reason: str) -> PlannedRelease:
    dataset = lock(release.dataset)
    require(actor, policy.PUBLISH, dataset)
    release = lock(release)
    if release.edition_id or release.is_called_off:
        raise Conflict(_("This announcement is closed: the edition came, or it was called off."))
    if not reason.strip():
        words = _("Say why; those who planned with this day will read it.")
        raise Invalid(words, {"reason": [words]})
    return release


@operation
def move_release(actor: Actor, release: PlannedRelease, *, day: date, reason: str) -> PlannedRelease:
    """Move the day. The day first announced stays beside it."""
    release = _open(actor, release, reason)
    _check_day(day)
    before = release.day
    release.day, release.reason = day, reason.strip()[:300]
    release.save(update_fields=["day", "reason"])
    record(actor, policy.PUBLISH, release.dataset, change="release moved", reason=reason, before=before, day=day)
    return release


@operation
def call_off_release(actor: Actor, release: PlannedRelease, *, reason: str) -> None:
    """There will be no such edition."""
    release = _open(actor, release, reason)
    release.is_called_off, release.reason = True, reason.strip()[:300]
    release.save(update_fields=["is_called_off", "reason"])
    record(actor, policy.PUBLISH, release.dataset, change="release called off", reason=reason, period=release.period)


def keep_announcement(edition: Edition) -> None:
    """An edition came: the announcement of its period is kept."""
    PlannedRelease.objects.filter(
        dataset=edition.dataset, period=edition.period, is_called_off=False, edition__isnull=True
    ).update(edition=edition)
