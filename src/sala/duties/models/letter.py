"""Letters of a call: numbered papers that say what is asked, of whom and until when."""

from django.db import models

from sala.documents.models import IssuedDocument
from sala.duties.models.assignment import Assignment
from sala.duties.models.call import Call


class CallLetter(models.Model):
    """A circular to all posts that a call asks, or a letter to one of them whose date was changed.

    due_on     the last day in time, as the paper says it; the paper keeps it whatever the calendar does later
    follows    the letter it replaces; for a letter to one post, the circular that it changes
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="letters")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, related_name="letters")
    paper = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.paper.number
