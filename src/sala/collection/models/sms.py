"""Short messages that came in: their number and what was replied, so that one that comes again is answered alike."""

from django.db import models

from sala.collection.models.submission import Submission


class ShortMessage(models.Model):
    """message_id  the gateway's number of it. Neither its words nor the sender's telephone are kept: the answer is."""

    message_id = models.CharField(max_length=200, unique=True)
    reply = models.TextField(blank=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.message_id
