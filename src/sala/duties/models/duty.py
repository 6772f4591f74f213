"""Who owns, reports, validates or approves what, where, on which legal basis, from when to when."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.documents.models import Document
from sala.duties import policy
from sala.people.models import Position
from sala.places.models import Area


class DutyKind(models.TextChoices):
    OWNS = "owns", _("Owns")
    REPORTS = "reports", _("Reports")
    VALIDATES = "validates", _("Validates")
    APPROVES = "approves", _("Approves")
    PUBLISHES = "publishes", _("Publishes")
    MAINTAINS = "maintains", _("Maintains")


@pghistory.track()
class Duty(models.Model):
    """A post owns, reports, validates … a subject (any noun), in an area or everywhere, on a legal basis, for a time."""

    scope = policy.DUTY_SCOPE

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="duties", verbose_name=_("post"))
    kind = models.CharField(_("kind"), max_length=12, choices=DutyKind)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legal basis")
    )
    valid = DateRangeField()
    is_invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="subject_has_one_owner_a_day",
                expressions=[
                    ("subject_type", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    (Coalesce(F("area"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="owns"),
            ),
            ExclusionConstraint(
                name="duty_stands_once",
                expressions=[
                    ("position", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("subject_type", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    (Coalesce(F("area"), Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="duty_subject")]
        ordering = ["subject_type", "subject_id", "kind", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.position}"

    def get_absolute_url(self) -> str:
        return reverse("duties:duty", args=[self.pk])
