"""Offices honoured for their answers of one year, with the counts as they stood that day."""

from django.db import models
from django.db.models import F, Q

from sala.documents.models import IssuedDocument
from sala.duties import policy
from sala.people.models import Organisation, Position


class Honour(models.Model):
    """An office on the list of honour of a year. Counts, not shares: a reader can add and check them.

    asked       answers that fell due in the year           in_time     those first given by their due date
    complete    those accepted in the end                   first_pass  those accepted without ever being returned
    paper       the certificate; position: the post that gave it
    """

    scope = policy.HONOUR_SCOPE

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="honours")
    year = models.PositiveSmallIntegerField()
    asked = models.PositiveIntegerField()
    in_time = models.PositiveIntegerField()
    complete = models.PositiveIntegerField()
    first_pass = models.PositiveIntegerField()
    paper = models.OneToOneField(IssuedDocument, on_delete=models.PROTECT, related_name="honour")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="office_honoured_once_a_year"),
            models.CheckConstraint(
                condition=Q(in_time__lte=F("asked"), complete__lte=F("asked"), first_pass__lte=F("complete")),
                name="honour_counts_within_what_was_asked",
            ),
        ]
        ordering = ["-year", "organisation__code"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"
