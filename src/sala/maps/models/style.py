"""How a layer is drawn. What the legend says is stored, so that a class keeps its colour when data change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.maps.models.layer import Layer


class Drawing(models.TextChoices):
    SINGLE = "single", _("One colour")
    CATEGORIES = "categories", _("A colour for each kind")
    CLASSES = "classes", _("Classes of a number")


class Method(models.TextChoices):
    QUANTILE = "quantile", _("As many features in each class")
    EQUAL = "equal", _("Classes of the same width")
    JENKS = "jenks", _("Natural breaks")
    HAND = "hand", _("Breaks by hand")


class Style(models.Model):
    """One way of drawing for each layer.

    column   property that decides about the colour; empty with one colour
    entries  the legend, in order: {"colour": "#rrggbb", "label": {language: text}} and with it "outline" (one colour, not
             filled),
             "value" (categories; absent: all other values) or "from" and "to" (classes; from ≤ number < to)
    """

    layer = models.OneToOneField(Layer, on_delete=models.CASCADE, related_name="style")
    drawing = models.CharField(_("how it is drawn"), max_length=10, choices=Drawing, default=Drawing.SINGLE)
    column = models.CharField(_("by column"), max_length=100, blank=True)
    method = models.CharField(_("classes"), max_length=8, choices=Method, blank=True)
    entries = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(drawing="single") & Q(column="")) | (~Q(drawing="single") & ~Q(column="")),
                name="style_by_a_column",
            )
        ]

    def __str__(self) -> str:
        return f"{self.layer_id}: {self.get_drawing_display()}"
