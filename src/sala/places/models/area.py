"""The tree of areas: levels, areas with codes and names, to whom they belonged when, what became of them.

An area is never deleted: it ends, and its successors are named. The dated truth is in Parenthood; `parent`, `path` and
`ended_on` cache what is in force today, and operations.tree brings them up to date.
"""

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.core.columns import TranslatedField
from sala.core.models import Certainty
from sala.places.policy import AREA_SCOPE


class Level(models.Model):
    """A rung of the administration: country, province, district, village.

    prefixes  further words that people write before or after a name of this level, such as an abbreviation
    """

    code = models.SlugField(unique=True)
    rank = models.PositiveSmallIntegerField(unique=True)
    name = TranslatedField()
    plural = TranslatedField()
    prefixes = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return str(self.name)

    def words(self) -> tuple[str, ...]:
        """Words that belong to the level and not to the name of an area."""
        return (*self.name.values(), *self.prefixes)


@pghistory.track(exclude=["label_point"])
class Area(models.Model):
    """A country, province, district or village. `code` is its address; other systems' codes are AreaCode rows."""

    scope = AREA_SCOPE
    choosing = Choosing(
        "code",
        ("name", "names__text", "level__name", "parent__name"),
        ("level", "parent"),
        among=Q(ended_on__isnull=True),
    )

    level = models.ForeignKey(Level, on_delete=models.PROTECT)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = TranslatedField(_("name"))
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, editable=False, db_index=True)
    label_point = models.PointField(null=True, blank=True)
    valid_from = models.DateField(_("exists since"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    certainty = models.CharField(max_length=12, choices=Certainty, default=Certainty.CONFIRMED)
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("valid_from")),
                name="area_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="area_is_not_its_own_parent"),
        ]
        indexes = [models.Index(OpClass(F("path"), "text_pattern_ops"), name="area_path_prefix")]
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("site:place", args=[self.code])

    @property
    def has_ended(self) -> bool:
        return self.ended_on is not None

    def within(self) -> list[int]:
        """Ids from the country down to this area."""
        return [int(part) for part in self.path.split("/") if part]


@pghistory.track()
class AreaCode(models.Model):
    """The area's code in one system (statistics office, ISO 3166-2, GeoNames, p-code), while it is in force."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="codes")
    system = models.CharField(max_length=30)
    value = models.CharField(max_length=60)
    valid = DateRangeField(default=(None, None))
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="area_code_means_one_area",
                expressions=[
                    ("system", RangeOperators.EQUAL),
                    (Upper("value"), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes = [models.Index(Upper("value"), name="area_code_value")]
        ordering = ["system", "value"]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class NameKind(models.TextChoices):
    ALIAS = "alias", _("Other spelling")
    FORMER = "former", _("Former name")
    SHORT = "short", _("Short name")


class AreaName(models.Model):
    """Another name people use. `key` is the search key of the text."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="names")
    text = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)
    language = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=10, choices=NameKind)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "text", "kind"], name="area_name_once")]
        ordering = ["kind", "text"]

    def __str__(self) -> str:
        return self.text


class Parenthood(models.Model):
    """To which area an area belonged, from when to when. No area has two parents on one day."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="parenthoods")
    parent = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="childhoods")
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="area_has_one_parent_a_day",
                expressions=[("area", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~Q(parent=F("area")), name="area_is_never_its_own_parent"),
        ]
        ordering = ["valid"]


class SuccessionKind(models.TextChoices):
    SPLIT = "split", _("Split")
    MERGE = "merge", _("Merged")
    RENAME = "rename", _("Renamed")
    TRANSFER = "transfer", _("Transferred")


class Succession(models.Model):
    """What became of an area on a day: split into, merged into, renamed, moved to another parent.

    A rename and a transfer have the same area on both sides; `details` holds what was and what is.
    """

    kind = models.CharField(max_length=10, choices=SuccessionKind)
    on = models.DateField()
    predecessor = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="origins")
    decision = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "on", "predecessor", "successor"], name="succession_once")
        ]
        ordering = ["-on", "kind"]
