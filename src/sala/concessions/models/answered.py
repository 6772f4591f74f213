"""What was answered in an assessment by whom, and how a contradiction was settled. Nothing is overwritten."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.collection.models import Reading
from sala.concessions.models.assessment import Assessment, Criterion
from sala.documents.models import Document
from sala.people.models import Position
from sala.places.models import Area


class Respondent(models.TextChoices):
    GOVERNMENT = "government", _("Government office")
    COMPANY = "company", _("Company")
    VILLAGE = "village", _("Village")


class Answered(models.Model):
    """One answer of one respondent to one criterion. A later answer of the same takes its place and leaves it readable.

    code, points  the answer and what it is worth (0–4); both empty where the respondent does not know
    area          the village that answers            document, reading  evidence: a paper, an answer to a form
    person        who entered it: another one validates (no key, so that a person can be erased)
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    respondent = models.CharField(max_length=10, choices=Respondent)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=40, blank=True)
    points = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField()
    entered_at = models.DateTimeField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.BigIntegerField(null=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion", "respondent", "area"],
                condition=Q(is_current=True),
                nulls_distinct=False,
                name="one_current_answer_of_a_respondent",
            ),
            models.CheckConstraint(
                condition=Q(code="", points__isnull=True) | (~Q(code="") & Q(points__range=(0, 4))),
                name="answer_has_points_from_nought_to_four",
            ),
            models.CheckConstraint(
                condition=Q(area__isnull=True) | Q(respondent="village"), name="only_a_village_answers_for_a_place"
            ),
        ]
        indexes = [models.Index(fields=["assessment", "is_current"], name="answered_current")]
        ordering = ["assessment", "id"]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.criterion_id} {self.respondent}"

    @property
    def source(self) -> str:
        """company, government, village, or village:CODE."""
        return f"{self.respondent}:{self.area.code}" if self.area else self.respondent


class Settlement(models.Model):
    """What counts where answers differ, and why. It holds for the answers that it names, until one of them is another.

    said  source → points, as they were when it was settled
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="settlements")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    reason = models.TextField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    said = models.JSONField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], condition=Q(is_current=True), name="difference_settled_once"
            ),
            models.CheckConstraint(condition=Q(points__range=(0, 4)), name="settled_points"),
            models.CheckConstraint(condition=~Q(reason=""), name="settlement_has_a_reason"),
        ]
        ordering = ["assessment", "id"]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.criterion_id}"
