"""Duties of posts, calls, and the assignments that answer them. All work hangs on a position, never on a person.

A duty or a call may be about a row of any noun: subject_type and subject_id, found through sala.core.subjects.
"""

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Tier
from sala.core.columns import TranslatedField
from sala.documents.models import Document
from sala.documents.models.document import TIER_CHOICES
from sala.duties import policy
from sala.duties.states import OPEN, State, Step
from sala.people.models import Position
from sala.places.models import Area

PERIOD_HELP = _("2019, 2019-Q3, 2019-07 or 2015/2019.")


class DutyKind(models.TextChoices):
    OWNS = "owns", _("Owns")
    REPORTS = "reports", _("Reports")
    VALIDATES = "validates", _("Validates")
    APPROVES = "approves", _("Approves")
    PUBLISHES = "publishes", _("Publishes")
    MAINTAINS = "maintains", _("Maintains")


@pghistory.track()
class Duty(models.Model):
    """A post owns, reports, validates … a subject (any noun), in an area or everywhere, on a legal basis, for a time."""

    scope = policy.DUTY_SCOPE

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="duties", verbose_name=_("post"))
    kind = models.CharField(_("kind"), max_length=12, choices=DutyKind)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legal basis")
    )
    valid = DateRangeField()
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="subject_has_one_owner_a_day",
                expressions=[
                    ("subject_type", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    (Coalesce(F("area"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="owns"),
            ),
            ExclusionConstraint(
                name="duty_stands_once",
                expressions=[
                    ("position", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("subject_type", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    (Coalesce(F("area"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="duty_subject")]
        ordering = ["subject_type", "subject_id", "kind", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.position}"

    def get_absolute_url(self) -> str:
        return reverse("duties:duty", args=[self.pk])


class CallKind(models.TextChoices):
    DATA_CALL = "data-call", _("Data call")
    FORM_ROUND = "form-round", _("Form round")
    ORDER = "order", _("Order")
    RECOMMENDATION = "recommendation", _("Recommendation")
    ANSWER = "answer", _("Request for an answer")
    REPORT = "report", _("Report")


class CallState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


@pghistory.track()
class Call(models.Model):
    """Something asked of posts: why, on which legal basis, how exactly, until when.

    tier       public: everybody sees what was asked and how it stands; own: only those who take part
    is_issued  it left the draft; a draft is seen by the issuing organisation only
    """

    scope = policy.CALL_SCOPE

    reference = models.CharField(max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=CallKind)
    title = TranslatedField(_("title"))
    purpose = TranslatedField(_("purpose"), blank=True, long=True)
    instruction = TranslatedField(_("instruction"), blank=True, long=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legal basis")
    )
    issuer = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="calls", verbose_name=_("issued by"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    period = models.CharField(_("period"), max_length=30, blank=True, help_text=PERIOD_HELP)
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.DRAFT)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.OWN.value)
    is_issued = models.BooleanField(default=False)
    is_invented = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(due_on__isnull=True) | Q(opens_on__lte=F("due_on")),
                name="call_opens_before_it_is_due",
            ),
            models.CheckConstraint(
                condition=Q(is_issued=False)
                | (~Q(purpose={}) & ~Q(instruction={}) & Q(due_on__isnull=False) & Q(opens_on__isnull=False)),
                name="issued_call_says_why_how_and_until_when",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", is_issued=False) | Q(state="withdrawn") | Q(is_issued=True),
                name="call_past_its_draft_is_issued",
            ),
            models.CheckConstraint(
                condition=Q(subject_type="", subject_id__isnull=True)
                | (~Q(subject_type="") & Q(subject_id__isnull=False)),
                name="call_names_its_subject_wholly",
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="call_subject")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("duties:call", args=[self.reference])

    @property
    def is_public(self) -> bool:
        return self.tier == Tier.PUBLIC


class Assignment(models.Model):
    """What one post must deliver to a call, and how far it is. Its steps keep every answer and every reason."""

    scope = policy.ASSIGNMENT_SCOPE

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="assignments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="assignments")
    validating_position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="validations")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    period = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    due_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    evidence = models.JSONField(default=list, blank=True)
    reason = models.TextField(blank=True)
    submissions = models.PositiveSmallIntegerField(default=0)
    returns = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "position", "area", "period"], nulls_distinct=False, name="assignment_once_a_call"
            ),
            models.CheckConstraint(
                condition=Q(validating_position__isnull=True) | ~Q(validating_position=F("position")),
                name="nobody_checks_their_own_work",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(due_on__isnull=False),
                name="assignment_has_a_due_date",
            ),
        ]
        indexes = [
            models.Index(fields=["position", "state", "due_on"], name="assignment_desk"),
            models.Index(fields=["validating_position", "state"], name="assignment_checking"),
        ]
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return f"{self.call.reference}: {self.position.title}"

    def get_absolute_url(self) -> str:
        return reverse("duties:assignment", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def checker(self) -> Position:
        """The post that returns or accepts: the validating post, or the issuer where none is named."""
        return self.validating_position or self.call.issuer


class AssignmentStep(models.Model):
    """One move of an assignment, never altered: from, step, to, when, in which post, with the words and proofs given.

    person_id is a number only, as in the journal, so that a person can be erased.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="steps")
    before = models.CharField(max_length=12, choices=State)
    step = models.CharField(max_length=12, choices=Step)
    after = models.CharField(max_length=12, choices=State)
    at = models.DateTimeField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    person_id = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)
    evidence = models.JSONField(default=list)

    class Meta:
        triggers = [pgtrigger.Protect(name="assignment_step_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.step}: {self.assignment_id}"
