"""Outgoing messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.people import policy
from sala.people.models.person import Person


class MessageState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class MessageChannel(models.TextChoices):
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Short message")


class Message(models.Model):
    """One mail or short message to one person about one subject in one wave; never made twice, and never by both.

    address  where it goes instead of to the person's own address: to the one that is to become it
    """

    scope = policy.MESSAGE_SCOPE

    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    wave = models.CharField(max_length=60)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=10, choices=MessageChannel, default=MessageChannel.MAIL)
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "wave", "person"], name="message_once")
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
