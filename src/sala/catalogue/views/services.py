"""Data services: the list, one of them, entering and changing, publishing and withdrawing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require
from sala.catalogue import policy
from sala.catalogue.forms.agreements import CloseForm
from sala.catalogue.forms.exchange import tell
from sala.catalogue.forms.services import ServiceForm
from sala.catalogue.operations import services as operations
from sala.catalogue.queries.evidence import find_service, served_by, services
from sala.core.errors import Conflict, Invalid
from sala.core.language import sorted_by
from sala.duties.views.finding import need_anywhere

PER_PAGE = 30
FORM = "catalogue/exchange/form.html"


def index(request: Request) -> HttpResponse:
    page = Paginator(services(request.actor).order_by(sorted_by("title")), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_enter": request.actor.has_anywhere(policy.EDIT)}
    return render(request, "catalogue/exchange/services.html", context)


def service(request: Request, slug: str) -> HttpResponse:
    found = find_service(request.actor, slug)
    may = {
        verb.split(".")[1]: can(request.actor, verb, found) for verb in (policy.EDIT, policy.PUBLISH, policy.WITHDRAW)
    }
    context = {"service": found, "datasets": served_by(request.actor, found), "may": may}
    return render(request, "catalogue/exchange/service.html", context)


def enter(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.EDIT)
    form = ServiceForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        try:
            made = operations.enter_service(request.actor, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            messages.success(request, _("Entered as a draft. A publisher of your office opens it."))
            return redirect(made)
    context = {"form": form, "heading": _("New data service"), "button": _("Save")}
    return render(request, FORM, context)


def step(request: Request, slug: str, step: str) -> HttpResponse:
    """edit, publish, withdraw."""
    found = find_service(request.actor, slug)
    verbs = {"edit": policy.EDIT, "publish": policy.PUBLISH, "withdraw": policy.WITHDRAW}
    if step not in verbs:
        raise Http404
    require(request.actor, verbs[step], found)
    acts: dict[str, Any] = {
        "edit": operations.change_service, "publish": operations.publish_service, "withdraw": operations.withdraw_service,
    }  # fmt: skip
    form: Any
    if step == "edit":
        form, words = ServiceForm(request.POST or None, reader=request.actor, service=found), _("Edit")
    else:
        form = CloseForm(request.POST if request.method == "POST" else None)
        words = _("Publish") if step == "publish" else _("Withdraw")
        if step == "publish":
            del form.fields["reason"]
    if form.is_valid():
        try:
            acts[step](request.actor, found, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            messages.success(request, _("Done."))
            return redirect("exchange:services" if step == "withdraw" else found)
    context = {"form": form, "back": found, "heading": words, "button": words, "danger": step == "withdraw"}
    return render(request, FORM, context)
