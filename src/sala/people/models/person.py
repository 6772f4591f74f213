"""People, the posts they hold for a time, and the hand-over of a post.

Rights and work hang on a position; a person only holds it. Person rows carry no tracked history and the journal names
ids only, so that a person can be erased.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core import clock
from sala.people import policy
from sala.people.models.organisation import OrganisationKind, Position


class PersonKind(models.TextChoices):
    OFFICIAL = "official", _("Official")
    CITIZEN = "citizen", _("Citizen")
    RESEARCHER = "researcher", _("Researcher")
    BUSINESS = "business", _("Business")
    PARTNER = "partner", _("Development partner")
    MEDIA = "media", _("Media")


# what members of organisations outside government are; everybody else with a post is an official
KIND_OF_MEMBERS: dict[str, PersonKind] = {
    OrganisationKind.COMPANY: PersonKind.BUSINESS,
    OrganisationKind.CIVIL: PersonKind.CITIZEN,
    OrganisationKind.PARTNER: PersonKind.PARTNER,
}


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. Without a position: a citizen, researcher or other user with a verified e-mail.

    is_active  False: the account is closed, nobody signs in with it
    erased_at  name and all that told who it was were taken out then; the number stays, so that the history holds
    """

    scope = policy.PERSON_SCOPE

    email = models.EmailField(_("e-mail"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    kind = models.CharField(_("I am"), max_length=12, choices=PersonKind, default=PersonKind.OFFICIAL)
    sex = models.CharField(_("sex"), max_length=1, blank=True, choices=[("f", _("Female")), ("m", _("Male"))])
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, editable=False)
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

    def get_absolute_url(self) -> str:
        """For those who administer people."""
        return reverse("people:person", args=[self.pk])


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

    @property
    def has_ended(self) -> bool:
        return self.valid.upper is not None and self.valid.upper <= clock.today()


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
