"""Describing datasets: forms of the data officer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.edit import edit
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.catalogue import operations, policy
from sala.catalogue.forms.datasets import (
    ColumnForm,
    DatasetForm,
    DistributionForm,
    NewDatasetForm,
    ReasonForm,
)
from sala.catalogue.models import Dataset
from sala.catalogue.views.finding import part_of
from sala.core.errors import NotPermitted
from sala.people.models import Organisation


def owners_for(request: Request) -> list[Organisation]:
    """Organisations in whose name the reader may enter data."""
    paths = [holding.organisation_id for holding in request.actor.holdings
             if any(policy.EDIT in grant.verbs for grant in holding.grants)]  # fmt: skip
    return list(Organisation.objects.filter(pk__in=paths).select_related("area"))


def new(request: Request) -> HttpResponse:
    owners = owners_for(request)
    if not owners:
        raise NotPermitted(_("Your posts do not enter data. Ask the data contact point of your organisation."))
    owner = next((found for found in owners if found.code == request.GET.get("owner")), owners[0])
    form = NewDatasetForm(
        request.POST or None, reader=request.actor, owner=owner, instance=Dataset(owner=owner, place=owner.area)
    )
    if form.is_valid():
        data = dict(form.cleaned_data)
        dataset = operations.create_dataset(request.actor, owner=owner, **data)
        return redirect("catalogue:new_distribution", dataset.slug)
    return render(request, "catalogue/new.html", {"form": form, "owner": owner, "owners": owners})


def edit_dataset(request: Request, slug: str) -> HttpResponse:
    dataset = get_object_or_404(visible(request.actor, Dataset).select_related("owner__area"), slug=slug)
    return edit(request, dataset, DatasetForm, verb=policy.EDIT, reader=request.actor)


def new_distribution(request: Request, slug: str) -> HttpResponse:
    dataset = get_object_or_404(visible(request.actor, Dataset), slug=slug)
    require(request.actor, policy.EDIT, dataset)
    form = DistributionForm(request.POST or None, initial={"code": "table"})
    if form.is_valid():
        part = operations.add_distribution(request.actor, dataset, **form.cleaned_data)
        return redirect("catalogue:send", slug, part.code)
    return render(
        request, "catalogue/form.html", {"form": form, "dataset": dataset, "heading": _("New part of the dataset")}
    )


def withdraw(request: Request, slug: str) -> HttpResponse:
    dataset = get_object_or_404(visible(request.actor, Dataset), slug=slug)
    require(request.actor, policy.WITHDRAW, dataset)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.withdraw_dataset(request.actor, dataset, **form.cleaned_data)
        return redirect(dataset)
    return render(
        request, "catalogue/form.html", {"form": form, "dataset": dataset, "heading": _("Withdraw the dataset")}
    )


@require_POST
def language_read(request: Request, slug: str, code: str) -> HttpResponse:
    dataset = get_object_or_404(visible(request.actor, Dataset), slug=slug)
    operations.review_language(request.actor, dataset, code=code)
    return redirect(dataset)


def columns(request: Request, slug: str, part: str) -> HttpResponse:
    """The dictionary: what each column means. One form a column."""
    distribution = part_of(request, slug, part)
    require(request.actor, policy.EDIT, distribution.dataset)
    rows = list(distribution.dictionary.all())
    forms = [(column, ColumnForm(request.POST or None, instance=column, prefix=f"c{column.pk}")) for column in rows]
    if request.method == "POST" and all(form.is_valid() for _column, form in forms):
        operations.save_dictionary(request.actor, distribution, [form for _column, form in forms])
        messages.success(request, _("Saved."))
        return redirect(distribution.dataset)
    return render(request, "catalogue/columns.html", {"distribution": distribution, "forms": forms})
