"""A theme map: some layers in order, with a title and a start, curated for a front door and a topic."""

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import TIER_NAMES, Tier
from sala.core import subjects
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.maps import policy
from sala.maps.models.layer import Layer
from sala.people.models import Organisation

TIERS = [(tier.value, TIER_NAMES[tier]) for tier in (Tier.PUBLIC, Tier.GOVERNMENT, Tier.OWN)]


@pghistory.track()
class ThemeMap(models.Model):
    """Which layers belong together. Each reader gets those of them that the reader may see.

    portal  code of the front door on which it is offered; empty: on each
    west, south, east, north  where it opens, in degrees; empty: around its layers
    """

    scope = policy.THEME_MAP_SCOPE
    choosing = Choosing("code", ("title",), ("owner",))

    code = models.SlugField(_("address (latin letters)"), max_length=60, unique=True)
    title = TranslatedField(_("title"))
    description = TranslatedField(_("description"), blank=True, long=True)
    topic = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"),
        limit_choices_to={"scheme": "topic"},
    )  # fmt: skip
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="theme_maps", verbose_name=_("curated by")
    )
    portal = models.SlugField(_("front door"), blank=True)
    tier = models.CharField(_("open to"), max_length=12, choices=TIERS, default=Tier.PUBLIC.value)
    west = models.FloatField(_("west"), null=True, blank=True)
    south = models.FloatField(_("south"), null=True, blank=True)
    east = models.FloatField(_("east"), null=True, blank=True)
    north = models.FloatField(_("north"), null=True, blank=True)
    is_published = models.BooleanField(default=False, editable=False)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(west__isnull=True, south__isnull=True, east__isnull=True, north__isnull=True)
                | Q(west__gte=-180, west__lt=models.F("east"), east__lte=180, south__gte=-90,
                    south__lt=models.F("north"), north__lte=90),
                name="theme_map_opens_somewhere",
                violation_error_message=_(
                    "Give west, south, east and north in degrees, west less than east and south less than north, or none."
                ),
            )
        ]  # fmt: skip
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.title)

    def clean(self) -> None:
        doors = subjects.by_noun("portal").model_class._default_manager
        if self.portal and not doors.filter(code=self.portal).exists():
            raise ValidationError({"portal": _("There is no such front door. Choose one of the list, or none.")})

    def get_absolute_url(self) -> str:
        return reverse("maps:theme_map", args=[self.code])

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return self.west, self.south, self.east, self.north


class MapLayer(models.Model):
    """A layer in a theme map; the first one lies on top."""

    theme_map = models.ForeignKey(ThemeMap, on_delete=models.CASCADE, related_name="layers")
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="+", verbose_name=_("layer"))
    order = models.PositiveSmallIntegerField(default=0)
    opacity = models.PositiveSmallIntegerField(_("opacity in per cent"), default=80)
    is_on = models.BooleanField(_("switched on"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["theme_map", "layer"], name="layer_once_a_map"),
            models.CheckConstraint(condition=Q(opacity__lte=100), name="opacity_in_per_cent"),
        ]
        ordering = ["order", "id"]
