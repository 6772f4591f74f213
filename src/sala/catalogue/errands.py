"""What the worker does for the pages of datasets when a file is large."""

from datetime import datetime
from typing import Any

from sala.access.actor import Actor
from sala.catalogue import operations
from sala.catalogue.models import Distribution, Edition
from sala.core.errands import Finish
from sala.core.files import store
from sala.core.models import Errand
from sala.places.models import Level


def receive(actor: Actor, errand: Errand) -> Finish:
    """asked: distribution, name, period, reason. found: number of the edition."""
    asked: dict[str, Any] = errand.asked
    part = Distribution.objects.select_related("dataset__owner", "dataset__place").get(pk=asked["distribution"])
    keep = operations.looking_into(
        actor, part, store.path_of(errand.sha256), asked["name"], period=asked["period"], reason=asked["reason"]
    )

    def finish() -> str:
        edition = keep()
        errand.found = {"number": edition.number}
        return edition.settle_url

    return finish


def settle(actor: Actor, errand: Errand) -> Finish:
    """asked: edition, recipe, roles, level (its code)."""
    asked: dict[str, Any] = errand.asked
    level = Level.objects.filter(code=asked["level"]).first() if asked["level"] else None
    edition = _edition(asked)
    keep = operations.reading(actor, edition, recipe=asked["recipe"], roles=asked["roles"], level=level)
    return lambda: keep().get_absolute_url()


def publish(actor: Actor, errand: Errand) -> Finish:
    """asked: edition, not_before (an instant, or nothing)."""
    edition, moment = _edition(errand.asked), errand.asked["not_before"]

    def finish() -> str:
        operations.publish_edition(actor, edition, not_before=datetime.fromisoformat(moment) if moment else None)
        return edition.get_absolute_url()

    return finish


def _edition(asked: dict[str, Any]) -> Edition:
    rows = Edition.objects.select_related("distribution__dataset__owner", "distribution__dataset__place")
    return rows.get(pk=asked["edition"])
