"""Handing a dataset over to another office: offered with a note, the other's when that one takes it over."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.catalogue import policy
from sala.catalogue.models import Dataset, Transfer
from sala.catalogue.operations.agreements import who_signs
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.duties.models import Thread
from sala.duties.operations import pass_ownership
from sala.duties.operations.notices import write_about
from sala.journal.operations import record
from sala.people.models import Organisation, Position

State = Transfer.State


@operation
def offer_transfer(actor: Actor, dataset: Dataset, *, receiver: Organisation, note: str) -> Transfer:
    """Offer a dataset to another office. It stays where it is until that one accepts."""
    dataset = lock(dataset)
    require(actor, policy.AGREE, dataset)
    if not note.strip():
        words = _("Write what the next owner must know: where the data comes from, what is promised, what is open.")
        raise Invalid(words, {"note": [words]})
    if receiver.pk == dataset.owner_id or receiver.closed_on:
        words = _("Choose another office that is still open.")
        raise Invalid(words, {"receiver": [words]})
    if not dataset.place.path.startswith(receiver.area.path):
        words = _("This office has no say over %(place)s, which the dataset is about. Choose one that has.")
        raise Invalid(words % {"place": dataset.place}, {"receiver": [words % {"place": dataset.place}]})
    try:
        with transaction.atomic():
            made = Transfer.objects.create(
                dataset=dataset, giver=dataset.owner, receiver=receiver, note=note.strip(), offered_at=clock.now()
            )
    except IntegrityError as error:
        raise Conflict(_("It is offered to an office already. Take that offer back first.")) from error
    record(actor, policy.AGREE, dataset, change="transfer offered", receiver=receiver.pk, transfer=made.pk)
    for post in who_signs(receiver):
        write_about(
            dataset, post, lambda: _("A dataset is offered to your office"), f"transfer-{made.pk}",
            note=lambda: made.note, leaving_out=actor.person_id, page=made,
        )  # fmt: skip
    return made


def _offered(transfer: Transfer) -> tuple[Transfer, Dataset]:
    dataset = lock(transfer.dataset)
    transfer = lock(transfer)
    if transfer.state != State.OFFERED:
        raise Conflict(_("This offer was decided already."))
    return transfer, dataset


def _decide(transfer: Transfer, state: str, reason: str = "") -> None:
    transfer.state, transfer.reason, transfer.decided_at = state, reason.strip()[:300], clock.now()
    transfer.save()


@operation
def accept_transfer(actor: Actor, transfer: Transfer, *, contact: Position) -> Dataset:
    """Take the dataset over, with all its editions. The post named is asked from now on and owns it.

    Open questions go to that post. What was shared stays shared until its day.
    """
    transfer, dataset = _offered(transfer)
    require(actor, policy.AGREE, transfer.receiver)
    if contact.organisation_id != transfer.receiver_id or contact.closed_on:
        words = _("Choose a post of your own office.")
        raise Invalid(words, {"contact": [words]})
    if dataset.owner_id != transfer.giver_id:
        raise Conflict(_("The dataset has another owner by now."))
    dataset.owner, dataset.contact = transfer.receiver, contact
    if dataset.publisher_id == transfer.giver_id:
        dataset.publisher = transfer.receiver
    dataset.save(update_fields=["owner", "contact", "publisher"])
    transfer.contact = contact
    _decide(transfer, State.ACCEPTED)
    waiting = Thread.objects.filter(subject_type="dataset", subject_id=dataset.pk, answered_at__isnull=True)
    waiting.update(answers=contact)
    pass_ownership(actor, policy.AGREE, dataset, contact)
    record(actor, policy.AGREE, dataset, change="taken over", giver=transfer.giver_id, receiver=transfer.receiver_id,
           transfer=transfer.pk)  # fmt: skip
    return dataset


@operation
def decline_transfer(actor: Actor, transfer: Transfer, *, reason: str) -> None:
    """The receiver does not take it."""
    transfer, dataset = _offered(transfer)
    require(actor, policy.AGREE, transfer.receiver)
    if not reason.strip():
        words = _("Say why; the other office will read it.")
        raise Invalid(words, {"reason": [words]})
    _decide(transfer, State.DECLINED, reason)
    record(actor, policy.AGREE, dataset, change="transfer declined", reason=reason, transfer=transfer.pk)


@operation
def withdraw_transfer(actor: Actor, transfer: Transfer) -> None:
    """The giver takes the offer back."""
    transfer, dataset = _offered(transfer)
    require(actor, policy.AGREE, dataset)
    _decide(transfer, State.WITHDRAWN)
    record(actor, policy.AGREE, dataset, change="transfer withdrawn", transfer=transfer.pk)
