"""Projects, programmes, pilots and agreements between partners: who does what with whom, where, and until when."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.choosing import Choosing
from sala.access.scope import Tier
from sala.bodies import policy
from sala.bodies.models.body import TIER_CHOICES
from sala.core import money
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.people.models import Organisation
from sala.places.models import Area


def country_currency() -> str:
    return money.own()


class ProjectKind(models.TextChoices):
    PROJECT = "project", _("Project")
    PROGRAMME = "programme", _("Programme")
    PILOT = "pilot", _("Pilot")
    AGREEMENT = "agreement", _("Agreement between partners")


class ProjectState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


class PilotVerdict(models.TextChoices):
    SPREAD = "spread", _("Spread it")
    ADAPT = "adapt", _("Change it and try again")
    STOP = "stop", _("Stop")


@pghistory.track()
class Project(models.Model):
    """One undertaking of one or more partners.

    owner        the organisation that keeps this entry
    budget       in the smallest unit of `currency`, whole; empty when it is not known
    question, before, after, verdict   of a pilot: what was to be learned, the measure then and now, what follows
    """

    scope = policy.PROJECT_SCOPE
    choosing = Choosing("slug", ("title",), ("owner",))

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ProjectKind)
    title = TranslatedField(_("title"))
    aim = TranslatedField(_("aim"), blank=True, long=True)
    state = models.CharField(_("state"), max_length=8, choices=ProjectState, default=ProjectState.PLANNED)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    areas = models.ManyToManyField(Area, related_name="projects", verbose_name=_("places"))
    topics = models.ManyToManyField(
        Term, blank=True, related_name="+", verbose_name=_("topics"), limit_choices_to={"scheme": "topic"}
    )
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="projects_kept", verbose_name=_("kept by")
    )
    budget = models.BigIntegerField(_("budget"), null=True, blank=True)
    currency = models.CharField(max_length=3, default=country_currency)
    results = TranslatedField(_("results"), blank=True, long=True)
    question = TranslatedField(_("question"), blank=True, long=True)
    before = TranslatedField(_("measure before"), blank=True)
    after = TranslatedField(_("measure after"), blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=PilotVerdict, blank=True)
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.PUBLIC.value)
    source = models.CharField(_("source of this entry"), max_length=200, blank=True)
    is_invented = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="project_ends_after_it_begins",
                violation_error_message=_("It ends before it begins. Correct the dates."),
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ends_on__isnull=False),
                name="ended_project_has_its_last_day",
                violation_error_message=_("What has ended needs its last day. Enter it."),
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(budget__gte=0),
                name="project_budget_is_not_negative",
                violation_error_message=_("A budget is not negative. Correct it."),
            ),
            models.CheckConstraint(
                condition=Q(kind="pilot") | (Q(question={}) & Q(before={}) & Q(after={}) & Q(verdict="")),
                name="only_a_pilot_has_a_verdict",
                violation_error_message=_(
                    "Question, measures and verdict belong to a pilot. Choose that kind, or leave them empty."
                ),
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | (~Q(before={}) & ~Q(after={})),
                name="verdict_stands_on_measures",
                violation_error_message=_("A verdict needs the measure before and after. Enter both."),
            ),
        ]
        ordering = ["-starts_on", "slug"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("bodies:project", args=[self.slug])

    @property
    def amount(self) -> Decimal | None:
        """The budget in whole units of its currency."""
        if self.budget is None:
            return None
        return money.whole(self.budget, self.currency)


class PartnerRole(models.TextChoices):
    LEAD = "lead", _("Leads")
    PARTNER = "partner", _("Takes part")
    FUNDER = "funder", _("Pays")


class ProjectPartner(models.Model):
    """An organisation in a project, and what it does there. One organisation may both pay and take part."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="projects")
    role = models.CharField(_("role"), max_length=8, choices=PartnerRole)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "organisation", "role"], name="partner_once_a_role")]
        ordering = ["role", "id"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.organisation}"


class ProjectLink(models.Model):
    """What belongs to a project: a dataset, a document, a decision … any noun, by type and id."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="links")
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "subject_type", "subject_id"], name="link_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.subject_type}:{self.subject_id}"
