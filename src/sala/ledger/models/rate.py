"""Rates of exchange, each for the days it holds."""

from datetime import date, timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core import numbers
from sala.documents.models import Document
from sala.documents.models.rules import country_path
from sala.ledger import policy
from sala.people.models import Organisation


@pghistory.track()
class ExchangeRate(models.Model):
    """How many whole units of one currency one whole unit of another is worth, on the days it holds.

    valid   upper bound not included                 source  where it was published, with number or address
    """

    scope = policy.RATE_SCOPE

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="exchange_rates", verbose_name=_("laid down by")
    )
    from_currency = models.CharField(_("one unit of"), max_length=3)
    to_currency = models.CharField(_("in"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=24, decimal_places=10)
    valid = DateRangeField(_("holds"))
    source = models.CharField(_("published in"), max_length=200)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_rate_a_day",
                expressions=[
                    ("from_currency", RangeOperators.EQUAL),
                    ("to_currency", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_is_above_nought"),
            models.CheckConstraint(condition=~Q(from_currency=F("to_currency")), name="rate_is_of_two_currencies"),
            models.CheckConstraint(condition=~Q(source=""), name="rate_has_a_source"),
            models.CheckConstraint(condition=Q(valid__startswith__isnull=False), name="rate_begins_on_a_day"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="rate_holds_on_some_day"),
        ]
        ordering = ["from_currency", "to_currency", "-valid"]

    def __str__(self) -> str:
        return f"{self.from_currency} → {self.to_currency}"

    def get_absolute_url(self) -> str:
        return reverse("ledger:rates") + f"#rate-{self.pk}"

    @property
    def shown(self) -> str:
        return numbers.display(self.rate.normalize())

    @property
    def last_day(self) -> date | None:
        return self.valid.upper - timedelta(days=1) if self.valid.upper else None

    @property
    def reach(self) -> str:
        return country_path(self.owner)
