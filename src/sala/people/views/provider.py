"""Signing in with an account of the government's identity provider, and linking it to a person here.

A subject becomes a person's by one of two ways: the person is signed in and links it, or opens an invitation and
continues with it. An e-mail address that the provider tells is not looked at.
"""

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sala.access.actor import Actor
from sala.access.request import Request
from sala.core.errors import Conflict, NotPermitted
from sala.people import limits, operations, provider
from sala.people.middleware import factor_due
from sala.people.models import Person
from sala.people.sign_in import PROVIDER_WAY, enter, link_for, use_link
from sala.people.views.me import signed_in_person
from sala.people.views.sign_in import NEXT, caller, go_on

PURPOSE = "provider_purpose"  # in the session: what is to be done with the identity that comes back
SIGN_IN, LINK, INVITED = "sign in", "link", "invited"


def _begin(request: Request, purpose: str, secret: str = "") -> HttpResponse:
    if not provider.is_configured():
        raise Http404
    request.session[PURPOSE] = [purpose, secret]
    return provider.begin(request)


@never_cache
def sign_in(request: Request) -> HttpResponse:
    return _begin(request, SIGN_IN)


@never_cache
def link(request: Request) -> HttpResponse:
    signed_in_person(request)
    return _begin(request, LINK)


@never_cache
def invited(request: Request, secret: str) -> HttpResponse:
    """Take up an invitation with the account of the provider."""
    link_for(secret)
    return _begin(request, INVITED, secret)


@never_cache
def callback(request: Request) -> HttpResponse:
    """Where the provider sends the browser back to."""
    if not provider.is_configured():
        raise Http404
    limits.count(limits.PROVIDER, address=caller(request))
    purpose, secret = request.session.pop(PURPOSE, [SIGN_IN, ""])
    subject = provider.subject_of(request)
    if purpose == LINK:
        return _link(request, subject)
    known = SocialAccount.objects.filter(provider=provider.issuer(), uid=subject).select_related("user").first()
    if known and known.user.is_active:
        if purpose == INVITED and link_for(secret).person_id != known.user_id:
            raise Conflict(_("This account is linked to somebody else. Tell your administrator."))
        return _enter(request, known.user)
    if known is None and purpose == INVITED:
        person = use_link(secret)
        operations.link_identity(_self(person), person, issuer=provider.issuer(), subject=subject)
        return _enter(request, person)
    raise NotPermitted(
        _(
            "This account is not linked to anybody here. Sign in with a link by e-mail and link it on your own page, or "
            "open your invitation and continue with the account there."
        )
    )


def _link(request: Request, subject: str) -> HttpResponse:
    person = signed_in_person(request)
    if factor_due(request):
        raise NotPermitted(_("Give the code of your second factor on the sign-in page first."))
    operations.link_identity(_self(person), person, issuer=provider.issuer(), subject=subject)
    messages.success(request, _("Linked. From now on you can sign in with this account."))
    return redirect("people:me")


def _enter(request: Request, person: Person) -> HttpResponse:
    target = request.session.get(NEXT, "")
    enter(request, person, way=PROVIDER_WAY)
    request.session[NEXT] = target
    return go_on(request)


def _self(person: Person) -> Actor:
    return Actor(kind="person", person_id=person.pk, label=person.name)


@require_POST
def unlink(request: Request) -> HttpResponse:
    person = signed_in_person(request)
    operations.unlink_identity(_self(person), person, issuer=provider.issuer())
    messages.success(request, _("Unlinked. You sign in with links by e-mail."))
    return redirect("people:me")
