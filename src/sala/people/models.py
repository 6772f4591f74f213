"""Organisations, posts and the people who hold them for a time.

Rights and work hang on a position; a person only holds it. Person rows carry no tracked history and the journal names
ids only, so that a person can be erased.
"""

from datetime import date, timedelta

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
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
    OFFICE = "office", _("Office")
    ASSEMBLY = "assembly", _("Assembly")
    MASS = "mass_organisation", _("Mass organisation")
    SECRETARIAT = "secretariat", _("Secretariat")
    VILLAGE = "village", _("Village authority")
    COMPANY = "company", _("Company")
    CIVIL = "civil_society", _("Civil society organisation")
    PARTNER = "partner", _("Development partner")


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
        return self.kind not in (OrganisationKind.COMPANY, OrganisationKind.CIVIL, OrganisationKind.PARTNER)


class Role(models.Model):
    """A bundle of verbs from the country pack, such as data owner or records officer."""

    code = models.SlugField(unique=True)
    name = TranslatedField()
    verbs = ArrayField(models.CharField(max_length=60))

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
    """

    scope = policy.SHARING_SCOPE

    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sharings")
    purpose = models.CharField(_("purpose"), max_length=300)
    valid = DateRangeField()

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


class PersonKind(models.TextChoices):
    OFFICIAL = "official", _("Official")
    CITIZEN = "citizen", _("Citizen")
    RESEARCHER = "researcher", _("Researcher")
    BUSINESS = "business", _("Business")
    PARTNER = "partner", _("Development partner")
    MEDIA = "media", _("Media")


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. Without a position: a citizen, researcher or other user with a verified e-mail."""

    scope = policy.PERSON_SCOPE

    email = models.EmailField(_("e-mail"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    kind = models.CharField(_("I am"), max_length=12, choices=PersonKind, default=PersonKind.OFFICIAL)
    sex = models.CharField(
        _("sex (optional)"), max_length=1, blank=True, choices=[("f", _("Female")), ("m", _("Male"))]
    )
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    is_invented = models.BooleanField(default=False)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("email"), name="person_email_once"),
        ]

    def __str__(self) -> str:
        return self.name


class AppointmentKind(models.TextChoices):
    HOLDER = "holder", _("Holder")
    DEPUTY = "deputy", _("Deputy")


class Appointment(models.Model):
    """A person in a post from a day to a day. A post has one holder a day; deputies stand beside."""

    scope = policy.APPOINTMENT_SCOPE

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=10, choices=AppointmentKind, default=AppointmentKind.HOLDER)
    valid = DateRangeField()
    decision = models.CharField(_("on the strength of"), max_length=200, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="position_has_one_holder_a_day",
                expressions=[("position", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(kind="holder"),
            ),
            ExclusionConstraint(
                name="person_is_appointed_once_to_a_post",
                expressions=[
                    ("position", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        ordering = ["-valid"]

    def __str__(self) -> str:
        return f"{self.person} · {self.position}"


class HandOver(models.Model):
    """One holder gives a post to the next: a note, and what was open on the day, for the printed sheet."""

    scope = policy.APPOINTMENT_SCOPE

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="hand_overs")
    on = models.DateField(_("from this day on"))
    given_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    taken_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("note to the next holder"), blank=True)
    open_work = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-on"]

    def __str__(self) -> str:
        return f"{self.position} {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("site:hand_over_sheet", args=[self.pk])


class SignInLink(models.Model):
    """A link that signs one person in, once. Only the hash of its secret is kept."""

    INVITATION, SIGN_IN, REGISTRATION = "invitation", "sign-in", "registration"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A machine's key to the API, bound to one position, with its own verbs and end."""

    scope = policy.TOKEN_SCOPE

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("what it is for"), max_length=100)
    secret_hash = models.CharField(max_length=64, unique=True)
    verbs = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("ends on"))
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class OperatorSession(models.Model):
    """A time-limited key to everything, opened with a reason and journalled; there is no other bypass."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    position = models.ForeignKey(Position, on_delete=models.PROTECT)
    reason = models.CharField(_("reason"), max_length=300)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class MessageState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Message(models.Model):
    """One mail or short message to one person about one subject in one wave; never made twice."""

    scope = policy.MESSAGE_SCOPE

    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    wave = models.CharField(max_length=60)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=10, default="mail")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=100, unique=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "wave", "person", "channel"], name="message_once"
            )
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
