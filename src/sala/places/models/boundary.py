"""Boundaries by vintage, and the files they came from. Every area in hectares is geodesic, reckoned on the ellipsoid."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.places.models.area import Area, Level
from sala.places.models.extent import kept_in_extents
from sala.places.policy import IMPORT_SCOPE


class BoundarySet(models.Model):
    """One vintage of boundaries of one level as delivered: file, source, licence, the day it describes."""

    level = models.ForeignKey(Level, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    licence = models.CharField(max_length=100, blank=True)
    as_of = models.DateField()
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    layer = models.CharField(max_length=200, blank=True)
    imported_at = models.DateTimeField()
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file_hash", "layer", "level"],
                condition=Q(is_withdrawn=False),
                name="boundary_file_is_imported_once",
            )
        ]
        ordering = ["-as_of", "-id"]

    def __str__(self) -> str:
        return self.title


class Boundary(models.Model):
    """The outline of an area in one vintage, and a coarse copy for static maps whose shared borders still meet."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="boundaries")
    vintage = models.ForeignKey(BoundarySet, on_delete=models.CASCADE, related_name="boundaries")
    geometry = models.MultiPolygonField()
    coarse = models.MultiPolygonField(null=True, spatial_index=False)
    area_ha = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "vintage"], name="boundary_once_a_vintage"),
            models.CheckConstraint(condition=Q(area_ha__gt=0), name="boundary_encloses_something"),
        ]
        triggers = kept_in_extents()


class ImportState(models.TextChoices):
    REVIEW = "review", _("Waiting for review")
    DONE = "done", _("Finished")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class BoundaryImport(models.Model):
    """A file of boundaries that was read: its report, and the pairings that wait for a person."""

    scope = IMPORT_SCOPE

    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.REVIEW)
    vintage = models.OneToOneField(BoundarySet, on_delete=models.PROTECT, related_name="batch")
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.vintage.title

    def get_absolute_url(self) -> str:
        return reverse("places:import", args=[self.pk])


class RowState(models.TextChoices):
    APPLIED = "applied", _("Applied")
    PROPOSED = "proposed", _("To be confirmed")
    UNMATCHED = "unmatched", _("No area found")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced by a later reading of the list")


class ImportRow(models.Model):
    """One shape of the file: what it said, what was proposed, what was decided.

    number      the row in the file, from 1, as a person counts
    reasons     why it is in its state: see places.reasons
    candidates  [{"area": id, "score": 0..1, "reasons": […]}], the likeliest first
    geometry    kept while the row is not applied; then it lives in the Boundary
    """

    batch = models.ForeignKey(BoundaryImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=RowState)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True)
    reasons = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    geometry = models.MultiPolygonField(null=True, spatial_index=False)
    coarse = models.MultiPolygonField(null=True, spatial_index=False)
    area_ha = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.label or str(self.number)
