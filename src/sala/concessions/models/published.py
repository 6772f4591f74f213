"""What an office says about the difference between the register and a figure that was published.

The figures themselves are terms of the pack's scheme "published-figure" (`queries.published` reads them).
"""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sala.access.scope import Scope
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation, Position


class FigureExplanation(models.Model):
    """An office's explanation, kept with the document that shows it. It is not altered; a later one stands above it.

    ours  the register's total of that moment as the post read it, so that the words can be held against it; told to those
          only who read as much (queries.published.explanations)
    """

    scope = Scope(everyone=True)

    figure = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", limit_choices_to={"scheme": "published-figure"}
    )
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("explanation"))
    ours = models.DecimalField(max_digits=14, decimal_places=2)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("document"))
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="figure_explanation_has_words")]
        ordering = ["figure", "-written_at", "-id"]

    def __str__(self) -> str:
        return f"{self.figure}: {self.written_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("concessions:figure", args=[self.figure.code])
