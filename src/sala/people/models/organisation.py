"""Organisations, their posts, the roles of posts, and what is shared with an organisation for a time."""

from datetime import date, timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.core import clock
from sala.core.columns import TranslatedField
from sala.core.models import Certainty, Term
from sala.people import policy
from sala.places.models import Area


class OrganisationKind(models.TextChoices):
    MINISTRY = "ministry", _("Ministry")
    AGENCY = "agency", _("Agency")
    ADMINISTRATION = "administration", _("Local administration")
    DEPARTMENT = "department", _("Department")
    OFFICE = "office", _("Office")
    UNIT = "unit", _("School, health post or other unit")
    ASSEMBLY = "assembly", _("Assembly")
    MASS = "mass_organisation", _("Mass organisation")
    SECRETARIAT = "secretariat", _("Secretariat")
    VILLAGE = "village", _("Village authority")
    COMPANY = "company", _("Company")
    CIVIL = "civil_society", _("Civil society organisation")
    PARTNER = "partner", _("Development partner")


OUTSIDE_GOVERNMENT = frozenset({OrganisationKind.COMPANY, OrganisationKind.CIVIL, OrganisationKind.PARTNER})


@pghistory.track()
class Organisation(models.Model):
    """A ministry, an office, a village authority, a company: whoever can hold posts and be given work."""

    scope = policy.ORGANISATION_SCOPE
    choosing = Choosing("code", ("name", "area__name"), ("area",), among=Q(closed_on__isnull=True))

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = TranslatedField(_("name"))
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="units")
    path = models.CharField(max_length=200, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, verbose_name=_("area"), related_name="organisations")
    sector = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("sector"))
    website = models.URLField(_("web address"), blank=True)
    email = models.EmailField(_("office e-mail"), blank=True)
    phone = models.CharField(_("office telephone"), max_length=40, blank=True)
    registration = models.CharField(_("registration number"), max_length=60, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("followed by")
    )  # fmt: skip
    source = models.CharField(max_length=200, blank=True)
    certainty = models.CharField(max_length=12, choices=Certainty, default=Certainty.CONFIRMED)
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="organisation_is_not_its_own_parent"),
            models.UniqueConstraint(
                fields=["registration"], condition=~Q(registration=""), name="registration_number_once"
            ),
        ]
        indexes = [models.Index(OpClass(F("path"), "text_pattern_ops"), name="organisation_path_prefix")]
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("people:organisation", args=[self.code])

    @property
    def is_government(self) -> bool:
        return self.kind not in OUTSIDE_GOVERNMENT


class Role(models.Model):
    """A bundle of verbs from the country pack, such as data owner or records officer.

    gives  codes of the roles that a post with this one may give to posts within its reach, besides what it may do itself
    """

    code = models.SlugField(unique=True)
    name = TranslatedField()
    verbs = ArrayField(models.CharField(max_length=60))
    gives = ArrayField(models.SlugField(), default=list)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)


@pghistory.track()
class Position(models.Model):
    """A post in an organisation. Work and rights belong to it and stay when its holder changes."""

    scope = policy.POSITION_SCOPE
    choosing = Choosing(
        "code", ("title", "organisation__name", "organisation__area__name"), ("organisation", "organisation__area"),
        among=Q(closed_on__isnull=True),
    )  # fmt: skip

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="positions")
    code = models.SlugField(_("code"), max_length=80, unique=True)
    title = TranslatedField(_("title of the post"))
    is_head = models.BooleanField(_("heads the unit"), default=False)
    topics = models.ManyToManyField(Term, blank=True, verbose_name=_("contact point for"))
    email = models.EmailField(_("office e-mail"), blank=True)
    phone = models.CharField(_("office telephone"), max_length=40, blank=True)
    closed_on = models.DateField(_("abolished on"), null=True, blank=True)
    is_invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["organisation__code", "-is_head", "code"]

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("people:position", args=[self.code])


class PositionGrant(models.Model):
    """A role that a position has, within an area and an organisation (its own unless said otherwise)."""

    scope = policy.APPOINTMENT_SCOPE

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True)
    across_organisations = models.BooleanField(_("over all organisations in the area"), default=False)
    to_confirm = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "role", "area"], nulls_distinct=False, name="grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.position}"


@pghistory.track()
class Sharing(models.Model):
    """A row of any noun is open to one more organisation, for a purpose and a time; it ends by itself.

    valid  from the first day to the day after the last; without an end until somebody ends it
    only   what alone is open of it: number of a part → names of its columns; null: all of it
    """

    scope = policy.SHARING_SCOPE

    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sharings")
    purpose = models.CharField(_("purpose"), max_length=300)
    valid = DateRangeField()
    only = models.JSONField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="shared_once_a_day",
                expressions=[
                    ("subject_type", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="sharing_has_a_day"),
            models.CheckConstraint(condition=~Q(only={}), name="sharing_in_part_names_it"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def last_day(self) -> date | None:
        return self.valid.upper - timedelta(days=1) if self.valid.upper else None

    @property
    def has_ended(self) -> bool:
        return self.valid.upper is not None and self.valid.upper <= clock.today()
