"""Something asked of posts: why, on which legal basis, how exactly, until when."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Tier
from sala.core.columns import TranslatedField
from sala.documents.models import Document
from sala.documents.models.document import TIER_CHOICES
from sala.duties import policy
from sala.people.models import Position
from sala.places.models import Area

PERIOD_HELP = _("2019, 2019-Q3, 2019-07 or 2015/2019.")


class CallKind(models.TextChoices):
    DATA_CALL = "data-call", _("Data call")
    FORM_ROUND = "form-round", _("Form round")
    ORDER = "order", _("Order")
    RECOMMENDATION = "recommendation", _("Recommendation")
    ANSWER = "answer", _("Request for an answer")
    REPORT = "report", _("Report")


class CallState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")


@pghistory.track()
class Call(models.Model):
    """A call from its draft to its close.

    asker        code of the part that says what exactly is asked (duties.asking); empty: the instruction says it all
    tier         public: everybody sees what was asked and how it stands; own: only those who take part
    is_issued    it left the draft; a draft is seen by the issuing organisation only
    due_days     working days from issue to due date, where that was promised instead of a date: the date is then
                 reckoned anew when the calendar changes
    minutes      how long one office is expected to work on its answer
    review_plan  levels between the post asked and the one that accepts: [{"up": 1, "post": "data_review"}, {"code": …}]
    self_check   why a post may check its own work here; empty: it may not
    statistics   frozen when the call closes (duties.calculations.statistics)
    """

    scope = policy.CALL_SCOPE

    reference = models.CharField(max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=CallKind)
    title = TranslatedField(_("title"))
    purpose = TranslatedField(_("purpose"), blank=True, long=True)
    instruction = TranslatedField(_("instruction"), blank=True, long=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legal basis")
    )
    issuer = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="calls", verbose_name=_("issued by"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    period = models.CharField(_("period"), max_length=30, blank=True, help_text=PERIOD_HELP)
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(_("working days to answer"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes of work for each office"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=CallState, default=CallState.DRAFT)
    asker = models.CharField(max_length=30, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    review_plan = models.JSONField(default=list, blank=True)
    self_check = models.CharField(_("why a post may check its own work"), max_length=300, blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    tier = models.CharField(_("open to"), max_length=12, choices=TIER_CHOICES, default=Tier.OWN.value)
    is_issued = models.BooleanField(default=False)
    is_invented = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    statistics = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(due_on__isnull=True) | Q(opens_on__lte=F("due_on")),
                name="call_opens_before_it_is_due",
            ),
            models.CheckConstraint(
                condition=Q(is_issued=False)
                | (~Q(purpose={}) & ~Q(instruction={}) & Q(due_on__isnull=False) & Q(opens_on__isnull=False)),
                name="issued_call_says_why_how_and_until_when",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", is_issued=False) | Q(state="withdrawn") | Q(is_issued=True),
                name="call_past_its_draft_is_issued",
            ),
            models.CheckConstraint(
                condition=Q(subject_type="", subject_id__isnull=True)
                | (~Q(subject_type="") & Q(subject_id__isnull=False)),
                name="call_names_its_subject_wholly",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(statistics__isnull=False), name="closed_call_has_its_statistics"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="closed_call_keeps_its_statistics",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__statistics__isnull=False)
                & pgtrigger.Q(old__statistics__df=pgtrigger.F("new__statistics")),
            )
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="call_subject"),
            models.Index(fields=["state", "due_on"], name="call_state_due"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.reference}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("duties:call", args=[self.reference])

    @property
    def is_public(self) -> bool:
        return self.tier == Tier.PUBLIC

    @property
    def is_draft(self) -> bool:
        return self.state == CallState.DRAFT


class Attachment(models.Model):
    """A second call for what an open assignment of another call delivers already: it waits for that one answer.

    wanted_by  when the second call needs it, which may be sooner than the assignment is due
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="attachments")
    assignment = models.ForeignKey("duties.Assignment", on_delete=models.PROTECT, related_name="attachments")
    wanted_by = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "assignment"], name="attached_once")]

    def __str__(self) -> str:
        return f"{self.call_id} → {self.assignment_id}"
