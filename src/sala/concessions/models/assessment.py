"""Assessments: criteria of a version, rounds that ask about concessions, and the grade of each with its reasons."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Tier
from sala.concessions import policy
from sala.concessions.models.change import KEPT
from sala.concessions.models.concession import Concession
from sala.core.columns import TranslatedField
from sala.core.language import Translated
from sala.core.models import Certainty, Term
from sala.documents.models import Document
from sala.people.models import Organisation, Position
from sala.places.models import Area

NOT_GRADABLE = "none"  # too much is not known


class CriteriaVersion(models.Model):
    """One version of the criteria, from the pack. Once a round uses it, it is never altered; a change is a new version.

    missing_limit  per cent of the weight of which nothing may be known at most, else there is no grade
    contradiction  points (of 4) by which two answers differ so that somebody has to settle it
    grades         [[letter, least score of it] …], the best first        groups  [{"code", "name"}]
    caps           [{"code", "criterion", "below", "grade", "reason"}]: with fewer points than `below` no better grade
    forms          respondent → id (in its workbook) of the form in which it is asked
    digest         SHA-256 over the pack's entry
    """

    code = models.SlugField(max_length=60, unique=True)
    name = TranslatedField(_("name"))
    valid_from = models.DateField(_("holds since"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.EXAMPLE)
    missing_limit = models.PositiveSmallIntegerField()
    contradiction = models.PositiveSmallIntegerField()
    grades = models.JSONField()
    groups = models.JSONField()
    caps = models.JSONField(default=list)
    forms = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(missing_limit__lt=100), name="criteria_ask_for_some_answers"),
            models.CheckConstraint(condition=Q(contradiction__range=(1, 4)), name="contradiction_in_points"),
        ]
        ordering = ["-valid_from", "code"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("concessions:criteria", args=[self.code])


class Criterion(models.Model):
    """One question of a version. Points go from 0 to 4.

    effort    what it costs to improve it, from 1 (a paper is looked for) to 5 (work of years)
    choices   [{"code", "points", "name"}]: what a respondent may answer
    ask       respondent → path of the question in its form
    fact      what the register knows itself (calculations.facts_of_grades.FACTS); empty where it knows nothing
    steps     its points: value → points, or [[at least, points] …], the most first
    """

    version = models.ForeignKey(CriteriaVersion, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(max_length=60)
    group = models.SlugField(max_length=60)
    name = TranslatedField()
    weight = models.PositiveSmallIntegerField()
    effort = models.PositiveSmallIntegerField(default=3)
    choices = models.JSONField(default=list)
    ask = models.JSONField(default=dict)
    fact = models.CharField(max_length=40, blank=True)
    steps = models.JSONField(default=dict)
    order = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="criterion_once_a_version"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="criterion_weighs_something"),
            models.CheckConstraint(condition=Q(effort__range=(1, 5)), name="effort_from_one_to_five"),
        ]
        ordering = ["version", "order"]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def answers(self) -> dict[str, tuple[int, Translated]]:
        """Code of an answer → its points and its words."""
        return {each["code"]: (each["points"], Translated.kept(each["name"])) for each in self.choices}


class AssessmentRound(models.Model):
    """One run over the concessions of a place, by one version of the criteria, led by one office.

    tier  that a round runs is no secret within government and for those asked; what came of it follows the concession
    """

    scope = policy.ROUND_SCOPE

    slug = models.SlugField(max_length=60, unique=True)
    name = TranslatedField(_("name"))
    version = models.ForeignKey(
        CriteriaVersion, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("criteria")
    )
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("led by"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    sector = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only this sector"),
        limit_choices_to={"scheme": "sector"},
    )  # fmt: skip
    opens_on = models.DateField(_("from"))
    due_on = models.DateField(_("answers until"))
    closed_at = models.DateTimeField(null=True, editable=False)
    tier = models.CharField(max_length=10, default=Tier.GOVERNMENT.value, editable=False)
    made_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="round_lasts_a_day",
                violation_error_message=_("Answers are due before the round begins. Correct one of the days."),
            )
        ]
        ordering = ["-opens_on", "slug"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("concessions:round", args=[self.slug])


class AssessmentState(models.TextChoices):
    DRAFT = "draft", _("Reckoned, not validated")
    VALIDATED = "validated", _("Validated")
    REOPENED = "reopened", _("Opened again")
    SUPERSEDED = "superseded", _("Followed by a later one")


# in which the grade of the last validation still stands for the concession
STANDING = (AssessmentState.VALIDATED, AssessmentState.REOPENED)


class Assessment(models.Model):
    """What a round came to for one concession: as reckoned now, and as it was validated last.

    grade    letter, NOT_GRADABLE, or empty before the first reckoning        score  0–100, None without a grade
    missing  per cent of the weight of which nothing is known
    points   criterion → points (0–4) that count, None where nothing is known
    said     criterion → {source → points}: register, government, company, village:CODE
    reasons, lifts   see calculations.assessment
    inputs   what it was reckoned from: {"version", "facts", "answers", "settled"}
    changed  since the last validation: [["fact", name, old, new], ["answer", criterion, respondent] …]
    valid_*  as validated last
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="assessments")
    round = models.ForeignKey(AssessmentRound, on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField(max_length=10, choices=AssessmentState, default=AssessmentState.DRAFT)
    grade = models.CharField(max_length=4, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    missing = models.DecimalField(max_digits=5, decimal_places=2, default=100)
    points = models.JSONField(default=dict)
    said = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    lifts = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    changed = models.JSONField(default=list)
    reckoned_at = models.DateTimeField(null=True)
    valid_grade = models.CharField(max_length=4, blank=True)
    valid_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    validated_at = models.DateTimeField(null=True)
    validated_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concession", "round"], name="assessed_once_a_round"),
            models.UniqueConstraint(
                fields=["concession"], condition=Q(state__in=["validated", "reopened"]), name="one_standing_grade"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["validated", "reopened"])
                | (Q(validated_at__isnull=False) & ~Q(valid_grade="")),
                name="standing_grade_was_validated",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | ~Q(grade__in=["", NOT_GRADABLE]), name="no_score_without_a_grade"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "grade"], name="assessment_grade"),
            models.Index(fields=["state", "valid_grade"], name="assessment_standing"),
        ]
        ordering = ["concession", "-round"]

    def __str__(self) -> str:
        return f"{self.concession}: {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("concessions:assessment", args=[self.concession.reference, self.round.slug])


class AssessmentStep(models.Model):
    """What happened to an assessment: reckoned, validated, opened again by what. Append-only.

    grade, score, missing  as they were from then on       changed  what opened it again, as in Assessment
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=AssessmentState)
    grade = models.CharField(max_length=4, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    missing = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    changed = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="assessment_step_is_kept", operation=KEPT)]
        ordering = ["assessment", "id"]

    def __str__(self) -> str:
        return f"{self.assessment_id}: {self.state}"
