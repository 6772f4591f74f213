"""Draft → review → published, and back. Publishing makes rows, places and figures findable in one transaction."""

from datetime import datetime

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import Dataset, Edition, State
from sala.catalogue.operations.announcing import keep_announcement
from sala.catalogue.operations.datasets import check_openness
from sala.catalogue.operations.figures import reckon_figures
from sala.catalogue.operations.layers import drop_features, load_features
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record

# verb → states it may start from
FROM = {
    policy.SUBMIT: (Edition.State.DRAFT, Edition.State.RETURNED),
    policy.REVIEW: (Edition.State.REVIEW,),
    policy.PUBLISH: (Edition.State.REVIEW,),
    policy.WITHDRAW: (Edition.State.PUBLISHED,),
}


def _locked(actor: Actor, edition: Edition, verb: str) -> tuple[Dataset, Edition]:
    dataset = lock(edition.distribution.dataset)
    require(actor, verb, dataset)
    edition = lock(edition)
    if edition.state not in FROM[verb]:
        raise Conflict(
            _("The edition is in the state “%(state)s”; this cannot be done to it now.")
            % {"state": edition.get_state_display()}
        )
    return dataset, edition


@operation
def submit_edition(actor: Actor, edition: Edition) -> None:
    """Give an edition to the reviewer."""
    dataset, edition = _locked(actor, edition, policy.SUBMIT)
    edition.state = Edition.State.REVIEW
    edition.save(update_fields=["state"])
    if dataset.state == State.DRAFT:
        dataset.state = State.REVIEW
        dataset.save(update_fields=["state"])
    record(actor, policy.SUBMIT, dataset, change="edition submitted", edition=edition.pk)


@operation
def return_edition(actor: Actor, edition: Edition, *, reason: str) -> None:
    """Send it back with a reason the sender can act on."""
    dataset, edition = _locked(actor, edition, policy.REVIEW)
    if not reason.strip():
        words = _("Say what must be corrected.")
        raise Invalid(words, {"reason": [words]})
    edition.state, edition.reason = Edition.State.RETURNED, reason[:300]
    edition.save(update_fields=["state", "reason"])
    record(actor, policy.REVIEW, dataset, change="edition returned", edition=edition.pk, reason=reason)


@operation
def publish_edition(actor: Actor, edition: Edition, *, not_before: datetime | None = None) -> None:
    """Release an edition to the dataset's tier; with it the dataset, when it is the first.

    not_before  embargo: until then only the owner's house sees it
    """
    dataset, edition = _locked(actor, edition, policy.PUBLISH)
    check_openness(dataset)
    edition.state, edition.is_published = Edition.State.PUBLISHED, True
    now = clock.now()
    edition.published_at, edition.not_before = now, not_before
    edition.released_at = now if not_before is None or not_before <= now else None
    edition.save(update_fields=["state", "is_published", "published_at", "not_before", "released_at"])
    if not dataset.is_published:
        dataset.state, dataset.is_published = State.PUBLISHED, True
        dataset.save(update_fields=["state", "is_published"])
    reckon_figures(edition)
    load_features(edition)
    keep_announcement(edition)
    record(actor, policy.PUBLISH, dataset, change="edition published", edition=edition.pk, number=edition.number,
           sha256=edition.sha256, tier=dataset.tier)  # fmt: skip


@operation
def withdraw_edition(actor: Actor, edition: Edition, *, reason: str) -> None:
    """Take an edition back. It is kept, with the reason, for its owner and the journal; nobody else gets it any more."""
    dataset, edition = _locked(actor, edition, policy.WITHDRAW)
    if not reason.strip():
        words = _("Say why it is withdrawn; readers will see it.")
        raise Invalid(words, {"reason": [words]})
    edition.state, edition.is_published, edition.reason = Edition.State.WITHDRAWN, False, reason[:300]
    edition.save(update_fields=["state", "is_published", "reason"])
    edition.figures.all().delete()
    drop_features(edition)
    if not Edition.objects.filter(distribution__dataset=dataset, is_published=True).exists():
        dataset.state, dataset.is_published = State.WITHDRAWN, False
        dataset.save(update_fields=["state", "is_published"])
    record(actor, policy.WITHDRAW, dataset, change="edition withdrawn", edition=edition.pk, reason=reason)


@operation
def withdraw_dataset(actor: Actor, dataset: Dataset, *, reason: str) -> None:
    """Withdraw every published edition of the dataset."""
    for edition in Edition.objects.filter(distribution__dataset=dataset, is_published=True):
        withdraw_edition(actor, edition, reason=reason)
