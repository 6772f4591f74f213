"""How often the register was taken along as a file; the history of each day says who took what."""

from django.db import models
from django.db.models import Q

from sala.access.scope import Scope
from sala.concessions import policy
from sala.places.models import Area


class RegisterTaking(models.Model):
    """Downloads of the list of concessions on one day by one kind of user (as catalogue.DailyUse counts those of editions).

    area  the country, by which those read it who read the entries of every area
    """

    scope = Scope(read=policy.READ_ALL, area="area__path")

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    user_kind = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "day", "user_kind"], name="register_taking_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="register_taking_counts_up"),
        ]
        ordering = ["-day", "user_kind"]

    def __str__(self) -> str:
        return f"{self.day} {self.user_kind}"
