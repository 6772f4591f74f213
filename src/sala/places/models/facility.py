"""Registers of facilities: schools, health posts, centres, markets. Who runs one is a duty, so nothing here knows it.

A facility is never deleted: it closes, perhaps with a successor, or it turns out to be another one entered twice and
answers by that one. The dated truth is in FacilityPlace; `area`, `opened_on` and `closed_on` cache its last row, its
beginning and its end, and operations.facilities keeps them in step.
"""

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.core import clock
from sala.core.columns import TranslatedField
from sala.core.models import Certainty
from sala.places.models.area import Area, NameKind
from sala.places.policy import FACILITY_IMPORT_SCOPE, FACILITY_SCOPE

CODE = RegexValidator(
    r"^[A-Z0-9][A-Z0-9-]*$", _("A code has capital letters, digits and hyphens only. Write it so, such as S-0101-1.")
)


class FacilityKind(models.Model):
    """What a facility is, in the country pack's words: primary school, health post, market.

    prefixes  further words that people write before or after the name of one, such as an abbreviation
    keepers   ids of the organisations whose posts alone keep its register, with all below them; empty: any post with the
              right in the area
    """

    code = models.SlugField(unique=True)
    name = TranslatedField()
    plural = TranslatedField()
    prefixes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    keepers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return str(self.name)

    def words(self) -> tuple[str, ...]:
        """Words that belong to the kind and not to the name of a facility."""
        return (*self.name.values(), *self.plural.values(), *self.prefixes)


# A trigger that compares shapes cannot be restored from a backup (no `=` of geometry without a search path), so the
# point is not among the tracked columns; the journal says when it was moved.
@pghistory.track(exclude=["keys", "point"])
class Facility(models.Model):
    """A school, a health post, a market … `code` is its address and stays; other systems' codes are FacilityCode rows.

    area          where it stands: a village, or a district where villages are not in the tree
    accuracy_m    how far the point may be off, in metres; empty when nobody knows
    opened_on     first day; empty when nobody knows
    closed_on     first day on which it works no more; may lie ahead
    successor     who took over when it closed; or, for a duplicate, the one that it really is
    is_duplicate  entered twice: in no list and in no count, its address leads to the successor
    keys          search keys of all its names without the words of its kind, so that two spellings meet
    """

    scope = FACILITY_SCOPE
    choosing = Choosing(
        "code", ("name", "names__text", "codes__value", "kind__name", "area__name"), ("kind", "area"),
        among=Q(is_duplicate=False),
    )  # fmt: skip

    code = models.CharField(_("code"), max_length=30, unique=True, validators=[CODE])
    kind = models.ForeignKey(FacilityKind, on_delete=models.PROTECT, verbose_name=_("kind"))
    name = TranslatedField(_("name"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="facilities", verbose_name=_("place"))
    point = models.PointField(null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(_("accuracy in metres"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    is_duplicate = models.BooleanField(default=False, editable=False)
    keys = ArrayField(models.CharField(max_length=200), default=list, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=200, blank=True)
    certainty = models.CharField(max_length=12, choices=Certainty, default=Certainty.CONFIRMED)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="facility_closes_after_it_opens",
                violation_error_message=_("It closes before it opens. Correct the dates."),
            ),
            models.CheckConstraint(condition=~Q(successor=F("id")), name="facility_is_not_its_own_successor"),
            models.CheckConstraint(
                condition=Q(is_duplicate=False) | Q(successor__isnull=False), name="duplicate_names_the_one_it_is"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(is_duplicate=True) | Q(closed_on__isnull=False),
                name="only_a_closed_facility_has_a_successor",
                violation_error_message=_(
                    "Only a facility that closes has a successor. Give the day, or leave it empty."
                ),
            ),
            models.UniqueConstraint(Upper("code"), name="facility_code_in_any_case"),
        ]
        ordering = ["code"]
        verbose_name_plural = "facilities"

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("site:facility", args=[self.code])

    @property
    def has_closed(self) -> bool:
        return self.closed_on is not None and self.closed_on <= clock.today()


@pghistory.track()
class FacilityPlace(models.Model):
    """Where a facility worked, from when to when: no two places on one day. A gap is a time in which it was closed."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="places")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="facility_has_one_place_a_day",
                expressions=[("facility", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="facility_place_lasts_a_day"),
        ]
        ordering = ["valid"]

    def __str__(self) -> str:
        return str(self.area)


@pghistory.track()
class FacilityCode(models.Model):
    """The facility's code in one system (school statistics, health records, tax office), while it is in force."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="codes")
    system = models.SlugField(_("code system"), max_length=30)
    value = models.CharField(_("code"), max_length=60)
    valid = DateRangeField(default=(None, None))
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="facility_code_means_one_facility",
                expressions=[
                    ("system", RangeOperators.EQUAL),
                    (Upper("value"), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes = [models.Index(Upper("value"), name="facility_code_value")]
        ordering = ["system", "value"]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class FacilityName(models.Model):
    """Another name people use, or used. `key` is the search key of the text."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="names")
    text = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)
    language = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=10, choices=NameKind, default=NameKind.ALIAS)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "text", "kind"], name="facility_name_once")]
        ordering = ["kind", "text"]

    def __str__(self) -> str:
        return self.text


class NotSame(models.Model):
    """A person looked at two facilities that seem to be one and decided that they are two. `one` has the lower id."""

    one = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="not_same_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_same_in_one_order"),
        ]

    def __str__(self) -> str:
        return f"{self.one} ≠ {self.other}"


class FacilityImport(models.Model):
    """A list of facilities that was taken in: file, counts, and why which row was refused.

    report  counts `new`, `changed`, `unchanged`, `refused`; `lines`: reasons with `row` and `label`
    """

    scope = FACILITY_IMPORT_SCOPE

    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=200, blank=True)
    as_of = models.DateField()
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("facilities:import", args=[self.pk])
