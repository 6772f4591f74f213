"""What opens the door: links, tokens, operator sessions, and the count of attempts that keeps guessing out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.core import clock
from sala.people import policy
from sala.people.models.organisation import Position
from sala.people.models.person import Person


class SignInLink(models.Model):
    """A link that signs one person in, once. Only the hash of its secret is kept.

    email  of a link of the purpose ADDRESS: the address that becomes the person's when it is opened
    """

    INVITATION, SIGN_IN, REGISTRATION, ADDRESS = "invitation", "sign-in", "registration", "address"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=12)
    email = models.EmailField(blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A machine's key, bound to one position, with its own verbs and end.

    door     what it opens: the API where empty, else one set of addresses of its own and nothing besides
    made_by  the post that gave it out, where it was another's
    """

    scope = policy.TOKEN_SCOPE

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=100)
    secret_hash = models.CharField(max_length=64, unique=True)
    verbs = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    door = models.CharField(max_length=20, blank=True)
    made_by = models.ForeignKey(Position, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("ends on"))
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_ended(self) -> bool:
        return self.expires_at <= clock.now()


class OperatorSession(models.Model):
    """A time-limited key to everything, opened with a reason and journalled; there is no other bypass."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    position = models.ForeignKey(Position, on_delete=models.PROTECT)
    reason = models.CharField(_("reason"), max_length=300)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class AttemptCount(models.Model):
    """How often something was tried within a window, by one account or from one address.

    key    SHA-256 of what is counted and by whom; neither an address nor an e-mail can be read from it
    until  the window ends; while `count` is above the limit nothing more is let through before that
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)
