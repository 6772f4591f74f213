"""Answers as columns, in files of a few thousand answers each; and the editions that were made of answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Edition
from sala.collection.models.form import Form
from sala.duties.models import Call
from sala.people.models import Position


class AnswerPart(models.Model):
    """Typed values of a run of answers to a form, as one Parquet file for each of its tables. Says nothing of their state.

    table         path of the repeat, empty for the form itself
    first, last   numbers of its first and last submission    rows  of this table
    as_of         what was read later than this is not in it; it is taken from the readings until the part is made anew
    """

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    table = models.CharField(max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "number", "table"], name="answer_part_once")]
        ordering = ["form", "number", "table"]

    def __str__(self) -> str:
        return f"{self.form_id}/{self.number} {self.table}"


class AnswerEdition(models.Model):
    """An edition that was made of the approved answers of a round (call), or of all of a form where there is none.

    table     path of the repeat, empty for the form itself      versions  of the form that the answers are of
    answers   that stand in it    left_out  kept out of a public table, because too few others stand beside them
    expected, waived  rows of the round
    """

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="editions")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="made_of_answers")
    table = models.CharField(max_length=1000, blank=True)
    versions = models.JSONField(default=list)
    answers = models.PositiveIntegerField(_("answers"))
    left_out = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(null=True)
    waived = models.PositiveIntegerField(null=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return str(self.edition)
