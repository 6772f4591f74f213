"""Administration of posts: who holds them, what they may do, their API tokens."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.edit import edit
from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.people import operations, policy, queries
from sala.people.appointing import known_or_invited
from sala.people.forms import (
    EndForm,
    GrantForm,
    InviteForm,
    OrganisationForm,
    PositionForm,
    TokenForm,
)
from sala.people.giving import may_give_across, roles_to_give
from sala.people.models import ApiToken, Appointment, Organisation, Position, PositionGrant

PER_PAGE = 50


def _position(request: Request, code: str) -> Position:
    return get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)


def edit_organisation(request: Request, code: str) -> HttpResponse:
    organisation = get_object_or_404(visible(request.actor, Organisation), code=code)
    return edit(request, organisation, OrganisationForm, verb=policy.EDIT)


def edit_position(request: Request, code: str) -> HttpResponse:
    return edit(request, _position(request, code), PositionForm, verb=policy.EDIT)


def people(request: Request, code: str) -> HttpResponse:
    """Past and present holders, for those who appoint."""
    position = _position(request, code)
    require(request.actor, policy.APPOINT, position)
    appointments = visible(request.actor, Appointment).filter(position=position).select_related("person")
    hand_overs = position.hand_overs.all()
    return render(
        request,
        "people/position_people.html",
        {
            "position": position,
            "appointments": appointments,
            "hand_overs": hand_overs,
            "may_read_people": can(request.actor, policy.READ, position),
            "may_reset": can(request.actor, policy.RESET_FACTOR, position),
        },
    )


def appoint(request: Request, code: str) -> HttpResponse:
    position = _position(request, code)
    require(request.actor, policy.APPOINT, position)
    form = InviteForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        person, told = known_or_invited(request.actor, position, name=data["name"], email=data["email"])
        operations.appoint(
            request.actor, position, person, start=data["start"], kind=data["kind"], decision=data["decision"],
            end=data["until"] + timedelta(days=1) if data["until"] else None,
        )  # fmt: skip
        messages.success(request, _("Appointed. An invitation was sent.") if told else _("Appointed."))
        return redirect("people:position_people", code)
    return render(
        request,
        "people/form.html",
        {"form": form, "heading": _("Appoint to this post"), "position": position},
    )


def end_appointment(request: Request, code: str, pk: int) -> HttpResponse:
    position = _position(request, code)
    require(request.actor, policy.APPOINT, position)
    appointment = get_object_or_404(visible(request.actor, Appointment), pk=pk, position=position)
    form = EndForm(request.POST or None)
    if form.is_valid():
        operations.end_appointment(request.actor, appointment, **form.cleaned_data)
        return redirect("people:position_people", code)
    return render(
        request,
        "people/form.html",
        {"form": form, "heading": _("End this appointment"), "position": position},
    )


def grants(request: Request, code: str) -> HttpResponse:
    position = _position(request, code)
    require(request.actor, policy.GRANT, position)
    form = GrantForm(
        request.POST or None, position=position, roles=roles_to_give(request.actor, position),
        across=may_give_across(request.actor, position),
    )  # fmt: skip
    if form.is_valid():
        data = form.cleaned_data
        operations.grant_role(request.actor, position, data["role"], area=data["area"],
                              across_organisations=data.get("across_organisations", False))  # fmt: skip
        return redirect("people:grants", code)
    held = position.grants.select_related("role", "area")
    return render(request, "people/grants.html", {"position": position, "form": form, "grants": held})


@require_POST
def revoke_grant(request: Request, code: str, pk: int) -> HttpResponse:
    position = _position(request, code)
    require(request.actor, policy.GRANT, position)
    grant = get_object_or_404(PositionGrant, pk=pk, position=position)
    operations.revoke_role(request.actor, grant)
    return _back(request, code)


@require_POST
def confirm_grant(request: Request, code: str, pk: int) -> HttpResponse:
    position = _position(request, code)
    require(request.actor, policy.GRANT, position)
    grant = get_object_or_404(PositionGrant, pk=pk, position=position)
    operations.confirm_role(request.actor, grant)
    messages.success(request, _("Confirmed."))
    return _back(request, code)


def _back(request: Request, code: str) -> HttpResponse:
    from_list = request.POST.get("from") == "list"
    return redirect(reverse("people:roles_to_confirm") if from_list else reverse("people:grants", args=[code]))


def roles_to_confirm(request: Request) -> HttpResponse:
    """Roles that passed to the successor of an area or office, of posts within the reader's reach: confirmed or withdrawn one by one."""
    need_anywhere(request.actor, policy.GRANT)
    page = Paginator(queries.roles_to_confirm(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/roles_to_confirm.html", {"page": page})


def tokens(request: Request, code: str) -> HttpResponse:
    position = _position(request, code)
    if position.pk not in request.actor.position_ids:
        require(request.actor, policy.MANAGE_TOKENS, position)
    verbs = sorted({verb for grant in position.grants.select_related("role") for verb in grant.role.verbs})
    may_make = request.actor.is_everything or position.pk in request.actor.position_ids
    form = TokenForm(request.POST or None, verbs=verbs)
    secret = None
    if form.is_valid():
        _token, secret = operations.make_token(request.actor, position, **form.cleaned_data)
        form = TokenForm(verbs=verbs)
    live = visible(request.actor, ApiToken).filter(position=position)
    context = {"position": position, "form": form, "tokens": live, "secret": secret, "may_make": may_make}
    return render(request, "people/tokens.html", context)


@require_POST
def revoke_token(request: Request, code: str, pk: int) -> HttpResponse:
    position = _position(request, code)
    token = get_object_or_404(visible(request.actor, ApiToken), pk=pk, position=position)
    operations.revoke_token(request.actor, token)
    return redirect("people:tokens", code)
