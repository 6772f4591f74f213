"""A layer: a part of a dataset, or rows of a noun as they are now, given a name, a topic and a style."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.catalogue.models import Dataset, Distribution
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.maps import policy


class LayerKind(models.TextChoices):
    VECTOR = "vector", _("Shapes")
    RASTER = "raster", _("Picture")


@pghistory.track()
class Layer(models.Model):
    """What a reader switches on and off on the map.

    distribution  the part whose newest edition that the reader may see is drawn; empty for a live layer
    live, part    key of a noun in settings.SALA_LAYERS, and which of its rows (such as a level of areas)
    columns       properties that go into tiles, feature pages and downloads of the map; empty: all of them
    label         column whose text is written on the map
    """

    scope = policy.LAYER_SCOPE
    choosing = Choosing("code", ("title",), ("topic",))

    code = models.SlugField(_("address (latin letters)"), max_length=60, unique=True)
    title = TranslatedField(_("title"))
    description = TranslatedField(_("description"), blank=True, long=True)
    topic = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic"),
        limit_choices_to={"scheme": "topic"},
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=6, choices=LayerKind, default=LayerKind.VECTOR)
    distribution = models.ForeignKey(
        Distribution, on_delete=models.PROTECT, null=True, blank=True, related_name="layers", verbose_name=_("part")
    )
    live = models.CharField(max_length=40, blank=True)
    part = models.CharField(max_length=60, blank=True)
    is_live = models.BooleanField(default=False, editable=False)
    columns = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("columns shown"))
    label = models.CharField(_("column written on the map"), max_length=100, blank=True)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_live=False, distribution__isnull=False, live="")
                | (Q(is_live=True, distribution__isnull=True) & ~Q(live="")),
                name="layer_has_one_source",
            )
        ]
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("maps:layer", args=[self.code])

    @property
    def map_url(self) -> str:
        """The explorer with this layer alone."""
        return f"{reverse('maps:explorer')}?layers={self.code}"

    @property
    def dataset(self) -> Dataset | None:
        return self.distribution.dataset if self.distribution else None
