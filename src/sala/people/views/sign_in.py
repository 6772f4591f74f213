"""Signing in by one-time link, registering, signing out."""

from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sala.access.actor import public
from sala.access.request import Request
from sala.core import clock, language
from sala.core.errors import Invalid
from sala.people import limits, operations, provider
from sala.people.device_mark import forget_device
from sala.people.forms import RegisterForm, SignInForm
from sala.people.middleware import factor_due
from sala.people.models import Person, SignInLink
from sala.people.operations.messages import queue_message
from sala.people.sign_in import LINK_WAY, enter, link_for, make_link
from sala.people.sign_in import use_link as consume

NEXT = "sign_in_next"


def caller(request: Request) -> str:
    return request.META.get("REMOTE_ADDR", "")


def go_on(request: Request) -> HttpResponse:
    """To the page that was asked for before signing in, if it is one of ours, else to one's own page.

    A second factor that is due comes first; the page asked for is remembered.
    """
    due = factor_due(request)
    if due:
        return redirect(due)
    target = request.session.pop(NEXT, "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = ""
    return redirect(target or "people:me")


def sign_in(request: Request) -> HttpResponse:
    form = SignInForm(request.POST or None)
    if request.GET.get("next"):
        request.session[NEXT] = request.GET["next"]
    if form.is_valid():
        email = form.cleaned_data["email"]
        limits.count(limits.LINK, account=email, address=caller(request))
        person = Person.objects.filter(email__iexact=email, is_active=True).first()
        if person:
            link = make_link(person, SignInLink.SIGN_IN)
            queue_message(
                person, person, wave=f"link-{clock.now().isoformat()}", title=_("Your link to Sala"),
                body=_("Open this link to sign in. It works once, for half an hour:\n%(link)s") % {"link": link},
            )  # fmt: skip
        return redirect("people:link_sent")
    known = provider.name() if provider.is_configured() else ""
    return render(request, "people/sign_in.html", {"form": form, "provider": known})


def sent(request: Request) -> HttpResponse:
    return render(request, "people/link_sent.html")


def register(request: Request) -> HttpResponse:
    form = RegisterForm(request.POST or None)
    if form.is_valid():
        limits.count(limits.LINK, account=form.cleaned_data["email"], address=caller(request))
        operations.register(public(), language=language.current(), **form.cleaned_data)
        return redirect("people:link_sent")
    return render(request, "people/register.html", {"form": form})


@never_cache
def use_link(request: Request, secret: str) -> HttpResponse:
    """Opening the link shows a button; mail scanners that only open it do not use it up."""
    try:
        link = link_for(secret)
    except Invalid:
        limits.count(limits.OPENING, address=caller(request))
        raise
    if request.method != "POST":
        invited = link.purpose == SignInLink.INVITATION and provider.is_configured()
        context = {"link": link, "secret": secret, "provider": provider.name() if invited else ""}
        return render(request, "people/use_link.html", context)
    target = request.session.get(NEXT, "")
    enter(request, consume(secret), way=LINK_WAY)
    request.session[NEXT] = target
    return go_on(request)


@require_POST
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    return forget_device(redirect("site:home"))
