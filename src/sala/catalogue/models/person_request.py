"""Somebody without a post asks an office for data or a document that is closed to them, and what the office answered."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.catalogue import policy
from sala.people.models import Organisation, Person, Position


class PersonDecision(models.TextChoices):
    OPEN = "", _("Not decided yet")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")


class PersonRequest(models.Model):
    """One request of one person to one office; gone with the person.

    position  the post on whose desk it stands        due_on  last day on which an answer is in time
    answer    what the office says to it: where to find it, how it comes, or why not
    """

    scope = policy.PERSON_REQUEST_SCOPE

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_requests")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    wanted = models.CharField(_("what is asked for"), max_length=300)
    purpose = models.TextField(_("what it is needed for"))
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    decision = models.CharField(max_length=10, choices=PersonDecision, blank=True, default=PersonDecision.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "owner"], condition=Q(decision=""), name="person_asks_an_office_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["", "withdrawn"], answered_at__isnull=True)
                | (Q(decision__in=["granted", "refused"], answered_at__isnull=False) & ~Q(answer="")),
                name="person_request_is_answered_in_words",
            ),
        ]
        indexes = [models.Index(fields=["position", "decision"], name="person_request_desk")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.wanted

    def get_absolute_url(self) -> str:
        return reverse("catalogue:person_request", args=[self.pk])
