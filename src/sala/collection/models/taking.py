"""How often answers were taken along; who took what stands in the history of the form."""

from django.db import models
from django.db.models import Q

from sala.collection.models.form import Form


class DailyTaking(models.Model):
    """Downloads of the answers to a form on one day by one kind of user (as catalogue.DailyUse counts those of editions)."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="takings")
    day = models.DateField()
    user_kind = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "day", "user_kind"], name="daily_taking_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="daily_taking_counts_up"),
        ]
        ordering = ["form", "-day"]

    def __str__(self) -> str:
        return f"{self.form} {self.day}"
