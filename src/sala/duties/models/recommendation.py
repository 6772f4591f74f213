"""A recommendation is a call with wording, the ministries' positions on it and a higher office's answer.

Its owner, due date, progress, evidence, verification and closure are those of its assignments.
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.core import money, numbers
from sala.core.columns import TranslatedField
from sala.documents.models import Document
from sala.duties import policy
from sala.duties.models.call import Call
from sala.people.models import Organisation, Position


class Outcome(models.TextChoices):
    """What a higher office made of it."""

    PENDING = "pending", _("Not submitted yet")
    SUBMITTED = "submitted", _("Waits for the higher office")
    ENDORSED = "endorsed", _("Endorsed")
    CHANGED = "changed", _("Endorsed with changed wording")
    REFUSED = "refused", _("Not endorsed")


class Recommendation(models.Model):
    """What a body recommends, as one call of the kind recommendation.

    number       as it stands in its report, such as 1.2
    level        rank of the level it concerns (0 the country, 1 province …)
    amount       estimated cost in the currency's minor unit
    indicator    how its fulfilment is measured
    source       the report it comes from; answered_in: the document of the higher office
    answered_by  the higher office it was submitted to, on the day submitted_on
    """

    scope = policy.RECOMMENDATION_SCOPE

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="recommendation")
    number = models.CharField(_("number"), max_length=30)
    theme = TranslatedField(_("agenda item or theme"), blank=True)
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True)
    budget_line = models.CharField(_("budget line"), max_length=200, blank=True)
    amount = models.BigIntegerField(_("estimated cost"), null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    indicator = TranslatedField(_("how fulfilment is measured"), blank=True)
    source = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recommended in")
    )
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.PENDING)
    answered_by = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_in = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered in")
    )
    answer = TranslatedField(_("answer of the higher office"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | ~Q(currency=""), name="recommendation_cost_has_a_currency"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["pending", "submitted"]) | Q(answered_on__isnull=False),
                name="recommendation_answer_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(outcome="pending") | Q(answered_by__isnull=False, submitted_on__isnull=False),
                name="recommendation_names_the_higher_office",
            ),
        ]
        ordering = ["call_id"]

    def __str__(self) -> str:
        return f"{self.number}: {self.call.title}"

    def get_absolute_url(self) -> str:
        return reverse("duties:recommendation", args=[self.call.reference])

    @property
    def is_answered(self) -> bool:
        """The higher office has said what it makes of it."""
        return self.outcome not in (Outcome.PENDING, Outcome.SUBMITTED)

    @property
    def cost(self) -> str:
        """The estimated cost in whole units with its currency."""
        if self.amount is None:
            return ""
        return f"{numbers.display(money.whole(self.amount, self.currency))} {self.currency}"


class Wording(models.Model):
    """The words of a recommendation from a day on; the first is what was recommended. Never altered."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="wordings")
    number = models.PositiveSmallIntegerField()
    text = TranslatedField(_("wording"), long=True)
    reason = models.CharField(_("why it was changed"), max_length=300, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recommendation", "number"], name="wording_numbered_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.text)[:80]


class StanceKind(models.TextChoices):
    ASKED = "asked", _("Asked for its position")
    AGREE = "agree", _("Agrees")
    RESERVATION = "reservation", _("Agrees with a reservation")
    OPPOSE = "oppose", _("Does not agree")


class Stance(models.Model):
    """Where one organisation stands on a recommendation; the newest counts, older ones are kept."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="stances")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField(max_length=12, choices=StanceKind)
    note = models.TextField(_("reason"), blank=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stance__in=["asked", "agree"]) | ~Q(note=""), name="stance_gives_its_reason"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.stance}"
