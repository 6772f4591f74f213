"""Visits to the field that offices plan, and proposals to go there together."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import Tier
from sala.collection import policy
from sala.collection.models.form import Form
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models.document import TIER_CHOICES
from sala.duties.models import Call
from sala.people.models import Organisation, Position
from sala.places.models import Area


class VisitState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Done")
    JOINED = "joined", _("Went into a joint visit")
    CALLED_OFF = "off", _("Called off")


@pghistory.track()
class Visit(models.Model):
    """People of one office go to places, from a day to a day.

    position   post in charge; organisation: its own      areas  each stands for all places below it
    minutes    how long the people of one place are asked to be there; of a joint visit, for all offices together
    form, call what is filled in there, and the call it answers
    joined     the joint visit that it went into          reason  why it was called off
    """

    scope = policy.VISIT_SCOPE
    choosing = Choosing("slug", ("title",), ("organisation",))

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="visits", verbose_name=_("office that goes")
    )
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, related_name="visits", verbose_name=_("post in charge")
    )
    title = TranslatedField(_("title"))
    purpose = TranslatedField(_("what it is for"), blank=True, long=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    areas = models.ManyToManyField(Area, related_name="visits", verbose_name=_("places"))
    topics = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("topics"), limit_choices_to={"scheme": "topic"}
    )
    form = models.ForeignKey(
        Form, on_delete=models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("form")
    )
    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, null=True, blank=True, related_name="visits", verbose_name=_("call")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes at each place"))
    state = models.CharField(_("state"), max_length=8, choices=VisitState, default=VisitState.PLANNED, editable=False)
    reason = models.CharField(_("why it was called off"), max_length=300, blank=True)
    joined = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="taken_in", editable=False
    )
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.GOVERNMENT.value)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="visit_ends_after_it_begins",
                violation_error_message=_("It ends before it begins. Correct the dates."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=2880),
                name="visit_takes_some_minutes",
                violation_error_message=_("Write how many minutes it takes at each place: from 1 to 2,880."),
            ),
            models.CheckConstraint(
                condition=(Q(state="joined") & Q(joined__isnull=False)) | (~Q(state="joined") & Q(joined__isnull=True)),
                name="visit_names_what_it_went_into",
            ),
            models.CheckConstraint(condition=~Q(joined=F("id")), name="visit_goes_not_into_itself"),
            models.CheckConstraint(
                condition=~Q(state="off") | ~Q(reason=""),
                name="visit_called_off_has_a_reason",
                violation_error_message=_("Say why it does not take place."),
            ),
        ]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="visit_days")]
        ordering = ["starts_on", "slug"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("collection:visit", args=[self.slug])


class JointProposal(models.Model):
    """One office asks others to go to the same places together.

    visit      the proposer's own            title, starts_on, ends_on, minutes: of the joint visit
    joint      the joint visit, once somebody has agreed
    """

    scope = policy.JOINT_SCOPE

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="proposals")
    title = TranslatedField(_("title"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    minutes = models.PositiveSmallIntegerField(_("minutes at each place"))
    note = models.TextField(_("note"), blank=True)
    joint = models.OneToOneField(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="proposal")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="joint_visit_ends_after_it_begins",
                violation_error_message=_("It ends before it begins. Correct the dates."),
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="joint_visit_takes_some_minutes"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("collection:joint", args=[self.pk])


class Verdict(models.TextChoices):
    WAITING = "", _("No answer yet")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")


class JointAnswer(models.Model):
    """What an office that was asked says of going together with its own visit."""

    proposal = models.ForeignKey(JointProposal, on_delete=models.CASCADE, related_name="answers")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="asked_to_join")
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default=Verdict.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "visit"], name="visit_is_asked_once_a_proposal"),
            models.CheckConstraint(
                condition=~Q(verdict="declined") | ~Q(reason=""),
                name="declined_joint_visit_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", answered_at__isnull=True) | (~Q(verdict="") & Q(answered_at__isnull=False)),
                name="joint_visit_is_answered_on_a_day",
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.visit}: {self.get_verdict_display()}"
