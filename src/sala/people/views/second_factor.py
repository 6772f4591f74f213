"""Pages of the second factor: give the code, set one up, print recovery codes, remove; and an administrator's reset."""

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core.errors import Invalid
from sala.people import limits, operations, policy, second_factor
from sala.people.forms import CodeForm, ReasonForm, SetUpForm
from sala.people.models import Person, Position
from sala.people.sign_in import DONE, FACTOR
from sala.people.views.me import signed_in_person
from sala.people.views.sign_in import caller, go_on

BINDING = "second_factor_binding"  # in the session, while the app is being bound


def _self(person: Person) -> Actor:
    """The person as such: while the factor is due the request acts for nobody."""
    return Actor(kind="person", person_id=person.pk, label=person.name)


@never_cache
def check(request: Request) -> HttpResponse:
    """Asked at sign-in, before anything else opens."""
    person = signed_in_person(request)
    if request.session.get(FACTOR) == DONE or second_factor.of(person) is None:
        return redirect("people:me")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        limits.count(limits.CODE, account=str(person.pk), address=caller(request))
        if second_factor.accept(person, form.cleaned_data["code"]):
            limits.forget(limits.CODE, account=str(person.pk))
            request.session[FACTOR] = DONE
            return go_on(request)
        form.add_error("code", _("This code does not fit, or was used already. Write the code that shows now."))
    return render(request, "people/second_factor_check.html", {"form": form, "person": person})


@never_cache
def set_up(request: Request) -> HttpResponse:
    """The square to photograph, the same key in letters, and the field for the first code."""
    person = signed_in_person(request)
    if second_factor.of(person):
        return redirect("people:second_factor_codes")
    secret = request.session.get(BINDING) or second_factor.new_secret()
    request.session[BINDING] = secret
    form = SetUpForm(request.POST or None)
    if form.is_valid():
        limits.count(limits.CODE, account=str(person.pk), address=caller(request))
        try:
            codes = operations.set_up_second_factor(
                _self(person), person, secret=secret, code=form.cleaned_data["code"]
            )
        except Invalid as error:
            form.add_error("code", str(error))
        else:
            limits.forget(limits.CODE, account=str(person.pk))
            del request.session[BINDING]
            request.session[FACTOR] = DONE
            return render(request, "people/second_factor_codes.html", {"codes": codes, "fresh": True})
    address = second_factor.SealedSecrets().build_totp_url(person, secret)
    square = segno.make(address, error="m").svg_inline(scale=5, border=2, svgclass=None, lineclass=None)
    context = {
        "form": form,
        "square": mark_safe(square),  # noqa: S308
        "key": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "rule": second_factor.demand_on(person),
    }
    return render(request, "people/second_factor_set_up.html", context)


@never_cache
def codes(request: Request) -> HttpResponse:
    """How many recovery codes are left; a POST prints new ones, against a code of the app."""
    person = signed_in_person(request)
    if second_factor.of(person) is None:
        return redirect("people:second_factor_set_up")
    form = CodeForm(request.POST or None)
    if form.is_valid() and _confirmed(request, person, form):
        fresh = operations.print_codes_anew(_self(person), person)
        return render(request, "people/second_factor_codes.html", {"codes": fresh, "fresh": True})
    context = {"form": form, "left": second_factor.codes_left(person), "demanded": second_factor.is_demanded(person)}
    return render(request, "people/second_factor_codes.html", context)


@require_POST
def remove(request: Request) -> HttpResponse:
    person = signed_in_person(request)
    form = CodeForm(request.POST)
    if form.is_valid() and _confirmed(request, person, form):
        operations.remove_second_factor(_self(person), person)
        request.session.pop(FACTOR, None)
        messages.success(request, _("The second factor was removed."))
        return redirect("people:me")
    context = {"form": form, "left": second_factor.codes_left(person), "demanded": second_factor.is_demanded(person)}
    return render(request, "people/second_factor_codes.html", context)


def _confirmed(request: Request, person: Person, form: CodeForm) -> bool:
    """Whoever found an open session cannot change its door: that asks for a code again."""
    limits.count(limits.CODE, account=str(person.pk), address=caller(request))
    if second_factor.accept(person, form.cleaned_data["code"]):
        limits.forget(limits.CODE, account=str(person.pk))
        return True
    form.add_error("code", _("This code does not fit, or was used already. Write the code that shows now."))
    return False


def reset(request: Request, code: str, pk: int) -> HttpResponse:
    """An administrator's page, reached from the holders of a post."""
    position = get_object_or_404(visible(request.actor, Position).select_related("organisation__area"), code=code)
    require(request.actor, policy.RESET_FACTOR, position)
    person = get_object_or_404(Person, pk=pk, appointments__position=position)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.reset_second_factor(request.actor, person, reason=form.cleaned_data["reason"])
        messages.success(request, _("The second factor was reset. The person was told and signed out everywhere."))
        return redirect("people:position_people", code)
    return render(
        request,
        "people/form.html",
        {"form": form, "heading": _("Reset the second factor"), "position": position, "about": person.name},
    )
