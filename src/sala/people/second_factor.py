"""The second factor: six digits from an app on the person's own telephone, or one of the codes printed for the day it
is lost. The one-time link stays the first.

The country pack says which roles need it and from which day (`second_factor` in pack.yaml, with its source). Who has
set one up is asked for it at every sign-in, whether or not the pack demands it.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from sala.core import clock
from sala.core.errors import Invalid
from sala.core.language import Translated
from sala.core.models import PackFact
from sala.people.models import Person, PositionGrant

FACT = "second_factor"
DRIFT = 1  # steps of thirty seconds by which a telephone's clock may be wrong, either way


class SealedSecrets(DefaultMFAAdapter):
    """Keeps secrets in the database under a key made from SALA_SECRET_KEY: a copy of the database alone opens nothing."""

    def _box(self) -> Fernet:
        digest = hashlib.sha256(b"second factor\n" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(digest))

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return self._box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise Invalid(
                _("This second factor was made with another key of this service. Ask your administrator to reset it.")
            ) from error


@dataclass(frozen=True)
class Demand:
    """What the country pack lays down: the roles that need a second factor, from which day, and on what it rests."""

    roles: tuple[str, ...]
    begins: date
    source: str
    certainty: str
    note: Translated

    @property
    def holds_today(self) -> bool:
        return self.begins <= clock.today()


def demand() -> Demand | None:
    fact = PackFact.get(FACT)
    if not fact:
        return None
    return Demand(
        roles=tuple(fact["roles"]), begins=date.fromisoformat(fact["from"]), source=fact.get("source") or "",
        certainty=fact.get("certainty") or "example", note=Translated(fact.get("note") or {}),
    )  # fmt: skip


def demand_on(person: Person) -> Demand | None:
    """The rule, where one of the posts the person holds today has a role under it; in force already or still to come."""
    rule = demand()
    if rule is None:
        return None
    held = PositionGrant.objects.filter(
        role__code__in=rule.roles, position__appointments__person=person,
        position__appointments__valid__contains=clock.today(), position__closed_on__isnull=True,
    )  # fmt: skip
    return rule if held.exists() else None


def is_demanded(person: Person) -> bool:
    rule = demand_on(person)
    return rule is not None and rule.holds_today


def of(person: Person) -> Authenticator | None:
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()


def new_secret() -> str:
    return generate_totp_secret()


def fits(secret: str, code: str, after: int = 0) -> int | None:
    """Number of the thirty-second step whose code this is; steps up to `after` were used. None when it does not fit."""
    step = int(clock.now().timestamp()) // app_settings.TOTP_PERIOD
    for number in range(step - DRIFT, step + DRIFT + 1):
        if number > after and constant_time_compare(format_hotp_value(hotp_value(secret, number)), code):
            return number
    return None


def accept(person: Person, written: Any) -> bool:
    """Whether this code lets the person in now. A code works once: the step it belongs to is kept, a printed one is struck."""
    code = "".join(str(written).split())
    with transaction.atomic():
        factor = Authenticator.objects.select_for_update().filter(user=person, type=Authenticator.Type.TOTP).first()
        if factor is None:
            return False
        step = fits(decrypt(factor.data["secret"]), code, after=factor.data.get("step", 0))
        if step is not None:
            factor.data["step"], factor.last_used_at = step, clock.now()
            factor.save(update_fields=["data", "last_used_at"])
            return True
    printed = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return bool(printed and code and RecoveryCodes(printed).validate_code(code))


def codes_left(person: Person) -> int:
    printed = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(printed).get_unused_codes()) if printed else 0
