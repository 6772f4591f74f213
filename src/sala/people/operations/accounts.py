"""What is kept of a person: corrected, closed, opened again, erased; one's own address changed."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core import clock, language
from sala.core.checking import need
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.models import ApiToken, Message, OperatorSession, Person, SignInLink
from sala.people.operations.messages import queue_message
from sala.people.queries.people import require_person
from sala.people.sign_in import end_sessions, link_for, make_link


@operation
def correct_person(actor: Actor, person: Person, **fields: Any) -> Person:
    """Correct name, telephone or language of somebody within reach."""
    person = lock(person)
    require_person(actor, policy.INVITE, person)
    _require_known(person)
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, fields[name])
    _check(person, changed)
    if changed:
        person.save(update_fields=changed)
        record(actor, policy.INVITE, person, change="account of a person corrected", fields=sorted(changed))
    return person


def _check(person: Person, fields: list[str]) -> None:
    try:
        person.clean_fields(exclude={field.name for field in Person._meta.fields} - set(fields))
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), error.message_dict) from error
    if person.language not in ("", *language.languages()):
        words = _("This is none of the languages here.")
        raise Invalid(words, {"language": [words]})


@operation
def close_account(actor: Actor, person: Person, *, reason: str) -> Person:
    """Nobody signs in as this person any more: sessions, links, operator sessions and keys made by them end now."""
    person = lock(person)
    _require_other(actor, person)
    _require_known(person)
    need(reason, _("Say why."), "reason")
    if not person.is_active:
        raise Conflict(_("This account was closed already."))
    _close(person)
    record(actor, policy.CLOSE, person, change="account of a person closed", reason=reason)
    return person


@operation
def open_account(actor: Actor, person: Person) -> Person:
    """The person may sign in again, with a new link."""
    person = lock(person)
    _require_other(actor, person)
    _require_known(person)
    if person.is_active:
        raise Conflict(_("This account is open already."))
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(actor, policy.CLOSE, person, change="account of a person opened")
    return person


@operation
def erase_person(actor: Actor, person: Person, *, reason: str) -> Person:
    """Take out who it was. The number stays, so that appointments and the journal hold; what was said cannot come back.

    Refused while the person is in a post, or will be.
    """
    person = lock(person)
    _require_other(actor, person)
    _require_known(person)
    need(reason, _("Say why."), "reason")
    if person.appointments.filter(valid__overlap=DateRange(clock.today(), None)).exists():
        raise Conflict(_("This person holds a post. End the appointment first."))
    _close(person)
    for model in (Authenticator, SocialAccount, EmailAddress):
        model.objects.filter(user=person).delete()
    SignInLink.objects.filter(person=person).delete()
    Message.objects.filter(person=person).delete()
    person.name, person.email, person.phone, person.sex, person.language = f"#{person.pk}", None, "", "", ""
    person.erased_at = clock.now()
    person.save()
    record(actor, policy.CLOSE, person, change="account of a person erased", reason=reason)
    return person


def _close(person: Person) -> None:
    now = clock.now()
    end_sessions(person)
    SignInLink.objects.filter(person=person, used_at__isnull=True).update(expires_at=now)
    OperatorSession.objects.filter(person=person, closed_at__isnull=True).update(closed_at=now)
    for held in person.appointments.all():
        made = ApiToken.objects.filter(position=held.position_id, revoked_at__isnull=True)
        made = made.filter(made_at__date__gte=held.valid.lower)
        (made.filter(made_at__date__lt=held.valid.upper) if held.valid.upper else made).update(revoked_at=now)
    person.is_active = False
    person.save(update_fields=["is_active"])


def _require_other(actor: Actor, person: Person) -> None:
    if person.pk == actor.person_id:
        raise NotPermitted(_("Nobody closes, opens or erases their own account. Ask another administrator."))
    require_person(actor, policy.CLOSE, person)


def _require_known(person: Person) -> None:
    if person.erased_at:
        raise Conflict(_("It was erased who this was. Nothing is left to change."))


@operation
def ask_address(actor: Actor, person: Person, *, email: str) -> None:
    """Send a link to an address that is to become the person's own. Nothing tells whether somebody else has it."""
    if actor.person_id != person.pk:
        raise NotPermitted(_("Everybody changes their own address."))
    if Person.objects.filter(email__iexact=email).exists():
        return
    link = make_link(person, SignInLink.ADDRESS, email=email)
    with translation.override(person.language or language.required_language()):
        queue_message(
            person, person, wave=f"address-{clock.now().isoformat()}", title=_("Confirm your new e-mail address"),
            body=_("Open this link where you are signed in. It works once, for two hours:\n%(link)s") % {"link": link},
            address=email,
        )  # fmt: skip


@operation
def confirm_address(actor: Actor, person: Person, secret: str) -> Person:
    """The new address becomes the person's own; the old one is told. Only for whoever is signed in as that person."""
    link = link_for(secret, to_confirm=True)
    if actor.person_id != person.pk or link.person_id != person.pk:
        raise NotPermitted(_("This link belongs to somebody else. Sign in as yourself and ask for a new one."))
    person = lock(person)
    SignInLink.objects.filter(pk=link.pk).update(used_at=clock.now())
    with translation.override(person.language or language.required_language()):
        title = _("Your e-mail address was changed")
        body = _(
            "From now on your links go to another address. If you did not ask for this, tell your administrator at once."
        )
    if person.email:
        queue_message(
            person, person, wave=f"address-{clock.now().isoformat()}", title=title, body=body, address=person.email
        )
    person.email = link.email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError as error:
        raise Conflict(_("Somebody else has this address by now. Choose another one.")) from error
    record(actor, policy.SIGN_IN, person, change="address changed")
    return person
