"""What other registers say: each file that was read, and each deal as it stood there, with what became of it here.

A deal of this country is a proposal for the register (`OutsideDeal`). A deal abroad is a `ForeignDeal`: it tells what
else a holder has, and stands in no list, total or map of the register.
"""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.concessions import policy
from sala.concessions.models.concession import Concession
from sala.concessions.models.party import Party
from sala.people.models import Position


class OutsideImport(models.Model):
    """One file that was read: from which register, of which day, how that was narrowed, and what came of it.

    asked   the filter with which the file was drawn there, as its sender says: two files of one register differ by it
    report  counts `new`, `changed`, `unchanged`, `refused`, and `lines` with each value that found no place
    """

    scope = policy.IMPORT_SCOPE

    source = models.CharField(_("register"), max_length=60)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField(_("as of"))
    asked = models.CharField(_("how it was narrowed"), max_length=300, blank=True)
    report = models.JSONField(default=dict)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source}: {self.file_name}"


class OutsideParty(models.Model):
    """A number (or, in older files, a name) by which another register knows a party."""

    source = models.CharField(max_length=60)
    outside_id = models.CharField(max_length=220)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="outside")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "outside_id"], name="outside_party_once")]
        ordering = ["source", "outside_id"]

    def __str__(self) -> str:
        return f"{self.source} {self.outside_id}"


class Deal(models.Model):
    """A deal as another register has it. values: see exchange.land_matrix.deals; history keeps what they were before.

    as_of  day that the newest file describes; an older file changes nothing
    """

    source = models.CharField(max_length=60)
    outside_id = models.CharField(max_length=60)
    as_of = models.DateField()
    values = models.JSONField()
    imported = models.ForeignKey(OutsideImport, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.source} {self.outside_id}"


@pghistory.track()
class OutsideDeal(Deal):
    """A deal of this country, and the concession that was proposed for it.

    version  of the concession, as the import left it: when an office wrote in it since, the import no longer does
    parties  whom the other register names as investors
    """

    concession = models.OneToOneField(Concession, on_delete=models.PROTECT, related_name="outside")
    version = models.PositiveIntegerField()
    parties = models.ManyToManyField(Party, related_name="outside_deals")

    class Meta(Deal.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["source", "outside_id"], name="outside_deal_once")]
        ordering = ["source", "outside_id"]


@pghistory.track()
class ForeignDeal(Deal):
    """A deal in another country. hectares as the other register counts them; state: its code of the negotiation.

    country  ISO 3166-1 alpha-2; empty where the name written there is not known
    """

    country = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=40, blank=True)
    hectares = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    parties = models.ManyToManyField(Party, related_name="foreign_deals")

    class Meta(Deal.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["source", "outside_id"], name="foreign_deal_once")]
        ordering = ["source", "outside_id"]
