"""Sharing agreements and the handing over of datasets in the API."""

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Router, Schema

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Agreement, Dataset, Transfer
from sala.catalogue.operations import agreements as operations
from sala.catalogue.operations import transfers as handing
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.agreements import agreements, datasets_on, transfers
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.people.models import Organisation, Position

router = Router(tags=["datasets"])


class AgreementIn(Schema):
    """giver, receiver: codes of organisations; datasets: their addresses (slug).

    columns: of a dataset that is not shared whole, code of the part → names of its columns.
    """

    title: dict[str, str]
    giver: str
    receiver: str
    datasets: list[str]
    purpose: str
    starts_on: date
    ends_on: date
    terms: str = ""
    columns: dict[str, dict[str, list[str]]] = {}


class StepIn(Schema):
    """party: code of the organisation in whose name it is signed; reason: of declining, withdrawing, ending."""

    party: str = ""
    reason: str = ""


class AgreementOut(Schema):
    """datasets: null for one that is not open to the caller; columns: as they were named, of those that are."""

    reference: str
    title: dict[str, str]
    state: str
    giver: str
    receiver: str
    purpose: str
    terms: str
    starts_on: date
    ends_on: date
    is_in_force: bool
    signed_by: list[str]
    datasets: list[str | None]
    columns: dict[str, dict[str, list[str]]]
    url: str


class OfferIn(Schema):
    receiver: str
    note: str


class DecideIn(Schema):
    """contact: code of the post that is asked from now on."""

    contact: str = ""
    reason: str = ""


class TransferOut(Schema):
    id: int
    dataset: str
    giver: str
    receiver: str
    state: str
    note: str
    reason: str
    contact: str | None


def agreement_as_sent(actor: Actor, row: Agreement) -> dict[str, Any]:
    agreed = datasets_on(actor, row)
    return {
        "reference": row.reference, "title": row.title, "state": row.state, "giver": row.giver.code,
        "receiver": row.receiver.code, "purpose": row.purpose, "terms": row.terms, "starts_on": row.starts_on,
        "ends_on": row.ends_on, "is_in_force": row.is_in_force, "url": row.get_absolute_url(),
        "signed_by": list(row.signatures.values_list("organisation__code", flat=True)),
        "datasets": [each.dataset.slug if each else None for each in agreed],
        "columns": {each.dataset.slug: each.columns for each in agreed if each and each.columns},
    }  # fmt: skip


def transfer_as_sent(row: Transfer) -> dict[str, Any]:
    return {
        "id": row.pk, "dataset": row.dataset.slug, "giver": row.giver.code, "receiver": row.receiver.code,
        "state": row.state, "note": row.note, "reason": row.reason, "contact": row.contact.code if row.contact else None,
    }  # fmt: skip


def _office(actor: Actor, code: str) -> Organisation:
    return get_object_or_404(visible(actor, Organisation).select_related("area"), code=code)


@router.get("/agreements", response=list[AgreementOut], summary="Sharing agreements the caller may read")
def listed(request: Request):
    return [agreement_as_sent(request.actor, row) for row in agreements(request.actor)[:500]]


@router.post("/agreements", response={201: AgreementOut}, summary="Draft a sharing agreement")
def draft(request: Request, sent: AgreementIn):
    rows = visible(request.actor, Dataset).filter(slug__in=sent.datasets).select_related("owner", "place")
    numbers = {row.slug: row.pk for row in rows}
    if strange := sorted(set(sent.columns) - set(numbers)):
        words = _("Columns are named of datasets that are on the agreement: %(names)s is not.")
        raise Invalid(words % {"names": ", ".join(strange)}, {"columns": strange})
    made = operations.draft_agreement(
        request.actor, title=Translated(sent.title), giver=_office(request.actor, sent.giver),
        receiver=_office(request.actor, sent.receiver), datasets=list(rows), purpose=sent.purpose,
        starts_on=sent.starts_on, ends_on=sent.ends_on, terms=sent.terms,
        columns={numbers[slug]: named for slug, named in sent.columns.items()},
    )  # fmt: skip
    return 201, agreement_as_sent(request.actor, made)


@router.get("/agreements/{reference}", response=AgreementOut, summary="One sharing agreement")
def one(request: Request, reference: str):
    return agreement_as_sent(request.actor, get_object_or_404(agreements(request.actor), reference=reference))


@router.post(
    "/agreements/{reference}/{step}", response=AgreementOut, summary="propose, sign, decline, withdraw or end it"
)
def take_step(request: Request, reference: str, step: str, sent: StepIn):
    row = get_object_or_404(agreements(request.actor), reference=reference)
    closing = {
        "decline": operations.decline_agreement, "withdraw": operations.withdraw_agreement, "end": operations.end_agreement,
    }  # fmt: skip
    if step == "propose":
        operations.propose_agreement(request.actor, row)
    elif step == "sign":
        operations.sign_agreement(request.actor, row, party=_office(request.actor, sent.party))
    elif step in closing:
        closing[step](request.actor, row, reason=sent.reason)
    else:
        raise Http404
    return one(request, reference)


@router.post("/datasets/{slug}/transfer", response={201: TransferOut}, summary="Offer a dataset to another office")
def offer(request: Request, slug: str, sent: OfferIn):
    found = find_dataset(request.actor, slug, "owner", "place")
    made = handing.offer_transfer(request.actor, found, receiver=_office(request.actor, sent.receiver), note=sent.note)
    return 201, transfer_as_sent(made)


@router.get("/transfers/{int:pk}", response=TransferOut, summary="An offer to hand a dataset over")
def offered(request: Request, pk: int):
    return transfer_as_sent(get_object_or_404(transfers(request.actor), pk=pk))


@router.post("/transfers/{int:pk}/{step}", response=TransferOut, summary="accept, decline or withdraw it")
def decide(request: Request, pk: int, step: str, sent: DecideIn):
    row = get_object_or_404(transfers(request.actor), pk=pk)
    if step == "accept":
        contact = get_object_or_404(Position, code=sent.contact)
        handing.accept_transfer(request.actor, row, contact=contact)
    elif step == "decline":
        handing.decline_transfer(request.actor, row, reason=sent.reason)
    elif step == "withdraw":
        handing.withdraw_transfer(request.actor, row)
    else:
        raise Http404
    return offered(request, pk)
