"""People whom a concession touches: villages that lose land or gain by it, and those who work there."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sala.concessions.models.concession import Concession
from sala.documents.models import Document
from sala.places.models import Area


class Consultation(models.TextChoices):
    UNKNOWN = "unknown", _("Not known")
    NONE = "none", _("Not consulted")
    AGREED = "agreed", _("Consulted, agreed")
    CONDITIONS = "conditions", _("Consulted, agreed with conditions")
    REFUSED = "refused", _("Consulted, refused")


@pghistory.track()
class AffectedVillage(models.Model):
    """One village and what the concession means to it.

    hectares_lost  hectares, two decimals        compensation_*  in the smallest unit of `currency`, whole
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="villages")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("village"))
    hectares_lost = models.DecimalField(_("hectares lost"), max_digits=12, decimal_places=2, null=True, blank=True)
    households = models.PositiveIntegerField(_("households affected"), null=True, blank=True)
    households_moved = models.PositiveIntegerField(_("households that had to move"), null=True, blank=True)
    consultation = models.CharField(
        _("consultation"), max_length=10, choices=Consultation, default=Consultation.UNKNOWN
    )
    consulted_on = models.DateField(_("consulted on"), null=True, blank=True)
    compensation_promised = models.BigIntegerField(_("compensation promised"), null=True, blank=True)
    compensation_paid = models.BigIntegerField(_("compensation paid"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concession", "area"], name="village_affected_once"),
            models.CheckConstraint(
                condition=Q(consultation__in=["unknown", "none"]) | Q(consulted_on__isnull=False),
                name="consultation_has_its_day",
                violation_error_message=_("A consultation has a day. Enter it, or choose “not known”."),
            ),
            models.CheckConstraint(
                condition=(Q(compensation_promised__isnull=True) & Q(compensation_paid__isnull=True)) | ~Q(currency=""),
                name="compensation_has_a_currency",
                violation_error_message=_("Say in which currency the compensation is."),
            ),
            models.CheckConstraint(
                condition=Q(households_moved__isnull=True)
                | Q(households__isnull=True)
                | Q(households_moved__lte=F("households")),
                name="no_more_households_move_than_are_affected",
                violation_error_message=_("More households move than are affected. Correct one of the numbers."),
            ),
        ]
        ordering = ["concession", "id"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.area}"


class JobKind(models.TextChoices):
    PLANNED = "planned", _("Planned")
    PRESENT = "present", _("Present")


@pghistory.track()
class JobCount(models.Model):
    """Jobs as of a day. women, foreign, seasonal: of the total."""

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(_("planned or present"), max_length=8, choices=JobKind)
    as_of = models.DateField(_("as of"))
    total = models.PositiveIntegerField(_("jobs"))
    women = models.PositiveIntegerField(_("of them women"), null=True, blank=True)
    foreign = models.PositiveIntegerField(_("of them foreigners"), null=True, blank=True)
    seasonal = models.PositiveIntegerField(_("of them daily or seasonal"), null=True, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["concession", "kind", "as_of"], name="jobs_counted_once_a_day"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{part}__isnull": True}) | Q(**{f"{part}__lte": F("total")}),
                    name=f"no_more_{part}_than_jobs",
                    violation_error_message=_("A part of the jobs is larger than all of them. Correct the numbers."),
                )
                for part in ("women", "foreign", "seasonal")
            ),
        ]
        ordering = ["concession", "kind", "-as_of"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.total}"
