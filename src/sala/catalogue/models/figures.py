"""Declared key figures, the rules a table must keep, and the count of its use."""

import math

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models.dataset import Dataset, Distribution
from sala.catalogue.models.edition import Edition
from sala.core import numbers
from sala.core.columns import TranslatedField
from sala.places.models import Area


class KeyFigure(models.Model):
    """A figure declared in a table: which column holds the value, where its period and place come from.

    filter  column → value that a row must have (the series or commodity meant)
    """

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="key_figures")
    code = models.SlugField(max_length=60)
    name = TranslatedField(_("name"))
    value_column = models.CharField(_("column with the value"), max_length=100)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    places = models.PositiveSmallIntegerField(_("decimals shown"), default=0)
    filter = models.JSONField(default=dict, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["distribution", "code"], name="key_figure_once")]
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.name)


class Figure(models.Model):
    """One value of a key figure, with the row it stands in: its SourceRef."""

    key_figure = models.ForeignKey(KeyFigure, on_delete=models.CASCADE, related_name="figures")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="figures")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="figures")
    period = models.CharField(max_length=21)
    period_end = models.DateField()
    value = models.DecimalField(max_digits=30, decimal_places=8)
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_figure", "edition", "area", "period"], name="figure_once")]
        indexes = [models.Index(fields=["area", "key_figure", "-period_end"], name="figure_of_area")]
        ordering = ["-period_end"]

    def __str__(self) -> str:
        return f"{self.key_figure} {self.period}: {self.value}"

    def get_absolute_url(self) -> str:
        """The edition with this very cell marked."""
        return f"{self.edition.get_absolute_url()}?row={self.row}&column={self.key_figure.value_column}#row-{self.row}"


class RuleKind(models.TextChoices):
    FILLED = "filled", _("is never empty")
    UNIQUE = "unique", _("never stands twice")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    ONE_OF = "one_of", _("is one of")
    PLACE = "place", _("names a known place")


class QualityRule(models.Model):
    """Something every row of a table must keep."""

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="rules")
    column = models.CharField(_("column"), max_length=100)
    kind = models.CharField(_("rule"), max_length=10, choices=RuleKind)
    value = models.CharField(
        _("value"), max_length=300, blank=True, help_text=_("For “is one of”: values with commas between.")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["distribution", "column", "kind", "value"], name="rule_once")]

    def __str__(self) -> str:
        return f"{self.column} {self.get_kind_display()} {self.value}".strip()

    @property
    def has_limit(self) -> bool:
        return self.kind in (RuleKind.AT_LEAST, RuleKind.AT_MOST)

    @property
    def limit(self) -> float | None:
        """The number that a value is held against; None where there is none."""
        try:
            number = float(self.value)
        except ValueError:
            return None
        return number if math.isfinite(number) else None

    def clean(self) -> None:
        """Keep a limit as a plain number, a list without gaps, and no value where the rule takes none."""
        text = str(self.value or "").strip()
        if self.has_limit:
            try:
                self.value = format(numbers.parse(text), "f")
            except numbers.UnclearNumber as unclear:
                raise ValidationError({"value": str(unclear)}) from unclear
            except ValueError as error:
                raise ValidationError({"value": _("This is not a number. Write one, such as 0 or 12.5.")}) from error
        elif self.kind == RuleKind.ONE_OF:
            self.value = ", ".join(part.strip() for part in text.split(",") if part.strip())
            if not self.value:
                raise ValidationError({"value": _("Write the values that are allowed, with commas between them.")})
        else:
            self.value = ""


class QualityResult(models.Model):
    """Outcome of a rule on an edition: how many rows fail, and the first of them."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="results")
    rule = models.ForeignKey(QualityRule, on_delete=models.CASCADE, related_name="results")
    failing = models.PositiveIntegerField()
    sample = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "rule"], name="result_once")]


class DailyUse(models.Model):
    """Uses of a dataset on a day, by kind of use, kind of user and, where people told it, sex. No names."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="uses")
    day = models.DateField()
    kind = models.CharField(
        max_length=10, choices=[("view", _("viewed")), ("download", _("downloaded")), ("api", _("queried"))]
    )
    user_kind = models.CharField(max_length=12)
    sex = models.CharField(max_length=1, blank=True, default="")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "day", "kind", "user_kind", "sex"], name="use_once_a_day")
        ]
        indexes = [models.Index(fields=["day"], name="use_day")]
