"""Questions answered once for all: a thread on a call or on any other subject, seen by whoever sees that subject."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.people.models import Position


class Thread(models.Model):
    """One question and what was said to it.

    asked_by     post that asked; empty when somebody without a post did
    due_on       last day by which an answer was promised; empty: none was promised
    answered_at  when the side that must answer did so for the first time; empty: it still waits
    """

    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    asked_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="questions")
    made_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="thread_subject"),
            models.Index(fields=["answers"], condition=Q(answered_at__isnull=True), name="thread_waits"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"


class ThreadEntry(models.Model):
    """What one side wrote, in plain text. Never changed; a wrong one is hidden with a reason."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="entries")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    person_id = models.BigIntegerField(null=True)
    text = models.TextField(_("text"))
    is_answer = models.BooleanField(default=False)
    at = models.DateTimeField()
    hidden_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="thread_entry_says_something")]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]
