"""What the holder has to do (LADM LA_Responsibility, LA_Restriction): the plan by year, and single duties."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.concessions.models.concession import Concession
from sala.core.models import Term
from sala.documents.models import Document


@pghistory.track()
class PlannedDevelopment(models.Model):
    """Hectares that are to be developed by the end of a year, counted from the beginning, as the agreement says."""

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="plan")
    year = models.PositiveSmallIntegerField(_("year"))
    hectares = models.DecimalField(_("hectares by the end of the year"), max_digits=12, decimal_places=2)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concession", "year"], name="plan_says_one_figure_a_year"),
            models.CheckConstraint(condition=Q(hectares__gte=0), name="planned_hectares"),
        ]
        ordering = ["concession", "year"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.year}"


@pghistory.track()
class Obligation(models.Model):
    """A duty or a restriction laid on the holder: a buffer, resettlement, rehabilitation, a community forest.

    kind  Term of the scheme "concession-obligation", from the pack      met_on  day on which it was fulfilled
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="obligations")
    kind = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind"),
        limit_choices_to={"scheme": "concession-obligation"},
    )  # fmt: skip
    text = models.TextField(_("what has to be done, or left"))
    due_on = models.DateField(_("until"), null=True, blank=True)
    met_on = models.DateField(_("fulfilled on"), null=True, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    class Meta:
        ordering = ["concession", "due_on", "id"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.kind}"
