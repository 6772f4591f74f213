"""Front doors: the list, making one, changing one, its logo and its colour."""

from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.core.files import store
from sala.site import operations, policy
from sala.site.forms import LogoForm, NewPortalForm, PortalForm
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


def edit_logo(request: Request, code: str) -> HttpResponse:
    portal = get_object_or_404(known_portals(request.actor), code=code)
    operations.require_house(request.actor, portal)
    form = LogoForm(request.POST or None, request.FILES or None, portal=portal)

    def work(data: dict[str, Any]) -> Portal:
        if data.get("none"):
            return operations.change_logo(request.actor, portal, "", {})
        if data["file"]:
            return operations.set_logo(request.actor, portal, Path(data["file"].temporary_file_path()), data["words"])
        return operations.change_logo(request.actor, portal, portal.logo_sha256, data["words"])

    return form_page(
        request, form, work, heading=_("Logo"), lead=portal, template="site/portal_logo.html", portal_shown=portal
    )  # fmt: skip


@cache_control(max_age=365 * 86_400, public=True, immutable=True)
def logo(request: Request, code: str, digest: str) -> FileResponse:
    """The address names the content, so it may be kept for ever."""
    portal = get_object_or_404(Portal, code=code)
    if not portal.logo_sha256 or portal.logo_sha256[:16] != digest:
        raise Http404
    return FileResponse(store.path_of(portal.logo_sha256).open("rb"), content_type="image/png")


@cache_control(max_age=3600, public=True)
def css(request: Request, code: str) -> HttpResponse:
    portal = get_object_or_404(Portal, code=code)
    return HttpResponse(f":root{{--brand:{portal.band}}}", content_type="text/css")
