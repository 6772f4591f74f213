"""Findings: what does not fit, with its figures, and what was decided about it. Situations: what the authorities call it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.concessions import policy
from sala.concessions.models.change import KEPT
from sala.concessions.models.concession import Concession
from sala.documents.models import Document
from sala.people.models import Position


class FindingCode(models.TextChoices):
    """What a finding is about; how it is reckoned stands in calculations.findings."""

    AREA_DIFFERENCE = "area_difference", _("Drawn and granted hectares differ")
    DEVELOPED_MORE = "developed_more", _("More is developed than granted")
    OUTSIDE = "outside", _("Developed outside the granted area")
    OVERLAP = "overlap", _("Overlaps another grant")
    LAYER = "layer", _("Lies in a layer that constrains")
    BEYOND_POWER = "beyond_power", _("Granted beyond the power of the level")
    SPLIT = "split", _("Granted in parts beyond the power of the level")
    MORATORIUM = "moratorium", _("Approved while approvals were stopped")
    BEYOND_TERM = "beyond_term", _("Term longer than allowed")
    DUPLICATE = "duplicate", _("May be entered twice")
    PAPER_MISSING = "paper_missing", _("A paper is missing")


CONFIRMABLE = (FindingCode.OVERLAP,)  # what makes a conflict once an office says that it is so


class FindingState(models.TextChoices):
    OPEN = "open", _("Open")
    CONFIRMED = "confirmed", _("Confirmed")
    EXPLAINED = "explained", _("Explained")
    ACCEPTED = "accepted", _("Accepted as an exception")
    CORRECTED = "corrected", _("Corrected")


UNSETTLED = (FindingState.OPEN, FindingState.CONFIRMED)  # still does not fit, and nothing explains or allows it


class Finding(models.Model):
    """One thing that does not fit, of one concession. Reckoned anew every night and after each change.

    key       what else it is about: reference of the other concession, code of the layer, role of the paper; "grant:12" for
              a grant, or the first one of a decision
    figures   plain values it was reckoned from; hectares as text with two decimals
    inputs    versions: {"rule": id or null, "edition": id or null, "version": of the concession}
    state     open or corrected as reckoned; explained and accepted by a person, until the figures change; confirmed by a
              person (an overlap), until it is there no more
    reason    of the exception: code of the scheme "moratorium-answer" or words
    """

    scope = policy.FINDING_SCOPE

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=16, choices=FindingCode)
    key = models.CharField(max_length=60, blank=True)
    is_grave = models.BooleanField(default=False)
    figures = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.OPEN)
    reason = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()
    computed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concession", "code", "key"], name="finding_once"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(document__isnull=False),
                name="exception_has_a_document",
                violation_error_message=_("An exception needs the document that allows it."),
            ),
            models.CheckConstraint(condition=~Q(state="explained") | ~Q(reason=""), name="explanation_has_words"),
        ]
        indexes = [models.Index(fields=["state", "code"], name="finding_state_code")]
        ordering = ["-is_grave", "code", "id"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.code} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("concessions:finding", args=[self.pk])


class FindingStep(models.Model):
    """What happened to a finding: found, changed, decided, gone. Append-only."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="steps")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, choices=FindingState)
    figures = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="finding_step_is_kept", operation=KEPT)]
        ordering = ["finding", "id"]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.before} → {self.after}"


class SituationCode(models.TextChoices):
    """The seven classes of the authorities, the idle, and what is still or no longer in the procedure."""

    GHOST = "ghost", _("Ghost: on paper only")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    IMPLEMENTING = "implementing", _("At work")
    NO_GRANT = "no_grant", _("Without lease or concession")
    CONFLICT = "conflict", _("In conflict")
    PRIVATE = "private", _("State land moved to private use")
    IDLE = "idle", _("Idle")
    PROCEDURE = "procedure", _("In the procedure")
    CLOSED = "closed", _("Closed in order")


class Situation(models.Model):
    """What a concession was called from a day until the day before another; one row a change, not one a night.

    reasons    codes with values, such as [["no_agreement"], ["ended_on", "2024-01-31"]]
    next_step  code of what should be done (calculations.situations)
    until      first day on which it is called otherwise; empty for the present
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="situations")
    code = models.CharField(max_length=14, choices=SituationCode)
    reasons = models.JSONField(default=list)
    next_step = models.CharField(max_length=30, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concession"], condition=Q(until__isnull=True), name="one_present_situation"
            ),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="situation_lasts"),
        ]
        indexes = [models.Index(fields=["code", "until"], name="situation_code")]
        ordering = ["concession", "-since"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.code}"
