"""Orders about concessions: a call that asks one post for each of them, and what kind of order it is."""

import pghistory
import pgtrigger
from django.contrib.gis.db import models as gis
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.concessions.models.change import KEPT
from sala.concessions.models.inspection import PhotoPlace
from sala.duties.models import Assignment, Call
from sala.people.models import Position


class OrderKind(models.TextChoices):
    ACT = "act", _("An order to act")
    INSPECT = "inspect", _("An order to inspect")
    IMPROVE = "improve", _("An improvement notice")


class Addressee(models.TextChoices):
    """Who must act for one concession."""

    KEEPER = "keeper", _("The office that keeps the entry")
    PROVINCE = "province", _("The office above it that confirms")
    MINISTRY = "ministry", _("The office of the whole country")
    COMPANY = "company", _("The company's representative")


@pghistory.track()
class ConcessionOrder(models.Model):
    """What makes a call an order about concessions. Each of its assignments is about one of them.

    selection  how the list was narrowed when the order was written: the query of its address
    without    references of those for which nobody was found to act
    """

    call = models.OneToOneField(Call, on_delete=models.CASCADE, primary_key=True, related_name="+")
    kind = models.CharField(max_length=8, choices=OrderKind)
    addressee = models.CharField(max_length=8, choices=Addressee)
    selection = models.CharField(max_length=2000, blank=True)
    without = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["kind"], name="concession_order_kind")]
        ordering = ["-call"]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.kind}"


class OrderFile(models.Model):
    """A photo or paper that was sent with the answer to an order, by the hash of its content. Append-only.

    place, metres  of a photo: where it was taken, held against the granted area (models.PhotoPlace)
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    point = gis.PointField(null=True)
    taken_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=9, choices=PhotoPlace, default=PhotoPlace.UNKNOWN)
    metres = models.FloatField(null=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "sha256"], name="order_file_once")]
        triggers = [pgtrigger.Protect(name="order_file_is_kept", operation=KEPT)]
        ordering = ["assignment", "id"]

    def __str__(self) -> str:
        return self.name
