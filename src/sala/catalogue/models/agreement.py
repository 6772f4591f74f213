"""Data-sharing agreements between offices, and the handing over of a dataset from one office to another."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Tier
from sala.catalogue import policy
from sala.catalogue.models.dataset import TIERS, Dataset
from sala.core import clock
from sala.core.columns import TranslatedField
from sala.documents.models import Document
from sala.people.models import Organisation, Position, Sharing


class AgreementState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("To be signed")
    SIGNED = "signed", _("Signed by both")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENDED = "ended", _("Ended before its day")


@pghistory.track()
class Agreement(models.Model):
    """One office opens datasets to another, for a purpose and from a day to a day.

    Access derives from it: the sharings are made when both have signed and never outlive the last day.
    ends_on      last day                     terms   what the receiver may not do with the data
    is_proposed  it left the draft: the other party sees it
    reason       why it was declined, withdrawn or ended
    """

    scope = policy.AGREEMENT_SCOPE
    State = AgreementState

    reference = models.CharField(max_length=30, unique=True)
    title = TranslatedField(_("title"))
    purpose = models.CharField(_("what it is shared for"), max_length=300)
    terms = models.TextField(_("limits of use"), blank=True)
    giver = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("gives the data")
    )
    receiver = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("receives the data")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed paper")
    )
    tier = models.CharField(_("open to"), max_length=12, choices=TIERS, default=Tier.OWN)
    state = models.CharField(max_length=10, choices=AgreementState, default=AgreementState.DRAFT)
    is_proposed = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="agreement_of_two"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="agreement_has_days"),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "withdrawn", "ended"]) | ~Q(reason=""),
                name="agreement_closed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(is_proposed=True), name="agreement_past_its_draft"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("exchange:agreement", args=[self.reference])

    @property
    def has_run_out(self) -> bool:
        return self.ends_on < clock.today()

    @property
    def is_in_force(self) -> bool:
        return self.state == AgreementState.SIGNED and self.starts_on <= clock.today() <= self.ends_on


class AgreedDataset(models.Model):
    """A dataset on an agreement, and the sharing that was made of it.

    columns  code of a part → names of its columns that alone are shared; empty: the whole dataset
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="agreed")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="agreed")
    sharing = models.ForeignKey(Sharing, on_delete=models.SET_NULL, null=True, related_name="+")
    columns = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "dataset"], name="dataset_agreed_once")]
        ordering = ["id"]


class Signature(models.Model):
    """A party signed, by one of its posts."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "organisation"], name="party_signs_once")]
        ordering = ["id"]


class TransferState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Taken over")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back")


class Transfer(models.Model):
    """An office hands a dataset over to another; it is the other's when that one accepts.

    note  what the receiver must know     contact  post of the receiver that is asked from then on
    """

    scope = policy.TRANSFER_SCOPE
    State = TransferState

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="transfers")
    giver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("what the next owner must know"))
    state = models.CharField(max_length=10, choices=TransferState, default=TransferState.OFFERED)
    contact = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    offered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset"], condition=Q(state="offered"), name="offered_once_at_a_time"),
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="transfer_to_another"),
            models.CheckConstraint(condition=~Q(note=""), name="transfer_has_a_note"),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="transfer_declined_why"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(contact__isnull=False), name="transfer_accepted_by_a_post"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.dataset)

    def get_absolute_url(self) -> str:
        return reverse("exchange:transfer", args=[self.pk])
