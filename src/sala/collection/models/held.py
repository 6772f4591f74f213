"""What is asked although it is held already, and why."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.collection.models.form import Form
from sala.collection.models.submission import KEPT
from sala.core.columns import TranslatedField
from sala.people.models import Position


class HeldKind(models.TextChoices):
    QUESTION = "question", _("question of another form")
    FIGURE = "figure", _("key figure")
    COLUMN = "column", _("column of a dataset")
    REGISTER = "register", _("register")


class AskedAnyway(models.Model):
    """The author's answer to: this is held already. It holds for later versions too, while the question keeps its path.

    number    of the version for which it was said      path, label  of the question
    held_kind, held_key   what is held: form:path, number of a key figure or of a column, or the field of a register
    held_text             what it was called when the author was asked
    """

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="asked_anyway")
    number = models.PositiveIntegerField()
    path = models.CharField(max_length=500)
    label = TranslatedField()
    held_kind = models.CharField(max_length=10, choices=HeldKind)
    held_key = models.CharField(max_length=700)
    held_text = TranslatedField()
    reason = models.TextField()
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "path", "held_kind", "held_key"], name="asked_anyway_said_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="asked_anyway_has_a_reason"),
        ]
        triggers = [pgtrigger.Protect(name="asked_anyway_is_kept", operation=KEPT)]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.form_id}: {self.path}"
