"""What a form would ask although it is held already: the author's reasons, and all of them for whoever looks after figures."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.collection import operations, policy
from sala.collection.forms.held import HeldForm
from sala.collection.models import AskedAnyway, Form
from sala.collection.queries.held import unanswered
from sala.collection.views.forms import find_version

PER_PAGE = 50


def held(request: Request, slug: str, number: int) -> HttpResponse:
    """One line for each thing that is held, with room for the reason."""
    found = find_version(request, slug, number)
    require(request.actor, policy.EDIT, found.form)
    asked = HeldForm(request.POST or None, held=unanswered(request.actor, found))
    return form_page(
        request, asked, lambda _data: operations.ask_anyway(request.actor, found, asked.reasons()),
        heading=_("Held already"), back=found, button=_("Keep the reasons"), done=_("The reasons were kept."),
        template="collection/held.html",
    )  # fmt: skip


def asked_anyway(request: Request) -> HttpResponse:
    """All that is asked although it is held, the newest first."""
    rows = AskedAnyway.objects.filter(form__in=visible(request.actor, Form)).select_related("form__owner", "position")
    context = {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "collection/asked_anyway.html", context)
