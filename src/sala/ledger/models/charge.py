"""What is owed, what settles it, and what was waived."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models import Document
from sala.ledger import policy
from sala.ledger.models.account import Account
from sala.ledger.models.transaction import Transaction

KEPT = pgtrigger.Update | pgtrigger.Delete


class Charge(models.Model):
    """One amount that a payer owes. Never altered: a wrong one is voided by a second person and entered anew.

    period_from, period_until   days it is for, both included; empty where it is for no period
    basis   how the amount came about: {"rule": id, "rate": "30", "quantity": "120.5", "unit": "ha", "months": "12",
            "formula": "30 × 120.5 × 12 / 12"}; what is there is shown, in this order
    """

    scope = policy.CHARGE_SCOPE

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="charges", verbose_name=_("account"))
    kind = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind"),
        limit_choices_to={"scheme": "charge-kind"},
    )  # fmt: skip
    period_from = models.DateField(_("for the time from"), null=True, blank=True)
    period_until = models.DateField(_("until"), null=True, blank=True)
    due_on = models.DateField(_("due on"))
    amount = models.BigIntegerField(_("amount"))
    note = TranslatedField(_("what it is for"), blank=True)
    basis = models.JSONField(default=dict, blank=True)
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="charge")
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_is_above_nought"),
            models.CheckConstraint(
                condition=Q(period_from__isnull=True, period_until__isnull=True)
                | Q(period_until__gte=F("period_from")),
                name="charge_period_ends_after_it_begins",
                violation_error_message=_("The period ends before it begins. Correct the dates."),
            ),
        ]
        indexes = [models.Index(fields=["account", "due_on"], name="charge_of_account")]
        triggers = [pgtrigger.Protect(name="charge_is_kept", operation=KEPT)]
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.transaction.number}"

    def get_absolute_url(self) -> str:
        return reverse("ledger:charge", args=[self.transaction.number])


class Allocation(models.Model):
    """A part of a payment, or of a waiver, that settles a part of a charge; with a minus where that was taken back.

    transaction  what settled it, or took it back          payment  the payment it comes from; empty for a waiver
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="allocations")
    payment = models.ForeignKey("ledger.Payment", on_delete=models.PROTECT, null=True, related_name="allocations")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="allocations")
    day = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="allocation_is_not_nought")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.charge_id}: {self.amount}"


class Waiver(models.Model):
    """A part of a charge that is not asked for any more, by a decision."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="waivers")
    amount = models.BigIntegerField(_("amount"))
    decision = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("decision"))
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="waiver")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="waiver_is_above_nought")]
        triggers = [pgtrigger.Protect(name="waiver_is_kept", operation=KEPT)]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.charge_id}: {self.amount}"
