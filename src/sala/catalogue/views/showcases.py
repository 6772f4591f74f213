"""Showcases: the list, one of them, proposing, deciding."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can
from sala.catalogue import policy
from sala.catalogue.forms.agreements import CloseForm
from sala.catalogue.forms.exchange import tell
from sala.catalogue.forms.services import ShowcaseForm
from sala.catalogue.models import Showcase
from sala.catalogue.operations import showcases as operations
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.evidence import showcases
from sala.core.errors import Conflict, SignInNeeded, TooMany

PER_PAGE = 30


def index(request: Request) -> HttpResponse:
    rows = showcases(request.actor).filter(is_accepted=True)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalogue/exchange/showcases.html", {"page": page})


def showcase(request: Request, pk: int) -> HttpResponse:
    """One of them; the office of the dataset accepts or declines here."""
    row = get_object_or_404(showcases(request.actor), pk=pk)
    decides = can(request.actor, policy.EDIT, row.dataset)
    wanted = request.POST.get("do", "")
    form = CloseForm(request.POST if wanted == "decline" else None)
    if wanted == "accept":
        operations.accept_showcase(request.actor, row)
        messages.success(request, _("Accepted. It stands on the page of the dataset."))
        return redirect(row)
    if form.is_valid():
        operations.decline_showcase(request.actor, row, **form.cleaned_data)
        messages.success(request, _("Declined. Who proposed it is told why."))
        return redirect(row.dataset)
    context = {"showcase": row, "form": form if decides and row.state != Showcase.State.DECLINED else None,
               "may_accept": decides and row.state != Showcase.State.ACCEPTED}  # fmt: skip
    return render(request, "catalogue/exchange/showcase.html", context)


def propose(request: Request, slug: str) -> HttpResponse:
    dataset = find_dataset(request.actor, slug, "owner", "place")
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("Sign in with your e-mail address to propose something."))
    form = ShowcaseForm(request.POST or None)
    if form.is_valid():
        try:
            operations.propose_showcase(request.actor, dataset, **form.cleaned_data)
        except (Conflict, TooMany) as error:
            tell(form, error)
        else:
            messages.success(
                request, _("Proposed. The office of the dataset decides whether it is shown; you will be told.")
            )
            return redirect(dataset)
    context = {
        "form": form, "heading": _("Show what was made of it"), "back": dataset, "button": _("Propose"),
        "lead": _("A report, a map, an application … for which this data was used. The office of the dataset decides whether it is shown."),
    }  # fmt: skip
    return render(request, "catalogue/exchange/form.html", context)
