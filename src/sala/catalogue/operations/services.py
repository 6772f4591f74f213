"""Data services: entered by who describes data, published and withdrawn by who publishes it."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import DataService, Dataset, State
from sala.catalogue.operations.datasets import check_openness
from sala.catalogue.operations.validity import check_fields
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.models import Organisation


@operation
def enter_service(actor: Actor, *, owner: Organisation, slug: str, datasets: Sequence[Dataset] = (), **fields: Any) -> DataService:  # fmt: skip
    """Enter a service, as a draft that only the owner's house sees."""
    made = DataService(owner=owner, slug=slug, **fields)
    require(actor, policy.EDIT, made)
    if DataService.objects.filter(slug=slug).exists():
        words = _("A service with this address exists already. Choose another address.")
        raise Conflict(words, {"slug": [words]})
    _check(made)
    made.save()
    made.datasets.set(datasets)
    record(actor, policy.EDIT, made, change="service entered", slug=slug)
    return made


def _check(service: DataService) -> None:
    check_fields(service)
    check_openness(service)


@operation
def change_service(actor: Actor, service: DataService, *, datasets: Sequence[Dataset], **fields: Any) -> DataService:
    """Describe it anew."""
    service = lock(service)
    require(actor, policy.EDIT, service)
    for name, value in fields.items():
        setattr(service, name, value)
    _check(service)
    service.save()
    service.datasets.set(datasets)
    record(actor, policy.EDIT, service, change="edited", fields=sorted(fields))
    return service


@operation
def publish_service(actor: Actor, service: DataService) -> DataService:
    """Open the entry to its tier."""
    service = lock(service)
    require(actor, policy.PUBLISH, service)
    if service.is_published:
        raise Conflict(_("It is published already."))
    check_openness(service)
    service.state, service.is_published, service.reason = State.PUBLISHED, True, ""
    service.save(update_fields=["state", "is_published", "reason"])
    record(actor, policy.PUBLISH, service, change="service published", tier=service.tier)
    return service


@operation
def withdraw_service(actor: Actor, service: DataService, *, reason: str) -> None:
    """Take the entry back, with a reason. Its page says so from then on."""
    service = lock(service)
    require(actor, policy.WITHDRAW, service)
    if not reason.strip():
        words = _("Say why it is withdrawn; readers will see it.")
        raise Invalid(words, {"reason": [words]})
    if service.state == State.WITHDRAWN:
        raise Conflict(_("It was withdrawn already."))
    service.state, service.is_published, service.reason = State.WITHDRAWN, False, reason.strip()[:300]
    service.save(update_fields=["state", "is_published", "reason"])
    record(actor, policy.WITHDRAW, service, change="service withdrawn", reason=reason)
