"""One delivery of a distribution. What was delivered never changes; only its release state does."""

from typing import Any

from django.contrib.gis.db import models as gis
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import TIER_NAMES, Tier
from sala.catalogue import policy
from sala.catalogue.models.dataset import Distribution
from sala.core.columns import TranslatedField
from sala.core.files.sheet_size import fits_workbook
from sala.people.models import Organisation, Position
from sala.places.models import Area, Level


class EditionState(models.TextChoices):
    RECEIVED = "received", _("Received, to be checked")
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Edition(models.Model):
    """An immutable delivery: the original file and the normalised Parquet, both by hash.

    table_sha256  the Parquet; a raster has its COG in profile["raster"] instead
    columns   list of {name, label, type} as read     profile  what the reader found, with its questions
              places: what was joined of the column of places (catalogue.joining.told), once it was settled
    released_at  when it became open to its tier: at publication, or at the hour of `not_before` (operations.opening)
    area_map  key of a place (catalogue.joining) → area ids   faults   cells and features that could not be read
    """

    scope = policy.EDITION_SCOPE
    State = EditionState

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=EditionState, default=EditionState.RECEIVED)
    is_published = models.BooleanField(default=False)
    period = models.CharField(_("period it covers"), max_length=21, blank=True)
    reason = models.CharField(_("why there is a new edition"), max_length=300, blank=True)
    received_from = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    format = models.CharField(max_length=20)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    table_sha256 = models.CharField(max_length=64, blank=True)
    rows = models.BigIntegerField(null=True)
    columns = models.JSONField(default=list)
    bounds = models.JSONField(null=True)
    area_column = models.CharField(max_length=100, blank=True)
    country_column = models.CharField(max_length=100, blank=True)
    period_column = models.CharField(max_length=100, blank=True)
    area_map = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    received_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["distribution", "number"], name="edition_number_once"),
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(state="published"), name="edition_published_means_published"
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at"], name="edition_newest"),
            models.Index(
                fields=["not_before"],
                condition=Q(is_published=True, released_at__isnull=True),
                name="edition_waits",
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.distribution.dataset} {self.period or self.number}"

    @property
    def dataset(self):
        return self.distribution.dataset

    @property
    def is_table(self) -> bool:
        return bool(self.table_sha256)

    @property
    def fits_workbook(self) -> bool:
        return fits_workbook(self.rows or 0, len(self.columns))

    @property
    def is_layer(self) -> bool:
        return self.format in policy.SHAPES

    @property
    def is_raster(self) -> bool:
        return self.format in policy.CELLS

    @property
    def placed(self) -> dict[str, Any] | None:
        """How many rows were joined to places, and which names and codes were not (catalogue.joining.told)."""
        return self.profile.get("places") if self.area_column else None

    @property
    def raster(self) -> dict[str, Any] | None:
        """What is known of a raster's cells once it was settled (core.files.raster.convert), with the hashes of its files."""
        return self.profile.get("raster") if self.is_raster else None

    def get_absolute_url(self) -> str:
        return reverse("catalogue:edition", args=[self.dataset.slug, self.distribution.code, self.number])

    @property
    def settle_url(self) -> str:
        """Where it is said how the file is read."""
        return reverse("catalogue:settle", args=[self.dataset.slug, self.distribution.code, self.number])


class ColumnRole(models.TextChoices):
    NONE = "", _("Nothing special")
    KEY = "key", _("Identifies the row")
    AREA = "area", _("Place")
    COUNTRY = "country", _("Country of the place")
    PERIOD = "period", _("Period")
    VALUE = "value", _("Figure")


JOINING = [ColumnRole.AREA, ColumnRole.COUNTRY, ColumnRole.PERIOD]
COLUMN_TIERS = [
    (Tier.PUBLIC.value, _("Everybody who sees the dataset")),
    (Tier.GOVERNMENT.value, TIER_NAMES[Tier.GOVERNMENT]),
    (Tier.OWN.value, TIER_NAMES[Tier.OWN]),
]


class Column(models.Model):
    """The dictionary of a distribution: what a column means, in which unit, what part it plays, and who sees it.

    A column that joins the table to places or periods is open to all who see the dataset: maps and the search use it.
    """

    scope = policy.COLUMN_SCOPE

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="dictionary")
    name = models.CharField(max_length=100)
    label = TranslatedField(_("label"), blank=True)
    meaning = TranslatedField(_("meaning"), blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    role = models.CharField(_("part it plays"), max_length=10, choices=ColumnRole, blank=True, default="")
    level = models.ForeignKey(
        Level, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("level of the places")
    )
    tier = models.CharField(_("open to"), max_length=12, choices=COLUMN_TIERS, default=Tier.PUBLIC)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["distribution", "name"], name="column_once"),
            models.CheckConstraint(
                condition=Q(tier=Tier.PUBLIC) | ~Q(role__in=JOINING),
                name="joining_column_is_open",
                violation_error_message=_(
                    "The column of places or periods is open to all who see the dataset. Choose that, or another part."
                ),
            ),
        ]
        indexes = [models.Index(fields=["distribution"], condition=~Q(tier=Tier.PUBLIC.value), name="column_closed")]
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.label) or self.name


class EditionArea(models.Model):
    """How many rows of an edition speak of an area."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "area"], name="edition_area_once")]
        indexes = [models.Index(fields=["area", "edition"], name="edition_of_area")]


class Feature(models.Model):
    """One feature of a layer edition. The table is partitioned by edition; see the migration."""

    pk = models.CompositePrimaryKey("edition_id", "number")
    edition = models.ForeignKey(Edition, on_delete=models.DO_NOTHING, related_name="features", db_constraint=False)
    number = models.BigIntegerField()
    geometry = gis.GeometryField()
    area_ha = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    properties = models.JSONField()

    class Meta:
        managed = False
        db_table = "catalogue_feature"
