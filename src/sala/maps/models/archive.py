"""Published tiles of one edition in one file that any web server or CDN can hand out by byte ranges."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.catalogue.models import Edition
from sala.maps.models.layer import Layer


class ArchiveState(models.TextChoices):
    BUILDING = "building", _("Being built")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class TileArchive(models.Model):
    """A PMTiles file. Its address names what is in it, so what was fetched from there never becomes wrong.

    digest    of the edition's features and of the columns shown (hex, 32 signs)
    columns   properties that its features carry     has_labels   whether points for names are in a layer of their own
    min_zoom, max_zoom   levels in the file; above the last one its tiles are enlarged
    """

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="archives")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    columns = ArrayField(models.CharField(max_length=100), default=list)
    has_labels = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=ArchiveState, default=ArchiveState.BUILDING)
    fault = models.CharField(max_length=500, blank=True)
    bytes = models.BigIntegerField(default=0)
    min_zoom = models.PositiveSmallIntegerField(default=0)
    max_zoom = models.PositiveSmallIntegerField(default=0)
    built_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["layer", "digest"], name="tile_archive_once")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.layer_id}/{self.digest}"

    def get_absolute_url(self) -> str:
        return reverse("maps:archive", args=[self.layer.code, self.digest])
