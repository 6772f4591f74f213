"""What the holder has to pay (LADM LA_Responsibility): each term of payment, what was reported for it, what was charged.

A term says how an amount comes about. The amount itself is reckoned from it and from grants, areas and rules as they hold
on each day; what was charged stands in the ledger, and what is still open is never kept.
"""

from decimal import Decimal

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sala.concessions import policy
from sala.concessions.models.concession import Concession
from sala.concessions.models.grant import Grant
from sala.core import money, numbers
from sala.core.models import Term
from sala.documents.models import Document
from sala.ledger.models import Charge
from sala.people.models import Organisation


class DueBasis(models.TextChoices):
    RULE = "rule", _("Per hectare and year, by the rate that the rules lay down")
    RATE = "rate", _("Per hectare and year, by the rate of the agreement")
    YEARLY = "yearly", _("A fixed sum a year")
    ONCE = "once", _("A sum to be paid once")
    PERCENT = "percent", _("Per cent of a value that the holder reports")


class AreaBasis(models.TextChoices):
    """Which hectares a rate is multiplied with."""

    GRANTED = "granted", _("Granted hectares")
    SURVEYED = "surveyed", _("Surveyed hectares")
    DEVELOPED = "developed", _("Developed hectares")
    WRITTEN = "written", _("Hectares as written here")


BY_HECTARES = (DueBasis.RULE, DueBasis.RATE)


@pghistory.track(exclude=["next_on", "to_check"])
class Due(models.Model):
    """One term of payment of an agreement or of a decision.

    grant      only what this grant holds; empty for the whole concession, split among its holders by their shares
    area_basis which hectares count; `hectares` where they are written here
    rate       whole units of the currency per hectare and year, or per cent of the reported value
    amount     in the smallest unit of the currency: a year's sum, or what is to be paid once
    months     of a period                 days    until it has to be paid: after the beginning of a
               period; where a value is reported, after its end
    starts_on  first day; the day of a sum to be paid once
    ends_on    last day; empty: as long as the grants hold. It never reaches beyond them
    books      the office that keeps the books: it charges and takes in
    next_on    day on which something has to be charged or reported next; empty when nothing follows
    to_check   something of the concession changed since it was looked at
    """

    scope = policy.DUE_SCOPE

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="dues")
    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="dues", verbose_name=_("only this grant")
    )
    kind = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", verbose_name=_("what is owed"),
        limit_choices_to={"scheme": "charge-kind"},
    )  # fmt: skip
    basis = models.CharField(_("how it is reckoned"), max_length=8, choices=DueBasis)
    area_basis = models.CharField(_("which hectares"), max_length=10, choices=AreaBasis, blank=True)
    hectares = models.DecimalField(_("hectares"), max_digits=12, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=4, null=True, blank=True)
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    months = models.PositiveSmallIntegerField(
        _("months of a period"), default=12, validators=[MinValueValidator(1), MaxValueValidator(1200)]
    )
    days = models.PositiveSmallIntegerField(_("days until it has to be paid"), default=30)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    books = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="dues_kept", verbose_name=_("books kept by")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    next_on = models.DateField(null=True, editable=False)
    to_check = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(basis="rule") | Q(rate__isnull=True, amount__isnull=True),
                name="due_by_rule_has_no_rate_of_its_own",
                violation_error_message=_("The rate comes from the rules. Leave rate and amount empty."),
            ),
            models.CheckConstraint(
                condition=~Q(basis__in=["rate", "percent"]) | Q(rate__isnull=False, rate__gt=0, amount__isnull=True),
                name="due_by_rate_has_a_rate",
                violation_error_message=_("Give the rate, and no amount."),
            ),
            models.CheckConstraint(
                condition=~Q(basis__in=["yearly", "once"]) | Q(amount__isnull=False, amount__gt=0, rate__isnull=True),
                name="due_of_a_sum_has_an_amount",
                violation_error_message=_("Give the amount, and no rate."),
            ),
            models.CheckConstraint(
                condition=~Q(basis="percent") | Q(rate__isnull=False, rate__lte=100),
                name="due_is_at_most_the_whole",
                violation_error_message=_("More than 100 per cent cannot be owed. Correct the rate."),
            ),
            models.CheckConstraint(
                condition=(Q(basis__in=["rule", "rate"]) & ~Q(area_basis=""))
                | (~Q(basis__in=["rule", "rate"]) & Q(area_basis="")),
                name="due_by_hectares_says_which",
                violation_error_message=_("Say which hectares count; for a sum or a share of a value say none."),
            ),
            models.CheckConstraint(
                condition=(Q(area_basis="written", hectares__isnull=False, hectares__gt=0))
                | (~Q(area_basis="written") & Q(hectares__isnull=True)),
                name="due_writes_hectares_where_they_count",
                violation_error_message=_("Write the hectares where those written here count, and nowhere else."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="due_ends_after_it_begins",
                violation_error_message=_("It ends before it begins. Correct the days."),
            ),
            models.CheckConstraint(condition=Q(months__gte=1), name="due_has_periods_of_a_month_or_more"),
            ExclusionConstraint(
                name="due_of_a_kind_once_a_day",
                expressions=[
                    ("concession", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Coalesce(F("grant"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~Q(basis="once"),
                violation_error_message=_(
                    "A term for the same kind holds on some of these days already. End that one the day before this begins."
                ),
            ),
        ]
        indexes = [models.Index(fields=["next_on"], name="due_next")]
        ordering = ["concession", "starts_on", "id"]

    def __str__(self) -> str:
        return f"{self.concession}: {self.kind}"

    @property
    def is_periodic(self) -> bool:
        return self.basis != DueBasis.ONCE

    @property
    def shown(self) -> str:
        """The rate or the amount as a reader expects it; empty where the rules say it."""
        if self.amount is not None:
            return money.shown(self.amount, self.currency)
        if self.rate is None:
            return ""
        figure = numbers.display(Decimal(format(self.rate.normalize(), "f")))
        return f"{figure} %" if self.basis == DueBasis.PERCENT else f"{figure} {self.currency}"


@pghistory.track()
class Declared(models.Model):
    """What the holder reported of a period, of which a per cent is owed: value of production, of sales.

    starts_on, ends_on   first and last day of the period, as the term of payment counts it
    value                in the smallest unit of the currency of the term
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="declared")
    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="declared", verbose_name=_("owed for"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    value = models.BigIntegerField(_("reported value"))
    currency = models.CharField(_("currency"), max_length=3)
    reported_on = models.DateField(_("reported on"))
    reported_by = models.CharField(_("reported by"), max_length=200)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["due", "starts_on"], name="value_of_a_period_declared_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="declared_value_is_not_below_nought"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="declared_period_has_a_day"),
        ]
        ordering = ["due", "starts_on"]
        verbose_name_plural = "declared"

    def __str__(self) -> str:
        return f"{self.due_id}: {self.starts_on}"


class Raised(models.Model):
    """A charge that was entered in the books for one period of a term of payment and one holder.

    attempt  0, and one more each time it is raised again after a charge was taken back
    """

    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="raised")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="raised")
    starts_on = models.DateField()
    ends_on = models.DateField()
    attempt = models.PositiveSmallIntegerField(default=0)
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="raised")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["due", "grant", "starts_on", "attempt"], name="period_is_charged_once")
        ]
        ordering = ["due", "starts_on", "id"]

    def __str__(self) -> str:
        return f"{self.due_id}: {self.starts_on}"
