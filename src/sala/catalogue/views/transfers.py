"""Handing a dataset over: the offer, and what the receiver says to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require
from sala.catalogue import policy
from sala.catalogue.forms.agreements import CloseForm, OfferForm, TakeOverForm
from sala.catalogue.forms.exchange import tell
from sala.catalogue.models import Edition, PlannedRelease, Transfer
from sala.catalogue.operations import transfers as operations
from sala.catalogue.queries import find_dataset, promise_of
from sala.catalogue.queries.agreements import transfers
from sala.core.errors import Conflict, Invalid
from sala.duties.models import Thread
from sala.people.queries import sharings_of


def offer(request: Request, slug: str) -> HttpResponse:
    dataset = find_dataset(request.actor, slug, "owner", "place")
    require(request.actor, policy.AGREE, dataset)
    form = OfferForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        try:
            made = operations.offer_transfer(request.actor, dataset, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            messages.success(request, _("Offered. It stays with your office until the other one takes it over."))
            return redirect(made)
    context = {
        "form": form, "heading": _("Hand over to another office"), "back": dataset, "button": _("Offer"),
        "lead": _("The dataset goes over with all its editions, its promise and its open questions."),
    }  # fmt: skip
    return render(request, "catalogue/exchange/form.html", context)


def transfer(request: Request, pk: int) -> HttpResponse:
    """What is handed over; for the receiver, taking it over or declining; for the giver, taking the offer back."""
    row = get_object_or_404(transfers(request.actor), pk=pk)
    is_open = row.state == Transfer.State.OFFERED
    decides = is_open and can(request.actor, policy.AGREE, row.receiver)
    wanted = request.POST.get("do", "")
    take = TakeOverForm(request.POST if wanted == "take" else None, office=row.receiver)
    decline = CloseForm(request.POST if wanted == "decline" else None)
    for form, act in ((take, operations.accept_transfer), (decline, operations.decline_transfer)):
        if form.is_valid():
            act(request.actor, row, **form.cleaned_data)
            messages.success(request, _("Done."))
            return redirect(row)
    if wanted == "withdraw":
        operations.withdraw_transfer(request.actor, row)
        return redirect(row)
    context = {
        "transfer": row, "take": take if decides else None, "decline": decline if decides else None,
        "may_withdraw": is_open and can(request.actor, policy.AGREE, row.dataset), **handed_over(row),
    }  # fmt: skip
    return render(request, "catalogue/exchange/transfer.html", context)


def handed_over(row: Transfer) -> dict[str, object]:
    """What goes over with the dataset, in numbers."""
    threads = Thread.objects.filter(subject_type="dataset", subject_id=row.dataset_id, answered_at__isnull=True)
    return {
        "editions": Edition.objects.filter(distribution__dataset=row.dataset_id).count(),
        "questions": threads.count(),
        "promise": promise_of(row.dataset),
        "releases": PlannedRelease.objects.filter(
            dataset=row.dataset_id, edition__isnull=True, is_called_off=False
        ).count(),
        "sharings": sum(not sharing.has_ended for sharing in sharings_of(row.dataset)),
    }
