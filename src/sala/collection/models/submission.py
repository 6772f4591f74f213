"""What came in, kept as it came: the answer's XML, its files, and every step taken on it. Nothing here is ever altered."""

from datetime import datetime, time

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sala.collection import policy
from sala.collection.models.form import Form, FormVersion
from sala.people.models import Position

KEPT = pgtrigger.Update | pgtrigger.Delete


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    BROWSER = "browser", _("Browser")
    PAPER = "paper", _("Typed in from paper")
    SMS = "sms", _("SMS")
    IMPORT = "import", _("File")


class HandedHow(models.TextChoices):
    """How what was typed in reached the office."""

    PAPER = "paper", _("On paper")
    TELEPHONE = "telephone", _("By telephone")
    COUNTER = "counter", _("At the counter")


class Submission(models.Model):
    """One instance of a form as it was sent.

    instance_id  named by whoever made it, unique everywhere     deprecated_id  the instance that this one corrects
    root, number the first instance of the line of corrections and its place in the line; root is empty for a first one,
                 and for a correction that came before what it corrects
    xml, sha256  exactly what was sent           files_named  attachments that the XML names; which came: SubmissionFile
    said_for     the row of a round that its sender chose on the page, where the answer itself does not name the subject
    handed_in_on, given_by, handed_how   of what was typed in: the day on which it reached the office, who gave it, and how
    version      null where the form has no such version: the answer is kept and waits
    person_id, token_id  numbers only, as in the journal
    """

    scope = policy.SUBMISSION_SCOPE

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="submissions")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, null=True, related_name="submissions")
    instance_id = models.CharField(max_length=200, unique=True)
    deprecated_id = models.CharField(max_length=200, blank=True)
    said_for = models.ForeignKey("collection.Expected", on_delete=models.PROTECT, null=True, related_name="+")
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    number = models.PositiveSmallIntegerField(default=1)
    xml = models.TextField()
    sha256 = models.CharField(max_length=64)
    files_named = ArrayField(models.CharField(max_length=200), default=list)
    channel = models.CharField(max_length=8, choices=Channel)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="sent_answers")
    person_id = models.BigIntegerField(null=True)
    token_id = models.BigIntegerField(null=True)
    device_id = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    handed_in_on = models.DateField(null=True)
    given_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    handed_how = models.CharField(max_length=10, choices=HandedHow, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deprecated_id="", root__isnull=True, number=1) | (~Q(deprecated_id="") & Q(number__gt=1)),
                name="correction_names_what_it_corrects",
            ),
            models.CheckConstraint(condition=~Q(root=F("id")), name="instance_is_not_its_own_correction"),
        ]
        triggers = [pgtrigger.Protect(name="submission_is_kept", operation=KEPT)]
        indexes = [
            models.Index(fields=["form", "-id"], name="submission_form"),
            models.Index(fields=["position", "-id"], name="submission_position"),
            models.Index(fields=["deprecated_id"], condition=~Q(deprecated_id=""), name="submission_corrects"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.instance_id

    def get_absolute_url(self) -> str:
        return reverse("collection:answer", args=[self.pk])

    @property
    def came_at(self) -> datetime:
        """When it reached the office: within the day on which it was handed in, where that is known; else when it was received."""
        if self.handed_in_on is None:
            return self.received_at
        noon = datetime.combine(self.handed_in_on, time(12), timezone.get_default_timezone())
        return min(noon, self.received_at)


class SubmissionFile(models.Model):
    """A photo, sound or other file of an answer, by the hash of its content."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "name"], name="submission_file_once")]
        triggers = [pgtrigger.Protect(name="submission_file_is_kept", operation=KEPT)]
        ordering = ["submission", "name"]

    def __str__(self) -> str:
        return self.name


class Unread(models.Model):
    """A submission that is not read yet. A row of its own each, so that no two senders wait for each other."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, primary_key=True, related_name="unread")

    def __str__(self) -> str:
        return str(self.submission_id)


class AnswerStep(models.Model):
    """One thing done to an answer: who, when, in which post, with what words.

    step     verb of collection.states; before and after: states of its Reading
    remarks  words to single questions: [{"path": of the question, "label": text, "reason": text}]
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="steps")
    before = models.CharField(max_length=10)
    step = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    at = models.DateTimeField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    person_id = models.BigIntegerField(null=True)
    note = models.TextField(blank=True)
    remarks = models.JSONField(default=list)

    class Meta:
        triggers = [pgtrigger.Protect(name="answer_step_is_kept", operation=KEPT)]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.step}: {self.submission_id}"
