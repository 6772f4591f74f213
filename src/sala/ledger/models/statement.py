"""Statements of a bank: what came in, line by line, and what became of each line."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.ledger import policy
from sala.ledger.models.account import Account
from sala.ledger.models.payment import Payment
from sala.ledger.models.transaction import Transaction


class LineState(models.TextChoices):
    WAITING = "waiting", _("Waits to be placed")
    PLACED = "placed", _("Placed")
    KNOWN = "known", _("Entered before")
    OUT = "out", _("Paid out, not taken in")


class BankStatement(models.Model):
    """One file of a bank that was taken in. The same file again adds nothing."""

    scope = policy.STATEMENT_SCOPE

    bank = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="statements", verbose_name=_("bank account")
    )
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    position_id = models.BigIntegerField(null=True)
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank", "sha256"], name="statement_file_once")]
        ordering = ["-taken_at", "-id"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("ledger:statement", args=[self.pk])


class StatementLine(models.Model):
    """One line. What came in lies on the account of what is not placed yet until somebody says whose it is.

    row      its number in the file, as a person counts
    key      date, reference, amount, name and text folded together, with a count where several lines are alike;
             by it a line that comes in a second file is known again
    amount   in the smallest unit; negative for what was paid out
    received the transaction by which it came into the books; empty for lines that were in them before, and for what
             was paid out
    """

    scope = policy.LINE_SCOPE

    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    bank = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    day = models.DateField(_("date"))
    amount = models.BigIntegerField(_("amount"))
    reference = models.CharField(_("reference of the bank"), max_length=120, blank=True)
    payer_name = models.CharField(_("paid by"), max_length=200, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=LineState)
    received = models.OneToOneField(Transaction, on_delete=models.PROTECT, null=True, related_name="statement_line")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="statement_lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank", "key"], name="statement_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="statement_line_is_not_nought"),
            models.CheckConstraint(
                condition=(Q(state__in=["placed", "known"]) & Q(payment__isnull=False))
                | (Q(state__in=["waiting", "out"]) & Q(payment__isnull=True)),
                name="placed_line_has_its_payment",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(received__isnull=False), name="waiting_line_is_in_the_books"
            ),
        ]
        indexes = [models.Index(fields=["bank", "day"], condition=Q(state="waiting"), name="line_waiting")]
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"{self.statement} {self.row}"

    def get_absolute_url(self) -> str:
        return f"{self.statement.get_absolute_url()}#line-{self.pk}"
