"""Lists of places that were taken in: the file, its report, and the rows that wait for a person."""

from django.contrib.gis.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.places.models.area import Area, Level
from sala.places.models.boundary import ImportState, RowState
from sala.places.policy import PLACE_LIST_SCOPE


class ListSays(models.TextChoices):
    PLACES = "places", _("Places")
    CHANGES = "changes", _("Renamings, moves, ends")


class PlaceList(models.Model):
    """A list of areas of one level that was taken in.

    says    whether its rows are places, of which those that are not known become new ones, or dated changes of known ones
    report  counts `new`, `changed`, `unchanged`, `refused`, `waiting`; `lines`: reasons with `row` and `label`;
            `columns`: role → heading; `sheet`: the one of a workbook
    """

    scope = PLACE_LIST_SCOPE
    Says = ListSays

    says = models.CharField(max_length=10, choices=ListSays, default=ListSays.PLACES)
    level = models.ForeignKey(Level, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=200, blank=True)
    as_of = models.DateField()
    is_invented = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.DONE)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("places:list", args=[self.pk])


class PlaceListRow(models.Model):
    """A row in doubt: what it said, what it may be, what was decided.

    number      the row in the file, as a person counts
    key         what the row said, as a hash: the same words in a later file are decided as they were
    said        code, name, names, codes (system → value), point, valid_from, source; of a change as PlaceChange.stored
    area        the one that it turned out to be, or that was entered; of a change the one that changes
    candidates  [{"area": id, "reasons": […]}], the likeliest first
    """

    batch = models.ForeignKey(PlaceList, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=64, db_index=True)
    said = models.JSONField(default=dict)
    parent = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=RowState, default=RowState.PROPOSED)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+")
    reasons = models.JSONField(default=list)
    candidates = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="place_list_row_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.label or str(self.number)
