"""Grants (LADM LA_Right): who holds how much of a concession, from when, for how long, by whose decision."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sala.concessions.models.concession import Concession
from sala.concessions.models.figures import kept_in_figures
from sala.concessions.models.party import Party
from sala.documents.models import Document
from sala.people.models import Organisation


@pghistory.track()
class Grant(models.Model):
    """What one party was granted. A renewal, an amendment or a transfer is a new grant that `replaces` the older.

    share        per cent of the concession that this holder has
    granted_ha   hectares as the agreement says, two decimals
    term_months  length as agreed; `ends_on` is reckoned from it (operations.grants keeps both in step)
    valid        days on which it holds; shorter than the term where it was ended or replaced before
    body, level  who approved, and the level of the administration (code of a level of places)
    body_name    the approving body as the paper writes it, where it is no organisation here
    legal_basis  the law or decree it stands on          document  the agreement
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="grants")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="grants", verbose_name=_("holder"))
    share = models.DecimalField(
        _("share in per cent"), max_digits=6, decimal_places=3, default=100,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    granted_ha = models.DecimalField(
        _("granted hectares"), max_digits=12, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    decided_on = models.DateField(_("approved on"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    term_months = models.PositiveIntegerField(_("term in months"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    valid = DateRangeField(default=(None, None), editable=False)
    body = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    body_name = models.CharField(_("approved by, as written"), max_length=200, blank=True)
    level = models.SlugField(_("level that approved"), max_length=40, blank=True)
    number = models.CharField(_("number of the agreement"), max_length=80, blank=True)
    legal_basis = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legal basis")
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreement")
    )
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by",
        verbose_name=_("replaces the grant"),
    )  # fmt: skip

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="holder_has_one_grant_a_day",
                expressions=[
                    ("concession", RangeOperators.EQUAL),
                    ("holder", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This holder has a grant for these days already. End or replace that first."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(decided_on__isnull=True) | Q(starts_on__gte=F("decided_on")),
                name="grant_begins_after_its_approval",
                violation_error_message=_("The grant begins before it was approved. Correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="grant_ends_after_it_begins",
                violation_error_message=_("The grant ends before it begins. Correct the dates or the term."),
            ),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=100), name="grant_share_is_a_percentage"),
            models.CheckConstraint(condition=Q(granted_ha__isnull=True) | Q(granted_ha__gte=0), name="grant_hectares"),
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="grant_does_not_replace_itself"),
        ]
        ordering = ["concession", "-starts_on", "id"]
        triggers = kept_in_figures("grant")

    def __str__(self) -> str:
        return f"{self.concession}: {self.holder}"
