"""Parties that were entered twice: what moved when they became one, and pairs of which somebody said that they are two."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Scope
from sala.concessions import policy
from sala.concessions.models.party import Party
from sala.people.models import Position


class PartyMerge(models.Model):
    """One party turned out to be another one. Never removed; undoing it is told beside it.

    lost, kept  the entry that went, and the one that stays
    moved       what went over, so that undoing can bring it back: {"grants": [ids], "requests": [ids], "held": [ids of shareholdings in others],
                "holders": [ids of shareholdings in it], "dropped": [shareholdings that stood twice, as values, with the id of
                the one that stays], "widened": {id of one that stays: its days before}, "outside": [ids],
                "outside_deals": [ids], "foreign_deals": [ids], "names": [texts], "filled": {field: value},
                "doubles": [ids of entries that led to the one that went], "organisation": id}
    """

    scope = Scope(read=policy.READ_ALL, area="kept__area__path", owner="kept__keeper__path")

    lost = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="took_in")
    reason = models.CharField(_("reason"), max_length=500)
    moved = models.JSONField(default=dict)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    undone_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(lost=F("kept")), name="party_is_merged_into_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="party_merge_has_a_reason"),
            models.UniqueConstraint(
                fields=["lost"], condition=Q(undone_at__isnull=True), name="party_is_merged_once_at_a_time"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.lost_id} → {self.kept_id}"


class PartiesApart(models.Model):
    """Two parties that look alike and are two; `one` is the one entered first. They are not proposed again."""

    one = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="parties_kept_apart_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="parties_apart_in_order"),
        ]
        ordering = ["-id"]
        verbose_name_plural = "parties apart"

    def __str__(self) -> str:
        return f"{self.one_id} ≠ {self.other_id}"
