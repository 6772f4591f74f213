"""What changed, on what paper; who confirmed it; and what is open to everybody by which decision."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sala.concessions import policy
from sala.concessions.models.concession import Concession
from sala.concessions.models.figures import kept_by
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Position

KEPT = pgtrigger.Update | pgtrigger.Delete


class FieldClass(models.TextChoices):
    """Fields that are confirmed, opened and closed together."""

    BASICS = "basics", _("Name, kind, sector, commodities, state")
    PLACE = "place", _("District, and the point that stands for it")
    SHAPE = "shape", _("Boundaries")
    HECTARES = "hectares", _("Requested, granted and developed hectares")
    HOLDER = "holder", _("Holder and shares")
    TERMS = "terms", _("Approval, term and agreement")
    PAPERS = "papers", _("Documents")
    VILLAGES = "villages", _("Villages, consultation and compensation")
    JOBS = "jobs", _("Jobs")
    MONEY = "money", _("Fees, payments and arrears")
    JUDGEMENT = "judgement", _("Findings, situation, grades and orders")


class Change(models.Model):
    """One field of one row: old and new value, by whom, why, on what paper. Append-only.

    subject     what changed: "concession", "grant:12", "area:7" … : kind and id within the concession
    field       its name in the model           old, new   as JSON; dates as ISO text, decimals as text, rows by id
    effective_on  since when it is so in the world; `recorded_at`: since when it is known here
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="changes")
    field_class = models.CharField(max_length=10, choices=FieldClass)
    subject = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    effective_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="concession_change_is_kept", operation=KEPT)]
        indexes = [models.Index(fields=["concession", "recorded_at"], name="concession_change_of")]
        ordering = ["concession", "-recorded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.subject}.{self.field}"


class Confirmation(models.Model):
    """An office stands for a class of fields as it was then. A later change of the class needs a new one.

    level  code of the level of places whose office confirmed
    Concession.confirmed_classes follows by triggers; their function stands in the migration that made the column.
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="confirmations")
    field_class = models.CharField(max_length=10, choices=FieldClass)
    level = models.SlugField(max_length=40)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concession", "field_class", "level"],
                condition=Q(withdrawn_at__isnull=True),
                name="class_confirmed_once_a_level",
            )
        ]
        triggers = kept_by("concessions_keep_confirmed", "confirmation")
        ordering = ["concession", "field_class", "confirmed_at"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.field_class} ({self.level})"


class Release(models.Model):
    """A decision that opens a class of fields to everybody, for all concessions or those of a sector, for a time."""

    scope = policy.RELEASE_SCOPE

    field_class = models.CharField(_("fields"), max_length=10, choices=FieldClass)
    sector = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only this sector"),
        limit_choices_to={"scheme": "sector"},
    )  # fmt: skip
    decision = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("decision"))
    valid = DateRangeField(_("open"))
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="class_opened_once_a_day",
                expressions=[
                    ("field_class", RangeOperators.EQUAL),
                    (Coalesce(F("sector"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="release_lasts_a_day"),
            models.CheckConstraint(condition=Q(valid__startswith__isnull=False), name="release_begins_on_a_day"),
        ]
        ordering = ["field_class", "id"]

    def __str__(self) -> str:
        return str(self.get_field_class_display())
