"""Papers of a concession (LADM LA_AdministrativeSource) and the steps of the procedure that they allow."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from sala.concessions.models.change import KEPT
from sala.concessions.models.concession import Concession, ConcessionState
from sala.concessions.models.party import Party
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Organisation, Position


class ConcessionDocument(models.Model):
    """A document in its role for a concession: request, opinion, memorandum, agreement, certificate …

    role       Term of the scheme "concession-paper", from the pack     pages  where in the document, such as 12–14
    issued_to  in whose name a land title is          issued_on  day of that title, where it is not that of the document
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("document"))
    role = models.ForeignKey(
        Term, on_delete=models.PROTECT, related_name="+", verbose_name=_("what it is"),
        limit_choices_to={"scheme": "concession-paper"},
    )  # fmt: skip
    pages = models.CharField(_("pages"), max_length=40, blank=True)
    issued_to = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in whose name")
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    added_at = models.DateTimeField(editable=False)
    added_by = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concession", "document", "role"], name="paper_once_in_a_role")]
        ordering = ["concession", "id"]

    def __str__(self) -> str:
        return f"{self.role}: {self.document}"


class ApprovalStep(models.Model):
    """One step of the procedure, as it was recorded. Append-only: what was wrong is mended by a later step.

    verb         see states.Step                       body, level  who decided
    decided_on   day of the decision                   hectares     decided about
    document     the paper that the step needs (states.NEEDS)
    checks       what was looked at: [{"rule": id or null, "key": …, "verdict": …, "figures": …}]
    """

    concession = models.ForeignKey(Concession, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=14, choices=ConcessionState)
    to_state = models.CharField(max_length=14, choices=ConcessionState)
    body = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    body_name = models.CharField(max_length=200, blank=True)
    level = models.SlugField(max_length=40, blank=True)
    decided_on = models.DateField()
    hectares = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    checks = models.JSONField(default=list)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="approval_step_is_kept", operation=KEPT)]
        indexes = [models.Index(fields=["concession", "recorded_at"], name="approval_step_of")]
        ordering = ["concession", "id"]

    def __str__(self) -> str:
        return f"{self.concession_id}: {self.from_state} → {self.to_state}"
