"""Layers that constrain: the list, one of them, entering, changing and retiring it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.concessions.forms.constraints import ConstraintForm, RetireForm
from sala.concessions.models import ConstraintLayer
from sala.concessions.operations.constraints import keep_constraint, retire_constraint
from sala.concessions.policy import CONSTRAIN

RELATED = ("distribution__dataset", "edition", "legal_basis", "owner__area")


def index(request: Request) -> HttpResponse:
    rows = visible(request.actor, ConstraintLayer).select_related(*RELATED)
    context = {"rows": rows, "may": request.actor.has_anywhere(CONSTRAIN)}
    return render(request, "concessions/constraints.html", context)


def find(request: Request, code: str) -> ConstraintLayer:
    return get_object_or_404(visible(request.actor, ConstraintLayer).select_related(*RELATED), code=code)


def constraint(request: Request, code: str) -> HttpResponse:
    found = find(request, code)
    return render(request, "concessions/constraint.html", {"row": found, "may": can(request.actor, CONSTRAIN, found)})


def new(request: Request) -> HttpResponse:
    need_anywhere(request.actor, CONSTRAIN)
    form = ConstraintForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda data: keep_constraint(request.actor, **data), heading=_("A layer that constrains")
    )


def change(request: Request, code: str) -> HttpResponse:
    found = find(request, code)
    require(request.actor, CONSTRAIN, found)
    first = {name: getattr(found, name) for name in ConstraintForm.base_fields}
    form = ConstraintForm(request.POST or None, actor=request.actor, initial=first)
    del form.fields["code"]

    def work(data: dict[str, Any]) -> ConstraintLayer:
        return keep_constraint(request.actor, code=found.code, layer=found, **data)

    return form_page(request, form, work, heading=_("Change"), back=found)


def retire(request: Request, code: str) -> HttpResponse:
    found = find(request, code)
    require(request.actor, CONSTRAIN, found)
    return form_page(
        request, RetireForm(request.POST or None), lambda data: retire_constraint(request.actor, found, **data),
        heading=_("No longer look at it"), back=found, button=_("No longer look at it"),
    )  # fmt: skip
