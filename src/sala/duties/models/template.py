"""Calls to be used again: by another office, or by the calendar."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import TIER_NAMES, Tier
from sala.core.columns import TranslatedField
from sala.duties import policy
from sala.duties.models.call import Call
from sala.people.models import Position


class Rhythm(models.TextChoices):
    NONE = "", _("Not by itself")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")
    YEARLY = "yearly", _("Every year")


TEMPLATE_TIERS = [(tier.value, TIER_NAMES[tier]) for tier in (Tier.OWN, Tier.GOVERNMENT)]


class CallTemplate(models.Model):
    """A call that is carried forward: texts, posts asked and what is asked come from the call made last.

    source        the call it was made from; last: the newest call made of it
    tier          government: offices of the whole government may start from it
    rhythm        when the calendar makes the next one; next_on is the day it does
    opens_itself  issue it on that day when nothing is missing; else the draft waits on the issuer's desk
    rounds        number of the newest round the calendar made, counted from the source in steps of the rhythm
    trouble       why the calendar could not draft the round that is due; shown on the desk
    """

    scope = policy.TEMPLATE_SCOPE

    name = TranslatedField(_("name"))
    note = TranslatedField(_("for whom, and how to use it"), blank=True)
    source = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="templates")
    last = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="call_templates")
    tier = models.CharField(_("who may use it"), max_length=12, choices=TEMPLATE_TIERS, default=Tier.OWN.value)
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm, default=Rhythm.NONE, blank=True)
    next_on = models.DateField(_("next on"), null=True, blank=True)
    opens_itself = models.BooleanField(_("issue it by itself when nothing is missing"), default=False)
    rounds = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True, default="")
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm="") | Q(next_on__isnull=False) | Q(retired=True), name="rhythm_has_its_next_day"
            )
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("duties:template", args=[self.pk])
