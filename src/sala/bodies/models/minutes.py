"""Minutes of a meeting, the posts that endorse them in turn, and the decisions and actions that came out of it."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Tier
from sala.bodies import policy
from sala.bodies.models.body import TIER_CHOICES
from sala.bodies.models.meeting import AgendaItem, Meeting
from sala.bodies.states import MinutesState
from sala.core.columns import TranslatedField
from sala.documents.models import Document, IssuedDocument
from sala.duties.models import Call, CallState
from sala.people.models import Position


class Minutes(models.Model):
    """What was said and decided, item by item. Sent out for endorsement it is frozen: `frozen` and its `digest`.

    edition   how often it was sent out; a returned one is mended and sent out again as the next
    opens_to  who reads it once it is approved; until then `tier` keeps it with those invited
    frozen    language → the whole text as it was endorsed; digest is the SHA-256 (hex) over it
    """

    scope = policy.MINUTES_SCOPE

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    summary = TranslatedField(_("summary"), blank=True, long=True)
    opens_to = models.CharField(
        _("open to, once approved"), max_length=12, choices=TIER_CHOICES, default=Tier.OWN.value
    )
    tier = models.CharField(max_length=12, choices=TIER_CHOICES, default=Tier.OWN.value, editable=False)
    state = models.CharField(max_length=10, choices=MinutesState, default=MinutesState.DRAFT, editable=False)
    is_circulated = models.BooleanField(default=False, editable=False)
    edition = models.PositiveSmallIntegerField(default=0, editable=False)
    frozen = models.JSONField(default=dict, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    report = models.ForeignKey(
        IssuedDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(is_circulated=True) & ~Q(digest="")),
                name="minutes_are_endorsed_as_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False), name="minutes_are_approved_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="approved") | Q(tier="own"), name="minutes_open_when_they_are_approved"
            ),
        ]
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#minutes"


class ItemMinutes(models.Model):
    """What was said on one item of the agenda."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="texts")
    item = models.OneToOneField(AgendaItem, on_delete=models.PROTECT, related_name="said")
    text = TranslatedField(_("what was said"), blank=True, long=True)

    def __str__(self) -> str:
        return str(self.item)


class Verdict(models.TextChoices):
    ENDORSED = "endorsed", _("Endorsed")
    RETURNED = "returned", _("Returned")


class Signature(models.Model):
    """One post in the chain of endorsement of one edition, in its turn. A verdict once given is never altered.

    digest     of the text that was before the signer       person_id  a number only, so that a person can be erased
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="signatures")
    edition = models.PositiveSmallIntegerField()
    order = models.PositiveSmallIntegerField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(null=True, blank=True)
    person_id = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["minutes", "edition", "order"], name="one_signer_a_turn"),
            models.UniqueConstraint(fields=["minutes", "edition", "position"], name="a_post_signs_once_an_edition"),
            models.CheckConstraint(
                condition=~Q(verdict="returned") | ~Q(reason=""), name="minutes_are_returned_with_reasons"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="verdict_is_kept", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__verdict="")
            ),
            pgtrigger.Protect(name="signature_is_kept", operation=pgtrigger.Delete),
        ]
        ordering = ["-edition", "order"]

    def __str__(self) -> str:
        return f"{self.position} {self.verdict}"


class Decision(models.Model):
    """A decision taken under an item: the document says what, with its number and date."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="taken_in")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.document)


class Action(models.Model):
    """What a decision asks of a post. Given out, it is a call; how it stands is the call's to say."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="actions")
    wording = TranslatedField(_("what is to be done"), long=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+", verbose_name=_("post asked"))
    due_on = models.DateField(_("due on"))
    call = models.OneToOneField(Call, on_delete=models.PROTECT, null=True, blank=True, related_name="asked_by_action")

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return str(self.wording)

    @property
    def meeting(self) -> Meeting:
        return self.decision.item.meeting

    @property
    def waits_for_a_call(self) -> bool:
        """Nobody was asked yet, or the call was withdrawn: it can be given out."""
        return self.call is None or self.call.state == CallState.WITHDRAWN
