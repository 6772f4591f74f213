"""The release calendar: editions announced before they are there."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.catalogue import policy
from sala.catalogue.models.dataset import Dataset
from sala.catalogue.models.edition import Edition


class PlannedRelease(models.Model):
    """A dataset's edition for a period is announced for a day. What was announced first stays to be seen.

    day       the day it holds now          first_day  the day first announced
    edition   that kept the announcement    reason     why the day was moved or the release was called off
    """

    scope = policy.RELEASE_SCOPE

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="releases")
    period = models.CharField(_("period it covers"), max_length=21)
    day = models.DateField(_("day of release"))
    first_day = models.DateField()
    edition = models.ForeignKey(Edition, on_delete=models.SET_NULL, null=True, related_name="+")
    is_called_off = models.BooleanField(default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "period"], condition=Q(is_called_off=False), name="release_announced_once"
            ),
            models.CheckConstraint(
                condition=Q(day=models.F("first_day"), is_called_off=False) | ~Q(reason=""), name="moved_with_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["day"], name="release_day")]
        ordering = ["day", "id"]

    def __str__(self) -> str:
        return f"{self.dataset} {self.period}"

    def get_absolute_url(self) -> str:
        return f"{reverse('exchange:releases')}#release-{self.pk}"
