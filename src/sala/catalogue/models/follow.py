"""Somebody wants to hear of new editions: of one dataset, of a topic, of a place, of an organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.catalogue import policy
from sala.people.models import Person


class Followed(models.TextChoices):
    DATASET = "dataset", _("dataset")
    TOPIC = "topic", _("topic")
    PLACE = "place", _("place")
    ORGANISATION = "organisation", _("organisation")


class Follow(models.Model):
    """One person follows one thing. It is that person's own affair: not in the journal, gone with the person.

    subject_id  of the dataset, term, area or organisation, by `kind`
    """

    scope = policy.FOLLOW_SCOPE

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="follows")
    kind = models.CharField(max_length=12, choices=Followed)
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id", "person"], name="followed_once")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
