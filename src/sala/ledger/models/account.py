"""Accounts: what a payer owes, what comes in by kind, where the money lies, and what is not placed yet."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.core import clock, money
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.ledger import policy
from sala.people.models import Organisation


class AccountKind(models.TextChoices):
    RECEIVABLE = "receivable", _("Owed by a payer")
    REVENUE = "revenue", _("Revenue")
    BANK = "bank", _("Bank account")
    CASH = "cash", _("Cash box")
    CLEARING = "clearing", _("Exchange of currencies")
    DIFFERENCE = "difference", _("Exchange differences")
    SUSPENSE = "suspense", _("Received, not placed yet")


HOLDS_MONEY = (AccountKind.BANK, AccountKind.CASH)
# one of each for an organisation and currency; made when it is first needed
STANDARD = (AccountKind.CLEARING, AccountKind.DIFFERENCE, AccountKind.SUSPENSE)


class Account(models.Model):
    """One account in the books of one organisation, in one currency. Its balance is the sum of its entries, never kept.

    owner    the organisation that keeps the books
    payer    who owes, on a receivable; empty where the payer is no organisation
    debtor   noun and id of who owes, where that is no organisation here but stands in another register
    subject  noun and id of what the claim is about (a concession, a case)
    income   kind of charge that a revenue account takes in
    bank_number   number of a bank account at its bank
    """

    scope = policy.ACCOUNT_SCOPE
    choosing = Choosing("code", ("name", "payer__name"), ("payer", "owner"), among=Q(closed_on__isnull=True))

    code = models.SlugField(_("code"), max_length=80, unique=True)
    name = TranslatedField(_("name"))
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    currency = models.CharField(_("currency"), max_length=3)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="accounts_kept", verbose_name=_("books kept by")
    )
    payer = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("payer")
    )
    debtor_type = models.CharField(max_length=40, blank=True)
    debtor_id = models.BigIntegerField(null=True, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    income = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of charge"),
        limit_choices_to={"scheme": "charge-kind"},
    )  # fmt: skip
    bank_number = models.CharField(_("number at the bank"), max_length=60, blank=True)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    closed_on = models.DateField(null=True, blank=True, editable=False)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="receivable") | Q(payer__isnull=False) | Q(subject_id__isnull=False),
                name="receivable_names_payer_or_subject",
                violation_error_message=_("Say who owes, or what it is owed for."),
            ),
            models.CheckConstraint(
                condition=Q(kind="receivable") | Q(payer__isnull=True, subject_id__isnull=True, debtor_id__isnull=True),
                name="only_a_receivable_has_a_payer",
            ),
            models.CheckConstraint(
                condition=Q(subject_type="", subject_id__isnull=True)
                | (~Q(subject_type="") & Q(subject_id__isnull=False)),
                name="account_subject_is_type_and_id",
            ),
            models.CheckConstraint(
                condition=Q(debtor_type="", debtor_id__isnull=True)
                | (~Q(debtor_type="") & Q(debtor_id__isnull=False, payer__isnull=True)),
                name="account_has_one_who_owes",
            ),
            models.CheckConstraint(
                condition=(Q(kind="revenue") & Q(income__isnull=False)) | (~Q(kind="revenue") & Q(income__isnull=True)),
                name="revenue_has_its_kind_of_charge",
            ),
            models.UniqueConstraint(
                fields=["owner", "payer", "debtor_type", "debtor_id", "subject_type", "subject_id", "currency"],
                condition=Q(kind="receivable"),
                nulls_distinct=False,
                name="receivable_once",
            ),
            models.UniqueConstraint(
                fields=["owner", "income", "currency"], condition=Q(kind="revenue"), name="revenue_account_once"
            ),
            models.UniqueConstraint(
                fields=["owner", "kind", "currency"],
                condition=Q(kind__in=["clearing", "difference", "suspense"]),
                name="standard_account_once",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="account_subject"),
            models.Index(fields=["payer"], condition=Q(payer__isnull=False), name="account_payer"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="account_stays_what_it_is", exclude=["name", "closed_on", "bank_number"]),
            pgtrigger.Protect(name="account_is_kept", operation=pgtrigger.Delete),
        ]
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("ledger:account", args=[self.code])

    @property
    def is_receivable(self) -> bool:
        return self.kind == AccountKind.RECEIVABLE

    @property
    def holds_money(self) -> bool:
        return self.kind in HOLDS_MONEY

    def shown(self, amount: int) -> str:
        """An amount of this account as a reader expects it, with its currency."""
        return money.shown(amount, self.currency)

    def natural(self, amount: int) -> int:
        """The amount as people say it: what came in as revenue, or waits to be placed, is not a negative number."""
        return -amount if self.kind in (AccountKind.REVENUE, AccountKind.SUSPENSE) else amount

    @property
    def natural_total(self) -> int:
        """The balance that a query gave with the row (`total`), as people say it."""
        return self.natural(int(getattr(self, "total", 0)))
