"""Words of the country pack that every part uses: topics, sectors, licences, kinds, reasons."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.core.columns import TranslatedField
from sala.core.language import Translated


class Certainty(models.TextChoices):
    """How far a fact of the pack may be relied on."""

    CONFIRMED = "confirmed", _("Confirmed")
    EXAMPLE = "example", _("Example, not confirmed")


class Term(models.Model):
    """One entry of a vocabulary (scheme), such as topic/forest or licence/CC-BY-4.0."""

    scheme = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    name = TranslatedField()
    order = models.IntegerField(default=0)
    data = models.JSONField(default=dict, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="term_once")]
        ordering = ["scheme", "order", "code"]

    def __str__(self) -> str:
        return str(self.name)


class PackFact(models.Model):
    """What the loaded country pack says of the country as a whole: name, disclaimer, motto, outline, code systems."""

    key = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.key

    @classmethod
    def get(cls, key: str, default=None):
        row = cls.objects.filter(key=key).first()
        return row.value if row else default

    @classmethod
    def words(cls, key: str) -> Translated:
        """A translated fact, such as the boundary disclaimer; empty where the pack is silent."""
        return Translated(cls.get(key) or {})
