"""What one post must deliver to a call, how far it is, who reviews it, and every step it took."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.duties import policy
from sala.duties.models.call import Call
from sala.duties.states import CHECKED, ENDED, OPEN, State, Step
from sala.people.models import Position
from sala.places.models import Area


class Assignment(models.Model):
    """One post's part in a call.

    validating_position  the post that accepts in the end; empty: the issuer
    levels, level        reviews between the post asked and that one, and how many of them have approved (model Review)
    waits_for            whose move it is now; empty once the assignment has ended
    parent               the assignment that sums this one up, such as a province's over its districts'
    subject              the one row this assignment is about, where a call asks the same of many (438 concessions)
    due_on               as it stands today: the call's date, or a granted extension's
    next_on              when an answer that is not available now is expected
    expected, covered    child assignments, and those of them that were accepted, when this one was approved
    """

    scope = policy.ASSIGNMENT_SCOPE

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="assignments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="assignments")
    validating_position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="validations")
    waits_for = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="waiting")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    period = models.CharField(max_length=30, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=14, choices=State, default=State.DRAFT)
    levels = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    answer = models.TextField(blank=True)
    evidence = models.JSONField(default=list, blank=True)
    reason = models.TextField(blank=True)
    next_on = models.DateField(null=True)
    submissions = models.PositiveSmallIntegerField(default=0)
    returns = models.PositiveSmallIntegerField(default=0)
    first_submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    expected = models.PositiveIntegerField(null=True)
    covered = models.PositiveIntegerField(null=True)
    self_checked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "position", "area", "period", "subject_type", "subject_id"],
                nulls_distinct=False,
                name="assignment_once_a_call",
            ),
            models.CheckConstraint(
                condition=Q(validating_position__isnull=True)
                | ~Q(validating_position=F("position"))
                | Q(self_checked=True),
                name="nobody_checks_their_own_work",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(due_on__isnull=False),
                name="assignment_has_a_due_date",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(state__in=list(ENDED), waits_for__isnull=True)
                | Q(state__in=list(OPEN), waits_for__isnull=False),
                name="open_assignment_waits_for_a_post",
            ),
            models.CheckConstraint(condition=Q(level__lte=F("levels")), name="assignment_level_within_levels"),
            models.CheckConstraint(
                condition=Q(expected__isnull=True) | Q(covered__lte=F("expected")), name="coverage_within_expected"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="assignment_is_not_its_own_parent"),
        ]
        indexes = [
            models.Index(fields=["waits_for", "state", "due_on"], name="assignment_waits_for"),
            models.Index(fields=["position", "state", "due_on"], name="assignment_desk"),
            models.Index(fields=["validating_position", "state"], name="assignment_checking"),
            models.Index(fields=["call", "state"], name="assignment_dashboard"),
            models.Index(fields=["subject_type", "subject_id"], name="assignment_subject"),
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
    def is_checked(self) -> bool:
        """It lies with those who check."""
        return self.state in CHECKED

    @property
    def checker(self) -> Position:
        """The post that accepts: the validating post, or the issuer where none is named."""
        return self.validating_position or self.call.issuer


class Review(models.Model):
    """A level of review of one assignment, counted from 1, and the post that makes it."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="reviews")
    level = models.PositiveSmallIntegerField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="reviews")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "level"], name="review_level_once"),
            models.CheckConstraint(condition=Q(level__gte=1), name="review_levels_count_from_one"),
        ]
        ordering = ["assignment", "level"]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.level}: {self.position}"


class AssignmentStep(models.Model):
    """One move of an assignment, never altered: from, step, to, when, in which post, with the words and proofs given.

    person_id  a number only, as in the journal, so that a person can be erased
    remarks    reasons to single items: [{"item": key, "label": text, "reason": text}]
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="steps")
    before = models.CharField(max_length=14, choices=State)
    step = models.CharField(max_length=16, choices=Step)
    after = models.CharField(max_length=14, choices=State)
    level = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    person_id = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)
    evidence = models.JSONField(default=list)
    remarks = models.JSONField(default=list)

    class Meta:
        triggers = [pgtrigger.Protect(name="assignment_step_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes = [models.Index(fields=["position", "-id"], name="assignment_step_position")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.step}: {self.assignment_id}"


class Waiver(models.Model):
    """A named gap: the assignment above is approved although this child is missing, with the reason, until a day."""

    parent = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="waivers")
    child = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="waived_in")
    reason = models.TextField()
    until = models.DateField(null=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="gap_named_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="gap_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id}: {self.child_id}"


class Extension(models.Model):
    """More time asked for an assignment, and what was decided. Nothing decided yet: granted is empty.

    granted_days  working days that the grant added, where the call's own date was promised in working days: the new
                  date is then reckoned anew when the calendar changes
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="extensions")
    until = models.DateField(_("new due date"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    granted_until = models.DateField(null=True)
    granted_days = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(granted__isnull=True), name="one_extension_open_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
            models.CheckConstraint(
                condition=Q(granted__isnull=True, decided_at__isnull=True)
                | Q(granted=True, granted_until__isnull=False, decided_at__isnull=False)
                | (Q(granted=False, decided_at__isnull=False) & ~Q(answer="")),
                name="extension_decided_wholly",
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.until}"
