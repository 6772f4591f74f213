"""Figures that a call asks: the table as its issuer laid it down, the cells each post owes, drafts and answers.

A figure asked is named by its concept (code of the row), its breakdown (code of the column, empty without columns),
area and period. Two open calls that name the same of the same post share one cell: the database allows no second.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models.edition import Edition
from sala.core.columns import TranslatedField
from sala.duties.models import Assignment, Call
from sala.people.models import Position
from sala.places.models import Area


class FigureTable(models.Model):
    """What a call asks of every post on it.

    unlike_percent  a figure that differs from the one before by more than this needs an explanation; empty: never
    edition         made of the accepted answers when the call closed, where its subject is a dataset
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="figure_table")
    unlike_percent = models.PositiveIntegerField(_("explain a difference to last time above (percent)"), null=True, blank=True)  # fmt: skip
    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, null=True, related_name="figure_table")

    def __str__(self) -> str:
        return f"{self.call_id}"


class FigureRow(models.Model):
    """One figure asked, in every column of the table.

    minimum, maximum  natural limits, both allowed    decimals  digits after the mark that make sense
    sums              codes of the rows whose sum this one is; empty: it is no total
    """

    table = models.ForeignKey(FigureTable, on_delete=models.CASCADE, related_name="rows")
    code = models.SlugField(max_length=60)
    label = TranslatedField(_("figure"))
    meaning = TranslatedField(_("what counts, what does not"), blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    minimum = models.DecimalField(_("not below"), max_digits=24, decimal_places=6, null=True, blank=True)
    maximum = models.DecimalField(_("not above"), max_digits=24, decimal_places=6, null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    sums = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "code"], name="figure_row_once"),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(minimum__lte=F("maximum")),
                name="figure_row_limits_in_order",
            ),
            models.CheckConstraint(condition=Q(decimals__lte=6), name="figure_row_decimals_are_kept"),
        ]
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.label)


class FigureColumn(models.Model):
    """A breakdown in which every row is asked, such as female and male. sums: codes of the columns it adds up."""

    table = models.ForeignKey(FigureTable, on_delete=models.CASCADE, related_name="columns")
    code = models.SlugField(max_length=40)
    label = TranslatedField(_("breakdown"))
    sums = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="figure_column_once")]
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.label)


class AskedFigure(models.Model):
    """One cell that a post owes to an assignment.

    concept, breakdown, position, area, period  what is the same thing; copied from row, column and assignment
    is_open    its assignment is open
    given_in   the cell of another open assignment that delivers the same: nothing is filled in here
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="asked_figures")
    row = models.ForeignKey(FigureRow, on_delete=models.PROTECT, related_name="+")
    column = models.ForeignKey(FigureColumn, on_delete=models.PROTECT, null=True, related_name="+")
    concept = models.CharField(max_length=60)
    breakdown = models.CharField(max_length=40, blank=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=30)
    is_open = models.BooleanField(default=True)
    given_in = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="also_asked")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concept", "breakdown", "position", "area", "period"],
                condition=Q(is_open=True, given_in__isnull=True),
                name="figure_asked_of_a_post_once",
            ),
            models.UniqueConstraint(
                fields=["assignment", "concept", "breakdown"], name="figure_asked_once_an_assignment"
            ),
            models.CheckConstraint(condition=~Q(given_in=F("id")), name="figure_not_given_in_itself"),
        ]
        indexes = [models.Index(fields=["area", "concept", "breakdown"], name="asked_figure_series")]
        ordering = ["assignment", "row__order", "row_id", "column__order", "column_id"]

    def __str__(self) -> str:
        return f"{self.key} {self.period}"

    @property
    def key(self) -> str:
        """Names the cell within its assignment; the same from answer to answer."""
        return f"{self.concept}.{self.breakdown}" if self.breakdown else self.concept


class Given(models.Model):
    """What stands in a cell: a value, or why there is none and when it is expected; and an explanation."""

    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    reason = models.CharField(max_length=300, blank=True)
    next_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class FigureDraft(Given):
    """A cell as the post asked left it last; only its own office sees it before it is submitted."""

    asked = models.OneToOneField(AskedFigure, on_delete=models.CASCADE, related_name="draft")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(reason=""), name="draft_given_or_not_available")
        ]

    def __str__(self) -> str:
        return f"{self.asked_id}: {self.value}"


class FigureAnswer(Given):
    """A cell as it was submitted, never altered. version: the assignment's count of submissions at that time."""

    asked = models.ForeignKey(AskedFigure, on_delete=models.PROTECT, related_name="answers")
    version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asked", "version"], name="figure_answered_once_a_version"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, reason="") | (Q(value__isnull=True) & ~Q(reason="")),
                name="answer_given_or_not_available",
            ),
        ]
        triggers = [pgtrigger.Protect(name="figure_answer_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        ordering = ["asked", "version"]

    def __str__(self) -> str:
        return f"{self.asked_id}/{self.version}: {self.value}"
