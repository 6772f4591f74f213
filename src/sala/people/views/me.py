"""One's own page: who I am here, which posts I hold, in which of them I act, operator sessions."""

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.errors import NotPermitted, SignInNeeded
from sala.people import limits, operations, policy, provider, second_factor
from sala.people.forms import MeForm, OperatorForm, SignInForm
from sala.people.middleware import ACTING_AS
from sala.people.models import Person, Position
from sala.people.queries import open_session
from sala.people.sign_in import link_for
from sala.people.views.sign_in import caller


def signed_in_person(request: Request) -> Person:
    if not request.user.is_authenticated:
        raise SignInNeeded(_("This page is your own. Sign in first."))
    return Person.objects.get(pk=request.user.pk)


def me(request: Request) -> HttpResponse:
    person = signed_in_person(request)
    form = MeForm(request.POST or None, instance=person)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("people:me")
    positions = Position.objects.filter(pk__in=request.actor.position_ids).select_related("organisation")
    may_open = [
        holding.position_id
        for holding in request.actor.holdings
        if any(policy.OPEN_OPERATOR in grant.verbs for grant in holding.grants)
    ]
    context = {
        "form": form,
        "person": person,
        "positions": positions,
        "may_open": may_open,
        "open": open_session(person),
        "factor": second_factor.of(person),
        "factor_rule": second_factor.demand_on(person),
        "provider": provider.name() if provider.is_configured() else "",
        "linked": SocialAccount.objects.filter(user=person, provider=provider.issuer()).first(),
    }
    return render(request, "people/me.html", context)


def change_address(request: Request) -> HttpResponse:
    """A link goes to the new address; the old one stays until it is opened."""
    person = signed_in_person(request)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        limits.count(limits.LINK, account=f"address {person.pk}", address=caller(request))
        operations.ask_address(request.actor, person, email=form.cleaned_data["email"])
        messages.success(request, _("A link was sent to the new address. Open it in this browser."))
        return redirect("people:me")
    context = {"form": form, "person": person, "heading": _("Change my e-mail address"), "button": _("Send the link")}
    return render(request, "people/change_address.html", context)


@never_cache
def confirm_address(request: Request, secret: str) -> HttpResponse:
    """Opening the link shows a button; only who is signed in as the person who asked for it gets that far."""
    person = signed_in_person(request)
    link = link_for(secret, to_confirm=True)
    if link.person_id != person.pk:
        raise NotPermitted(_("This link belongs to somebody else. Sign in as yourself and ask for a new one."))
    if request.method != "POST":
        return render(request, "people/confirm_address.html", {"link": link})
    operations.confirm_address(request.actor, person, secret)
    messages.success(request, _("Your e-mail address was changed."))
    return redirect("people:me")


@require_POST
def acting_as(request: Request) -> HttpResponse:
    signed_in_person(request)
    chosen = request.POST.get("position", "")
    if chosen.isdigit() and int(chosen) in request.actor.position_ids:
        request.session[ACTING_AS] = int(chosen)
    else:
        request.session.pop(ACTING_AS, None)
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if safe else "people:me")


def operator(request: Request, code: str) -> HttpResponse:
    person = signed_in_person(request)
    position = get_object_or_404(visible(request.actor, Position), code=code)
    form = OperatorForm(request.POST or None)
    if form.is_valid():
        operations.open_operator_session(request.actor, person, position, **form.cleaned_data)
        return redirect("people:me")
    return render(request, "people/operator.html", {"form": form, "position": position})


@require_POST
def close_operator(request: Request) -> HttpResponse:
    session = open_session(signed_in_person(request))
    if session:
        operations.close_operator_session(request.actor, session)
    return redirect("people:me")
