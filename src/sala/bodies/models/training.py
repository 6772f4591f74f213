"""Training courses, the days they were held, and from which posts people came."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Tier
from sala.bodies import policy
from sala.bodies.models.body import TIER_CHOICES
from sala.bodies.models.project import Project
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties.models import DutyKind
from sala.people.models import Organisation, Position
from sala.places.models import Area


@pghistory.track()
class Course(models.Model):
    """What is taught, for which duties. Its materials are documents.

    duties  kinds of duty (duties.DutyKind) that the course prepares for
    """

    scope = policy.COURSE_SCOPE

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = TranslatedField(_("title"))
    aim = TranslatedField(_("aim"), blank=True, long=True)
    duties = ArrayField(
        models.CharField(max_length=12, choices=DutyKind), default=list, blank=True, verbose_name=_("for those who")
    )
    topics = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("topics"), limit_choices_to={"scheme": "topic"}
    )
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="courses", verbose_name=_("given by")
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="courses", verbose_name=_("part of")
    )
    materials = models.ManyToManyField(Document, blank=True, related_name="+", verbose_name=_("materials"))
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.PUBLIC.value)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("bodies:course", args=[self.slug])


class Session(models.Model):
    """A course held once, from a day to a day."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="session_ends_after_it_begins",
                violation_error_message=_("It ends before it begins. Correct the dates."),
            )
        ]
        ordering = ["-starts_on", "-id"]

    def __str__(self) -> str:
        return f"{self.course} {self.starts_on}"


class Attendance(models.Model):
    """From which post (or only from which organisation) how many women and men came. No person is named."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="trainings", verbose_name=_("post")
    )
    women = models.PositiveSmallIntegerField(_("women"), default=0)
    men = models.PositiveSmallIntegerField(_("men"), default=0)
    unstated = models.PositiveSmallIntegerField(_("sex not stated"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "organisation", "position"], nulls_distinct=False, name="attendance_once_a_session"
            ),
            models.CheckConstraint(
                condition=Q(women__gt=0) | Q(men__gt=0) | Q(unstated__gt=0), name="attendance_counts_somebody"
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.position or self.organisation)

    @property
    def came(self) -> int:
        return self.women + self.men + self.unstated
