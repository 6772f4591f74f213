"""Rules of law as data: how much, how long, until when, with the days they hold and the paper they stand on."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.actor import path_ids
from sala.core import clock, numbers
from sala.core.columns import TranslatedField
from sala.core.language import Translated
from sala.core.models import Certainty
from sala.core.quantity import UNITS
from sala.documents import policy
from sala.documents.models.document import Document
from sala.people.models import Organisation
from sala.places.models import Area

# units that only rules have, beside those of core.quantity and the currencies that offices take
RULE_UNITS = {
    "working_days": _("working days"),
    "days": _("days"),
    "months": _("months"),
    "years": _("years"),
}


def unit_label(unit: str) -> Any:
    if unit in RULE_UNITS:
        return RULE_UNITS[unit]
    return UNITS[unit][2] if unit in UNITS else unit


def known_units(currencies: Sequence[str] | None = None) -> list[str]:
    """Codes of units; the currencies are those of this installation unless told."""
    return [*RULE_UNITS, *UNITS, *(settings.CURRENCIES if currencies is None else currencies)]


class RuleKind(models.TextChoices):
    POWER_LIMIT = "power_limit", _("Limit of powers")
    MORATORIUM = "moratorium", _("Moratorium")
    FEE_RATE = "fee_rate", _("Fee rate")
    DEADLINE = "deadline", _("Deadline")
    NOTICE = "notice", _("Notice before a due date")
    TERM = "term", _("Term")
    MINIMUM = "minimum", _("Least number")
    RELEASE = "release", _("Release of personal answers")
    TOLERANCE = "tolerance", _("Difference that does not count")


@pghistory.track()
class Rule(models.Model):
    """One rule of law for one subject (`key`, such as calls or concession.rubber) in one area or the whole country.

    value   {"number": "10", "unit": "working_days"} or {"text": {"lo": …, "en": …}}; a number is kept as text, exact
    valid   days it holds, the upper bound not included
    source  the document that lays it down, needed when the rule is confirmed
    """

    scope = policy.RULE_SCOPE

    kind = models.CharField(_("kind"), max_length=20, choices=RuleKind)
    key = models.CharField(_("subject"), max_length=80)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("only in this area")
    )
    value = models.JSONField(_("value"))
    note = TranslatedField(_("explanation"), blank=True)
    valid = DateRangeField(_("holds"))
    source = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("laid down by")
    )
    clause = models.CharField(_("article or clause"), max_length=200, blank=True)
    certainty = models.CharField(_("how sure"), max_length=12, choices=Certainty, default=Certainty.EXAMPLE)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="rules", verbose_name=_("kept by")
    )  # fmt: skip
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="rule_says_one_thing_a_day",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    (Coalesce(F("area"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(value__has_any_keys=["number", "text"]),
                name="rule_has_a_value",
            ),
            models.CheckConstraint(
                condition=~Q(certainty="confirmed") | Q(source__isnull=False), name="rule_is_confirmed_by_a_document"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="rule_is_about_something"),
            models.CheckConstraint(condition=Q(valid__startswith__isnull=False), name="rule_begins_on_a_day"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="rule_holds_on_some_day"),
        ]
        ordering = ["kind", "key", "-valid"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("documents:rules", args=[self.kind]) + f"#rule-{self.pk}"

    @property
    def reach(self) -> str:
        """Path of the area it holds in; for the whole country, the country's."""
        return self.area.path if self.area else country_path(self.owner)

    @property
    def number(self) -> Decimal | None:
        return Decimal(self.value["number"]) if "number" in self.value else None

    @property
    def shown(self) -> Any:
        """The value as a reader expects it."""
        if "number" in self.value:
            return f"{numbers.display(Decimal(self.value['number']))} {unit_label(self.value.get('unit', ''))}".strip()
        return Translated(self.value["text"])

    @property
    def holds_today(self) -> bool:
        today = clock.today()
        return self.valid.lower <= today and (self.valid.upper is None or today < self.valid.upper)


def country_path(organisation: Organisation) -> str:
    """Path of the country an organisation belongs to, from its own area: "/1/14/" → "/1/"."""
    return f"/{path_ids(organisation.area.path)[0]}/"


class NonWorkingDay(models.Model):
    """A day off announced beside the standing public holidays, with the notice that says so."""

    scope = policy.DAY_SCOPE

    date = models.DateField(_("date"), unique=True)
    name = TranslatedField(_("name"))
    source = models.CharField(_("number and date of the notice"), max_length=200)
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )  # fmt: skip
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="non_working_day_has_a_source")]
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("documents:working_days", args=[self.date.year])

    @property
    def reach(self) -> str:
        """A day off is one for the whole country."""
        return country_path(self.owner)
