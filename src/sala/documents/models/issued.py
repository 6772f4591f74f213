"""Papers this service makes itself: letters, reports, receipts. Numbered without a gap, hashed, verifiable by anyone."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import TIER_NAMES, Tier
from sala.core.columns import TranslatedField
from sala.documents import policy
from sala.people.models import Organisation


class IssuedKind(models.TextChoices):
    LETTER = "letter", _("Letter")
    REPORT = "report", _("Report")
    RECEIPT = "receipt", _("Receipt")
    CERTIFICATE = "certificate", _("Certificate")


# what is numbered without being an issued paper
BOOKED, ACCOUNT = "transaction", "account"
SERIES_KINDS = [*IssuedKind.choices, (BOOKED, _("Entry in the books")), (ACCOUNT, _("Account"))]

# an issued paper is shared by handing it over, so it has no list of organisations
ISSUED_TIERS = [(tier.value, TIER_NAMES[tier]) for tier in (Tier.PUBLIC, Tier.GOVERNMENT, Tier.OWN)]


class NumberSeries(models.Model):
    """The numbers one issuer has given to one kind of thing in one year. `last` is the last number taken."""

    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="number_series")
    kind = models.CharField(max_length=20, choices=SERIES_KINDS)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "kind", "year"], name="number_series_once")]
        ordering = ["-year", "kind"]

    def __str__(self) -> str:
        return f"{self.issuer.code} {self.kind} {self.year}"


class IssuedDocument(models.Model):
    """One issued paper. Number, content hash and files never change; it can only be withdrawn, with a reason.

    content_hash  SHA-256 (hex) over the words of all its languages, printed on the paper
    subject       noun and id of what it is about, when it is about a thing kept here
    position_id   the post that issued it
    """

    scope = policy.ISSUED_SCOPE

    number = models.CharField(_("number"), max_length=120, unique=True)
    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="documents")
    sequence = models.PositiveIntegerField()
    issuer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="issued", verbose_name=_("issued by")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=IssuedKind)
    title = TranslatedField(_("title"))
    languages = ArrayField(models.CharField(max_length=10))
    content_hash = models.CharField(max_length=64)
    tier = models.CharField(_("who may read it"), max_length=12, choices=ISSUED_TIERS, default=Tier.OWN.value)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    issued_at = models.DateTimeField()
    position_id = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="issued_number_once"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="issued_numbers_count_from_one"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""), name="issued_is_withdrawn_with_a_reason"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="issued_subject")]
        triggers = [
            pgtrigger.ReadOnly(
                name="issued_is_kept",
                exclude=["withdrawn_at", "withdrawn_reason"],
            ),
            pgtrigger.Protect(name="issued_is_never_removed", operation=pgtrigger.Delete),
        ]
        ordering = ["-issued_at", "-id"]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("documents:issued", args=[self.number])

    @property
    def is_valid(self) -> bool:
        return self.withdrawn_at is None


class IssuedFile(models.Model):
    """The paper in one language, as a PDF kept by its SHA-256."""

    issued = models.ForeignKey(IssuedDocument, on_delete=models.PROTECT, related_name="files")
    language = models.CharField(max_length=10)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issued", "language"], name="issued_file_once_a_language")]
        triggers = [pgtrigger.Protect(name="issued_file_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        ordering = ["language"]

    def __str__(self) -> str:
        return f"{self.issued.number} {self.language}"

    @property
    def name(self) -> str:
        return f"{self.issued.number}-{self.language}.pdf"
