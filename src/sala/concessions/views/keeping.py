"""Keeping parties: entering them, correcting them, shares and their end."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import require
from sala.concessions import operations, policy
from sala.concessions.calculations.names import name_keys
from sala.concessions.forms.parties import ChangePartyForm, EndHoldingForm, HoldForm, NewPartyForm
from sala.concessions.models import Party
from sala.concessions.views.parties import find

TEMPLATE = "concessions/party_form.html"


def enter(request: Request) -> HttpResponse:
    """A new party. One of the same name, whoever keeps it, is shown first, and must be looked at."""
    need_anywhere(request.actor, policy.PARTY)
    form = NewPartyForm(request.POST or None, actor=request.actor)
    if form.is_valid() and not form.cleaned_data["seen"]:
        keys = name_keys([*form.cleaned_data["name"].values(), *form.cleaned_data["names"]])
        likes = (
            Party.objects.filter(same_as__isnull=True, keys__overlap=keys).select_related("keeper")[:12] if keys else []
        )
        if likes:
            return render(
                request, TEMPLATE, {"form": form, "likes": likes, "heading": _("New party"), "button": _("Enter")}
            )
    return form_page(
        request, form, lambda data: operations.enter_party(request.actor, **form.described()), heading=_("New party"),
        button=_("Enter"), template=TEMPLATE,
    )  # fmt: skip


def change(request: Request, number: str) -> HttpResponse:
    found = find(request, number)
    require(request.actor, policy.PARTY, found)
    form = ChangePartyForm(request.POST or None, actor=request.actor, party=found)
    return form_page(
        request, form, lambda data: operations.change_party(request.actor, found, **data), heading=_("Edit"), back=found,
        template=TEMPLATE,
    )  # fmt: skip


def hold(request: Request, number: str) -> HttpResponse:
    found = find(request, number)
    require(request.actor, policy.PARTY, found)
    form = HoldForm(request.POST or None, actor=request.actor)

    def enter_shares(data: dict) -> None:
        operations.hold(request.actor, data.pop("owner"), found, data.pop("share"), **data)

    return form_page(
        request, form, enter_shares, heading=_("Who holds shares in it"), back=found, template=TEMPLATE,
        lead=_("All shares of a day together are 100 % at most."),
    )  # fmt: skip


def end_holding(request: Request, number: str, pk: int) -> HttpResponse:
    found = find(request, number)
    require(request.actor, policy.PARTY, found)
    row = get_object_or_404(found.holders.select_related("owner"), pk=pk)
    form = EndHoldingForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.end_holding(request.actor, row, **data), heading=_("End this holding"),
        back=found, button=_("End"), danger=True, lead=str(row.owner), template=TEMPLATE,
    )  # fmt: skip
