"""The release calendar, and announcing in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue import policy
from sala.catalogue.forms.exchange import AnnounceForm, CallOffForm, MoveForm, tell
from sala.catalogue.models import PlannedRelease
from sala.catalogue.operations.announcing import announce_release, call_off_release, move_release
from sala.catalogue.queries import find_dataset
from sala.catalogue.queries.releases import announced, state_of, with_everything
from sala.core.errors import Conflict, Invalid

FORM = "catalogue/exchange/form.html"


def releases(request: Request) -> HttpResponse:
    rows = [(row, state_of(row), can(request.actor, policy.PUBLISH, row.dataset)) for row in announced(request.actor)]
    return render(request, "catalogue/exchange/releases.html", {"rows": rows})


def announce(request: Request, slug: str) -> HttpResponse:
    dataset = find_dataset(request.actor, slug, "owner", "place")
    require(request.actor, policy.PUBLISH, dataset)
    form = AnnounceForm(request.POST or None)
    if form.is_valid():
        try:
            row = announce_release(request.actor, dataset, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            messages.success(request, _("Announced. It stands in the release calendar."))
            return redirect(row)
    context = {"form": form, "heading": _("Announce a release"), "back": dataset, "button": _("Announce")}
    return render(request, FORM, context)


def move(request: Request, pk: int) -> HttpResponse:
    return _change(request, pk, MoveForm, move_release, {"heading": _("Move the day"), "button": _("Move")})


def call_off(request: Request, pk: int) -> HttpResponse:
    words = {"heading": _("Call the release off"), "button": _("Call off"), "danger": True}
    return _change(request, pk, CallOffForm, call_off_release, words)


def _change(request: Request, pk: int, form_class: Any, act: Any, words: dict[str, Any]) -> HttpResponse:
    row = get_object_or_404(with_everything(visible(request.actor, PlannedRelease)), pk=pk)
    require(request.actor, policy.PUBLISH, row.dataset)
    form = form_class(request.POST or None)
    if form.is_valid():
        try:
            act(request.actor, row, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("exchange:releases")
    return render(request, FORM, {"form": form, "back": row, **words})
