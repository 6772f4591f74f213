"""What was paid, and what was given back."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core import money
from sala.documents.models import IssuedDocument
from sala.ledger import policy
from sala.ledger.models.account import Account
from sala.ledger.models.transaction import Transaction


class Method(models.TextChoices):
    TRANSFER = "transfer", _("Bank transfer")
    CASH = "cash", _("Cash")
    CHEQUE = "cheque", _("Cheque")
    CARD = "card", _("Card or telephone")


class Payment(models.Model):
    """Money of a payer that came in. Only its receipt, and that it was voided, is noted later.

    into      the bank account or cash box            amount    in the smallest unit of that account's currency
    credited  what it counts for on the payer's account, in the currency of that
    """

    scope = policy.PAYMENT_SCOPE

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="payments", verbose_name=_("account of the payer"), db_index=False
    )  # fmt: skip
    into = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="takings", verbose_name=_("paid into"))
    paid_on = models.DateField(_("paid on"))
    amount = models.BigIntegerField(_("amount"))
    credited = models.BigIntegerField()
    payer_name = models.CharField(_("paid by"), max_length=200, blank=True)
    method = models.CharField(_("how"), max_length=10, choices=Method, default=Method.TRANSFER)
    bank_reference = models.CharField(_("reference of the bank"), max_length=120, blank=True)
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="payment")
    receipt = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, null=True, related_name="+")
    is_void = models.BooleanField(default=False)
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, credited__gt=0), name="payment_is_above_nought"),
            models.CheckConstraint(condition=~Q(account=F("into")), name="payment_goes_from_one_to_another"),
            models.UniqueConstraint(
                fields=["into", "bank_reference", "amount", "paid_on"],
                condition=~Q(bank_reference="") & Q(is_void=False),
                name="payment_once_by_reference",
            ),
        ]
        indexes = [models.Index(fields=["account", "-paid_on"], name="payment_of_account")]
        triggers = [
            pgtrigger.ReadOnly(name="payment_is_kept", exclude=["receipt", "is_void"]),
            pgtrigger.Protect(name="payment_is_never_removed", operation=pgtrigger.Delete),
        ]
        ordering = ["-paid_on", "-id"]

    def __str__(self) -> str:
        return self.transaction.number

    def get_absolute_url(self) -> str:
        return reverse("ledger:payment", args=[self.transaction.number])

    @property
    def shown(self) -> str:
        return money.shown(self.amount, self.into.currency)


class Refund(models.Model):
    """A part of a payment that was given back to the payer, from what no charge had used."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField(_("amount"))
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="refund")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_above_nought")]
        triggers = [pgtrigger.Protect(name="refund_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.payment_id}: {self.amount}"
