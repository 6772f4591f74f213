"""Areas of a concession (LADM LA_SpatialUnit): each purpose with its figure, shape, source and accuracy."""

import pghistory
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.concessions.models.concession import Concession
from sala.concessions.models.figures import kept_in_figures
from sala.documents.models import Document


class AreaPurpose(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    STUDY = "study", _("Study under the memorandum")
    SURVEYED = "surveyed", _("Surveyed")
    GRANTED = "granted", _("Granted")
    IMPLEMENTATION = "implementation", _("Developed")
    RETURNED = "returned", _("Returned")
    DISPUTED = "disputed", _("Disputed")


# purposes of which one area counts at a time; land is returned and disputed piece by piece
ONE_AT_A_TIME = (
    AreaPurpose.REQUESTED,
    AreaPurpose.STUDY,
    AreaPurpose.SURVEYED,
    AreaPurpose.GRANTED,
    AreaPurpose.IMPLEMENTATION,
)


class Accuracy(models.TextChoices):
    """How the shape or place was found, from the surest to the least."""

    SURVEY = "survey", _("Survey on the ground (GNSS or total station)")
    IMAGERY = "imagery", _("Drawn on imagery")
    PAPER = "paper", _("Drawn from a paper map")
    SKETCH = "sketch", _("Sketch")
    POINT = "point", _("Point only")
    UNIT = "unit", _("Administrative area only")


@pghistory.track()
class ConcessionArea(models.Model):
    """One area with one purpose. A new measurement is a new row; the older one stays and is no longer current.

    stated_ha    hectares as the paper says                     mapped_ha   geodesic hectares of the shape
    paper_crs    system of coordinates in which the paper reckoned, such as EPSG:32648, beside its figure
    measured_on  day of the survey or of the statement          method      in words
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="areas")
    purpose = models.CharField(_("purpose"), max_length=14, choices=AreaPurpose)
    stated_ha = models.DecimalField(_("hectares as stated"), max_digits=12, decimal_places=2, null=True, blank=True)
    mapped_ha = models.DecimalField(
        _("hectares as drawn"), max_digits=12, decimal_places=2, null=True, blank=True, editable=False
    )
    accuracy = models.CharField(_("how the shape was found"), max_length=8, choices=Accuracy)
    method = models.CharField(_("method and source"), max_length=200, blank=True)
    paper_crs = models.CharField(_("system of coordinates of the paper"), max_length=20, blank=True)
    measured_on = models.DateField(_("as of"), null=True, blank=True)
    is_current = models.BooleanField(_("current"), default=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concession", "purpose"],
                condition=Q(is_current=True, purpose__in=[purpose.value for purpose in ONE_AT_A_TIME]),
                name="one_current_area_of_a_purpose",
            ),
            models.CheckConstraint(condition=Q(stated_ha__isnull=True) | Q(stated_ha__gte=0), name="stated_hectares"),
        ]
        indexes = [models.Index(fields=["purpose", "is_current"], name="concession_area_current")]
        ordering = ["concession", "purpose", "-is_current", "-measured_on", "id"]
        triggers = kept_in_figures("area")

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.get_purpose_display()}"

    @property
    def hectares(self):
        """The figure of the paper, else that of the drawing; None when neither is known."""
        return self.stated_ha if self.stated_ha is not None else self.mapped_ha


# Kept apart from the tracked row: a history trigger that compares shapes cannot be restored from a backup. A shape is
# never changed; a better one comes with a new ConcessionArea.
class AreaShape(models.Model):
    """The shape of an area, or the point that stands for it where no shape is known.

    geometry  MultiPolygon in EPSG:4326, or None        point  inside the shape, or the only thing known
    """

    area = models.OneToOneField(ConcessionArea, on_delete=models.CASCADE, primary_key=True, related_name="shape")
    geometry = models.MultiPolygonField(null=True)
    point = models.PointField()

    class Meta:
        ordering = ["area"]

    def __str__(self) -> str:
        return str(self.area_id)


class AreaPiece(models.Model):
    """A shape cut into pieces of few vertices, so that an overlap reads only what is near. Made by AreaShape's operation."""

    area = models.ForeignKey(ConcessionArea, on_delete=models.CASCADE, related_name="pieces")
    geometry = models.PolygonField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.area_id}: {self.pk}"
