"""What a request for documents asks for exactly: one row a paper, and what each office gave."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sala.bodies.models.meeting import AgendaItem
from sala.core.columns import TranslatedField
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties.models import Assignment, Call


class PaperAsked(models.Model):
    """A paper that a call wants from every office it asks.

    item  the agenda item it is wanted for: what is given is then put before that meeting
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="papers_asked")
    number = models.PositiveSmallIntegerField()
    title = TranslatedField(_("title"))
    kind = models.ForeignKey(
        Term, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind"),
        limit_choices_to={"scheme": "document-kind"},
    )  # fmt: skip
    item = models.ForeignKey(
        AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="papers_asked",
        verbose_name=_("for the agenda item"),
    )  # fmt: skip
    is_needed = models.BooleanField(_("must be given"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="paper_asked_once_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="papers_asked_count_from_one"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.title)


class PaperGiven(models.Model):
    """The document that one office gave for one paper asked."""

    asked = models.ForeignKey(PaperAsked, on_delete=models.CASCADE, related_name="given")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="papers_given")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asked", "assignment"], name="paper_given_once")]
        ordering = ["asked__number"]

    def __str__(self) -> str:
        return str(self.document)
