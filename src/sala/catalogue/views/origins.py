"""What a dataset was made from, and whether it is still kept: forms of the data officer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.catalogue import operations, policy
from sala.catalogue.forms.datasets import OriginForm, ReasonForm
from sala.catalogue.forms.exchange import tell
from sala.catalogue.models import Dataset
from sala.catalogue.queries import find_dataset
from sala.core.errors import Conflict, Invalid


def origins(request: Request, slug: str) -> HttpResponse:
    """The sources that are named, each with a button to take it back, and a form for one more."""
    dataset = find_dataset(request.actor, slug)
    require(request.actor, policy.EDIT, dataset)
    form = OriginForm(request.POST or None)
    form.read_as(request.actor)
    if form.is_valid():
        try:
            operations.name_origin(request.actor, dataset, **form.cleaned_data)
        except (Conflict, Invalid) as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("catalogue:origins", slug)
    seen = visible(request.actor, Dataset).filter(derived__dataset=dataset)
    context = {
        "dataset": dataset, "form": form, "rows": dataset.origins.select_related("source").order_by("pk"),
        "seen": set(seen.values_list("pk", flat=True)),
    }  # fmt: skip
    return render(request, "catalogue/origins.html", context)


@require_POST
def take_back(request: Request, slug: str, pk: int) -> HttpResponse:
    dataset = find_dataset(request.actor, slug)
    operations.take_back_origin(request.actor, get_object_or_404(dataset.origins, pk=pk))
    messages.success(request, _("Taken back."))
    return redirect("catalogue:origins", slug)


def retire(request: Request, slug: str) -> HttpResponse:
    dataset = find_dataset(request.actor, slug)
    require(request.actor, policy.WITHDRAW, dataset)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.retire_dataset(request.actor, dataset, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(dataset)
    context = {
        "form": form, "heading": _("No longer kept"), "back": dataset, "button": _("Mark as no longer kept"),
        "lead": _("What was published stays. No further edition is promised or asked for, and nobody is reminded."),
    }  # fmt: skip
    return render(request, "catalogue/exchange/form.html", context)


@require_POST
def resume(request: Request, slug: str) -> HttpResponse:
    dataset = find_dataset(request.actor, slug)
    operations.resume_dataset(request.actor, dataset)
    messages.success(request, _("It is kept again."))
    return redirect(dataset)
