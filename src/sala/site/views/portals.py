"""Front doors: the list, making one, changing one, and the colour of one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.site import operations, policy
from sala.site.forms import NewPortalForm, PortalForm
from sala.site.models import Portal
from sala.site.queries import known_portals


def index(request: Request) -> HttpResponse:
    rows = [(row, operations.may_edit(request.actor, row)) for row in known_portals(request.actor)]
    context = {"portals": rows, "may_make": request.actor.has_anywhere(policy.EDIT)}
    return render(request, "site/portals.html", context)


def new(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.EDIT)
    form = NewPortalForm(request.POST or None, reader=request.actor)

    def make(data: dict[str, Any]) -> Portal:
        owner = data.pop("owner")
        return operations.make_portal(request.actor, owner, **data)

    return form_page(
        request, form, make, heading=_("New front door"),
        done=_("Made. It opens as soon as the operator leads its host name here."),
    )  # fmt: skip


def edit(request: Request, code: str) -> HttpResponse:
    """The name, texts, place, topics and colour of a front door."""
    portal = get_object_or_404(known_portals(request.actor), code=code)
    operations.require_house(request.actor, portal)
    form = PortalForm(request.POST or None, instance=portal, reader=request.actor)
    return form_page(
        request,
        form,
        lambda data: operations.change_portal(request.actor, portal, **data),
        heading=_("Edit"),
        back=portal,
    )


@cache_control(max_age=3600, public=True)
def css(request: Request, code: str) -> HttpResponse:
    portal = get_object_or_404(Portal, code=code)
    return HttpResponse(f":root{{--brand:{portal.band}}}", content_type="text/css")
