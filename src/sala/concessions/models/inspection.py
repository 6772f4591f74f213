"""Inspections: what somebody saw on the ground, the walk along the boundary, and photos with the places they were taken."""

import pghistory
from django.contrib.gis.db import models as gis
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.collection.models import Form, Reading
from sala.concessions.models.concession import Concession
from sala.documents.models import Document
from sala.duties.models import Assignment
from sala.people.models import Position


class Activity(models.TextChoices):
    YES = "yes", _("Work is going on")
    NO = "no", _("Nothing is done there")
    UNCLEAR = "unclear", _("Not clear")


@pghistory.track()
class Inspection(models.Model):
    """One visit of an office to a concession. From an approved answer to a form, or entered by hand with a GPS track.

    reading       the answer it was made from; made anew whenever that is read or decided about anew
    is_current    it counts: its answer is approved, and nobody set it aside
    track_km      length of the walk           share_inside  per cent of it within the granted area and the tolerance
    accuracy_m    what the device said of its own accuracy, the middle of its points
    signatures    how many people signed
    flags         what does not fit (calculations.inspections): [[code, value …] …]
    inputs        what it was checked with: {"area": id of the ConcessionArea or null, "metres": tolerance, "rules": [ids]}
    document      the signed report
    """

    concession = models.ForeignKey(Concession, on_delete=models.PROTECT, related_name="inspections")
    reading = models.OneToOneField(Reading, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    inspected_on = models.DateField(_("day of the inspection"))
    team = models.CharField(_("who went"), max_length=300, blank=True)
    activity = models.CharField(_("what was seen"), max_length=8, choices=Activity, default=Activity.UNCLEAR)
    developed_ha = models.DecimalField(_("developed hectares"), max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.TextField(_("what was found"), blank=True)
    signatures = models.PositiveSmallIntegerField(default=0)
    track_km = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    share_inside = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    accuracy_m = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    is_current = models.BooleanField(default=True)
    reason = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("report")
    )
    entered_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(developed_ha__isnull=True) | Q(developed_ha__gte=0), name="inspected_hectares"
            ),
            models.CheckConstraint(
                condition=Q(is_current=True) | Q(reading__isnull=False) | ~Q(reason=""),
                name="inspection_set_aside_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["concession", "-inspected_on"], name="inspection_concession"),
            models.Index(fields=["assignment"], name="inspection_assignment"),
        ]
        ordering = ["concession", "-inspected_on", "-id"]

    def __str__(self) -> str:
        return f"{self.concession}: {self.inspected_on}"

    def get_absolute_url(self) -> str:
        return reverse("concessions:inspection", args=[self.concession.reference, self.pk])


# Kept apart from the tracked row, as the shapes of areas are.
class InspectionTrack(models.Model):
    """The walk: MultiLineString in EPSG:4326."""

    inspection = models.OneToOneField(Inspection, on_delete=models.CASCADE, primary_key=True, related_name="track")
    geometry = gis.MultiLineStringField()

    def __str__(self) -> str:
        return str(self.inspection_id)


class PhotoPlace(models.TextChoices):
    INSIDE = "inside", _("In the area")
    ELSEWHERE = "elsewhere", _("Somewhere else")
    UNKNOWN = "unknown", _("Not known")


class InspectionPhoto(models.Model):
    """A photo by the hash of its content. metres: from the granted area, 0 within it."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="photos")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    point = gis.PointField(null=True)
    taken_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=9, choices=PhotoPlace, default=PhotoPlace.UNKNOWN)
    metres = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "name"], name="inspection_photo_once")]
        ordering = ["inspection", "id"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class InspectionForm(models.Model):
    """A form whose approved answers are inspections, and which of its questions says what.

    fields  what an inspection holds (operations.inspection_forms.FIELDS) → name of the question; photos: several
    """

    form = models.OneToOneField(Form, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.form)
