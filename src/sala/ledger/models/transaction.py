"""Transactions and their entries: written once, balanced in each currency, corrected only by their reverse."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.documents.models import Document, NumberSeries
from sala.ledger import policy
from sala.ledger.models.account import Account
from sala.people.models import Organisation


class TransactionKind(models.TextChoices):
    CHARGE = "charge", _("Charge")
    PAYMENT = "payment", _("Payment")
    WAIVER = "waiver", _("Waiver")
    REFUND = "refund", _("Refund")
    RECEIVED = "received", _("Received at the bank")
    VOID = "void", _("Void")
    TRANSFER = "transfer", _("Transfer")


class Transaction(models.Model):
    """One change of the books. The database keeps it from being altered and checks at commit that it balances.

    number    gapless for the organisation and year in which it was recorded
    day       the day it counts for; recorded_at is when it was entered
    lines     how many entries it has; none can be added later
    key       chosen by whoever sends it, so that the same thing sent twice is entered once
    reverses  the transaction that this one takes back
    person_id, position_id   who entered it, in which post; ids only
    """

    scope = policy.TRANSACTION_SCOPE

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="ledger_transactions", db_index=False
    )
    number = models.CharField(_("number"), max_length=120, unique=True)
    series = models.ForeignKey(
        NumberSeries, on_delete=models.PROTECT, related_name="ledger_transactions", db_index=False
    )
    sequence = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=TransactionKind)
    day = models.DateField(_("date"))
    recorded_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    lines = models.PositiveSmallIntegerField()
    person_id = models.BigIntegerField(null=True)
    position_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="transaction_number_once"),
            models.UniqueConstraint(fields=["owner", "key"], condition=~Q(key=""), name="transaction_key_once"),
            models.CheckConstraint(condition=Q(lines__gte=2), name="transaction_has_two_entries"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="transactions_count_from_one"),
            models.CheckConstraint(
                condition=(Q(kind="void") & Q(reverses__isnull=False)) | (~Q(kind="void") & Q(reverses__isnull=True)),
                name="void_takes_one_back",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["void", "refund"]) | ~Q(reason=""), name="taking_back_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="waiver") | Q(document__isnull=False), name="waiver_stands_on_a_decision"
            ),
        ]
        indexes = [models.Index(fields=["owner", "-day", "-id"], name="transaction_newest")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("ledger:transaction", args=[self.number])


class Entry(models.Model):
    """An amount on one side of one account, in the smallest unit of its currency. What the account gains is positive."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    day = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="entry_is_not_nought")]
        indexes = [models.Index(fields=["account", "day", "id"], include=["amount"], name="entry_of_account")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"
