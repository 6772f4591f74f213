"""Founding, moving and closing organisations; creating posts, naming the head, abolishing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.people import operations, policy
from sala.people.forms import AbolishForm, CloseForm, FoundForm, MoveForm, NewPostForm
from sala.people.kept import kept_by
from sala.people.models import Organisation, Position


def _organisation(request: Request, code: str) -> Organisation:
    rows = visible(request.actor, Organisation).select_related("area", "parent")
    found: Organisation = get_object_or_404(rows, code=code)
    require(request.actor, policy.EDIT, found)
    return found


def _position(request: Request, code: str) -> Position:
    rows = visible(request.actor, Position).select_related("organisation__area")
    found: Position = get_object_or_404(rows, code=code)
    require(request.actor, policy.EDIT, found)
    return found


def found(request: Request) -> HttpResponse:
    """?parent= the code of the organisation below which it stands."""
    need_anywhere(request.actor, policy.EDIT)
    parent = (
        visible(request.actor, Organisation).filter(code=request.GET.get("parent", "")).select_related("area").first()
    )
    initial = {"parent": parent, "area": parent.area} if parent else {}
    form = FoundForm(request.POST or None, reader=request.actor, initial=initial)

    def work(data: dict[str, Any]) -> Organisation:
        if not data.pop("usual_posts"):
            return operations.found_organisation(request.actor, **data)
        made, left_out = operations.found_with_usual_posts(request.actor, **data)
        if left_out:
            words = _("These roles were left out, since you may not pass them on: %(roles)s. Ask an administrator over all organisations.")  # fmt: skip
            messages.warning(request, words % {"roles": "; ".join(left_out)})
        return made

    return form_page(
        request, form, work, heading=_("Enter a new organisation"), back=parent, button=_("Enter"), done=_("Entered.")
    )


def move(request: Request, code: str) -> HttpResponse:
    organisation = _organisation(request, code)
    form = MoveForm(request.POST or None, reader=request.actor, initial={"parent": organisation.parent})
    return form_page(
        request, form, lambda data: operations.move_organisation(request.actor, organisation, **data),
        heading=_("Move this organisation"), back=organisation, button=_("Move"), done=_("Moved."),
        lead=_("Its units go with it. Rights over what it stands below reach it from then on."),
    )  # fmt: skip


def close(request: Request, code: str) -> HttpResponse:
    """What it still has stands above the form: it goes to the successor, or must be settled before."""
    organisation = _organisation(request, code)
    form = CloseForm(request.POST or None, reader=request.actor, organisation=organisation)
    kept = kept_by(organisation)
    return form_page(
        request, form, lambda data: operations.close_organisation(request.actor, organisation, **data),
        heading=_("Close this organisation"), back=organisation, button=_("Close it"), done=_("Closed."),
        template="people/close_organisation.html", danger=True,
        posts=organisation.positions.filter(closed_on__isnull=True).count(),
        units=organisation.units.filter(closed_on__isnull=True).count(),
        going=[one for one in kept if one.kept.hand], blocking=[one for one in kept if not one.kept.hand],
    )  # fmt: skip


def new_post(request: Request, code: str) -> HttpResponse:
    organisation = _organisation(request, code)
    form = NewPostForm(request.POST or None)

    def work(data: dict[str, Any]) -> Position:
        whole = f"{organisation.code}-{data.pop('code')}"
        return operations.create_position(request.actor, organisation, code=whole, **data)

    return form_page(request, form, work, heading=_("Create a post"), back=organisation, button=_("Create"),
                     done=_("Created."))  # fmt: skip


@require_POST
def make_head(request: Request, code: str) -> HttpResponse:
    position = operations.make_head(request.actor, _position(request, code))
    messages.success(request, _("This post heads the unit from now on."))
    return redirect(position)


def abolish_post(request: Request, code: str) -> HttpResponse:
    position = _position(request, code)
    form = AbolishForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.abolish_position(request.actor, position, **data),
        heading=_("Abolish this post"), back=position, button=_("Abolish"), done=_("Abolished."), danger=True,
        lead=_("Its history stays. Work that is open goes to the desk of the head of the unit."),
    )  # fmt: skip
