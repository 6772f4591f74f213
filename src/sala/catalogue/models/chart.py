"""A chart that is defined once for a table and drawn anew for each edition, before anybody asks for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models.dataset import Distribution
from sala.catalogue.models.edition import Edition
from sala.core.columns import TranslatedField
from sala.places.models import Area


class ChartKind(models.TextChoices):
    LINE = "line", _("Lines")
    BAR = "bar", _("Bars")
    SHARE = "share", _("Shares of one hundred")


class Reckoning(models.TextChoices):
    SUM = "sum", _("sum")
    MEAN = "mean", _("average")
    COUNT = "count", _("number of rows")


class Chart(models.Model):
    """What is drawn: a value for each x, in one or several series.

    x, y, series  columns; y is a column of numbers, left out when rows are counted
    filter        column → value that a row must have
    by_place      also drawn for each place that the table names, for the pages of places
    """

    Kind, Reckoning = ChartKind, Reckoning

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="charts")
    code = models.SlugField(_("code (latin letters)"), max_length=60)
    title = TranslatedField(_("title"))
    kind = models.CharField(_("kind of chart"), max_length=10, choices=ChartKind, default=ChartKind.LINE)
    x = models.CharField(_("along the axis"), max_length=100)
    y = models.CharField(_("value"), max_length=100, blank=True)
    reckoning = models.CharField(_("reckoned as"), max_length=10, choices=Reckoning, default=Reckoning.SUM)
    series = models.CharField(_("one series for each"), max_length=100, blank=True)
    filter = models.JSONField(default=dict, blank=True)
    by_place = models.BooleanField(_("also for each place, on its page"), default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["distribution", "code"], name="chart_code_once"),
            models.CheckConstraint(
                condition=models.Q(reckoning="count") | ~models.Q(y=""), name="chart_has_a_value",
                violation_error_message=_("Choose the column of the value, or count rows."),
            ),
        ]  # fmt: skip
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def needs(self) -> set[str]:
        """The columns that a reader must see to see the chart."""
        return {name for name in (self.x, self.y, self.series, *self.filter) if name}


class ChartDrawing(models.Model):
    """A chart as it was drawn of one edition, of the whole table or of the rows about one place.

    rows      [x, series, value] in the order drawn   left_out  values that did not find room
    pictures  language-width → hash of the SVG in the store      digest  of everything that the drawing depends on
    """

    chart = models.ForeignKey(Chart, on_delete=models.CASCADE, related_name="drawings")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="drawings")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64)
    rows = models.JSONField()
    left_out = models.PositiveIntegerField(default=0)
    pictures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chart", "edition", "area"], nulls_distinct=False, name="chart_drawn_once_an_edition"
            )
        ]
        indexes = [models.Index(fields=["area", "chart"], name="chart_of_area")]

    def __str__(self) -> str:
        return f"{self.chart} {self.edition.period or self.edition.number}"
