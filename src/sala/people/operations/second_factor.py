"""Setting up a second factor, giving it up, and resetting one whose owner cannot sign in any more."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import translation
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock, language
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy, second_factor
from sala.people.models import Person, Position
from sala.people.operations.messages import queue_message
from sala.people.sign_in import end_sessions


@operation
def set_up_second_factor(actor: Actor, person: Person, *, secret: str, code: str) -> list[str]:
    """Bind an app to the person, once it shows the right code. Returns the recovery codes, shown this once."""
    person = lock(person)
    if second_factor.of(person):
        raise Conflict(_("A second factor is set up already. Remove it first, or use it."))
    step = second_factor.fits(secret, "".join(code.split()))
    if step is None:
        words = _("This code does not fit. Look at the clock of the telephone, and write the code that shows now.")
        raise Invalid(words, {"code": [words]})
    factor = TOTP.activate(person, secret).instance
    factor.data["step"] = step
    factor.save(update_fields=["data"])
    codes = _print_codes(person)
    record(actor, policy.SIGN_IN, person, change="second factor set up")
    return codes


@operation
def print_codes_anew(actor: Actor, person: Person) -> list[str]:
    """New recovery codes; the old ones work no more."""
    person = lock(person)
    if second_factor.of(person) is None:
        raise Conflict(_("There is no second factor yet. Set one up first."))
    codes = _print_codes(person)
    record(actor, policy.SIGN_IN, person, change="recovery codes made")
    return codes


def _print_codes(person: Person) -> list[str]:
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    return RecoveryCodes.activate(person).generate_codes()


@operation
def remove_second_factor(actor: Actor, person: Person) -> None:
    """Give up one's own second factor, where no rule asks for it."""
    person = lock(person)
    if second_factor.is_demanded(person):
        raise NotPermitted(
            _("Your role needs a second factor. Ask your administrator to reset it for a new telephone.")
        )
    Authenticator.objects.filter(user=person).delete()
    record(actor, policy.SIGN_IN, person, change="second factor removed")


@operation
def reset_second_factor(actor: Actor, person: Person, *, reason: str) -> None:
    """An administrator takes a lost second factor away. The person is told and signed out everywhere.

    The right must cover every post that the person holds today: nobody weakens the door of a post out of their reach.
    """
    person = lock(person)
    if person.pk == actor.person_id:
        raise NotPermitted(_("Nobody resets their own second factor. Ask another administrator."))
    posts = list(
        Position.objects.filter(appointments__person=person, appointments__valid__contains=clock.today()).distinct()
    )
    if not posts:
        raise NotPermitted(_("This person holds no post today. Only the operator can help."))
    for post in posts:
        require(actor, policy.RESET_FACTOR, post)
    if len(reason.strip()) < 10:
        words = _("Say in a sentence why, and how you made sure who asked.")
        raise Invalid(words, {"reason": [words]})
    if second_factor.of(person) is None:
        raise Conflict(_("This person has no second factor. Nothing is to be reset."))
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    record(actor, policy.RESET_FACTOR, person, change="second factor reset", reason=reason)
    with translation.override(person.language or language.required_language()):
        queue_message(
            person, person, wave=f"factor-reset-{clock.now().isoformat()}", title=_("Your second factor was reset"),
            body=_(
                "An administrator reset the second factor of your sign-in. You were signed out everywhere. At the next "
                "sign-in you set up a new one.\nReason: %(reason)s\nIf you did not ask for this, tell the head of your unit at once."
            ) % {"reason": reason},
        )  # fmt: skip
