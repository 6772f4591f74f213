"""A kept analysis: its recipe, the very editions it was made of, and its result. It is never altered, only made again."""

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import TIER_NAMES, Tier
from sala.catalogue.models import Edition
from sala.maps import policy
from sala.people.models import Organisation, Position


class AnalysisKind(models.TextChoices):
    HERE = "here", _("What is here")
    PLACES = "places", _("Two places compared")
    ZONAL = "zonal", _("Figures by area")
    SUITABILITY = "suitability", _("Suitability")
    COMPARISON = "comparison", _("Two scenarios compared")


TIER_CHOICES = [(tier.value, TIER_NAMES[tier]) for tier in (Tier.OWN, Tier.GOVERNMENT, Tier.PUBLIC)]


@pghistory.track(fields=["title", "tier"])
class Analysis(models.Model):
    """What somebody asked of a place or of several layers, so that it can be read, printed and made again.

    reference  year and the first digits of the digest: its address
    recipe     what was asked, as plain data; with the inputs it decides the result
    result     figures, as plain data       raster, picture  SHA-256 of files made with it, empty without
    digest     SHA-256 over recipe, inputs and result, printed on the paper
    repeats    the analysis of which this is the same recipe with newer editions
    """

    scope = policy.ANALYSIS_SCOPE

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=AnalysisKind)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="analyses", verbose_name=_("owner"))
    author = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.OWN)
    recipe = models.JSONField()
    result = models.JSONField()
    digest = models.CharField(max_length=64)
    raster = models.CharField(max_length=64, blank=True)
    picture = models.CharField(max_length=64, blank=True)
    repeats = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="again")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(repeats=models.F("id")), name="analysis_does_not_repeat_itself"),
        ]
        indexes = [models.Index(fields=["-made_at"], name="analysis_newest")]
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("analyses:analysis", args=[self.reference])

    @property
    def is_invented(self) -> bool:
        """What is made of invented data is invented."""
        return self.inputs.filter(edition__distribution__dataset__is_invented=True).exists()


class AnalysisInput(models.Model):
    """An edition that an analysis was made of, with the hash of its file at that time."""

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="inputs")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["analysis", "edition"], name="analysis_input_once")]
        ordering = ["edition_id"]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.sha256[:12]}"
