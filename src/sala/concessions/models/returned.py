"""Areas that an office takes into a map program and brings back: what went out, what came in, and what was entered of it.

Nothing that came in counts until it is applied; then it is an area like any other, with its history.
"""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.concessions import policy
from sala.concessions.models.area import ConcessionArea
from sala.people.models import Organisation, Position


class AreaLoan(models.Model):
    """A file of areas that was taken along, so that what is missing when it comes back can be told.

    areas  ids of the areas in it      asked  what narrowed them, as the address of the list says it
    """

    scope = policy.LOAN_SCOPE

    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    areas = ArrayField(models.BigIntegerField(), default=list)
    asked = models.CharField(max_length=500, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.pk)


class AreaReturn(models.Model):
    """A file that came back. sha256: of the file; unchanged: features that say what stands here already.

    compared  what holding the whole of it against the register gave last: {"stamp": what it depends on, "outcomes": [[feature,
              outcome] …] in the order in which they are shown}; made anew when the stamp is another one
    """

    scope = policy.LOAN_SCOPE

    loan = models.ForeignKey(AreaLoan, on_delete=models.SET_NULL, null=True, related_name="returns")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    unchanged = models.PositiveIntegerField(default=0)
    compared = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("concessions:returned", args=[self.pk])


class ReturnedArea(models.Model):
    """One feature of such a file that says something else than the register, or an area that the file has no more.

    row        place in the file, from 1; 0 for an area that is missing in it
    base       the area that it was drawn from, as its number says      reference, purpose …  as the file says them
    geometry   multipolygon in WGS 84; None where the file had none that can be used, and `fault` says why
    fault      code of what is wrong with the shape (core.files.vector)
    entered    the area that was entered from it; for one that was missing, the area that was set aside
    """

    returned = models.ForeignKey(AreaReturn, on_delete=models.CASCADE, related_name="features")
    row = models.PositiveIntegerField()
    base = models.ForeignKey(ConcessionArea, on_delete=models.CASCADE, null=True, related_name="+")
    base_said = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    stated_ha = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    accuracy = models.CharField(max_length=40, blank=True)
    measured_on = models.DateField(null=True)
    geometry = models.MultiPolygonField(null=True)
    is_mended = models.BooleanField(default=False)
    fault = models.CharField(max_length=30, blank=True)
    entered = models.ForeignKey(ConcessionArea, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entered__isnull=True) | models.Q(applied_at__isnull=False),
                name="returned_area_was_applied_when",
            )
        ]
        ordering = ["returned", "row", "id"]

    def __str__(self) -> str:
        return f"{self.returned_id}: {self.row}"
