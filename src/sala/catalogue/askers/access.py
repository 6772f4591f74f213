"""What calls know of requests for access between offices: the asker "access" (sala.duties.asking)."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import AccessRequest, Decision
from sala.catalogue.operations.access import ACCESS, said
from sala.core import subjects
from sala.core.errors import Conflict
from sala.duties.asking import Asker, Fault, Item
from sala.duties.models import Assignment, Call
from sala.duties.states import ENDED, Step


class Access(Asker):
    code = ACCESS
    name = gettext_lazy("access to data or a document")
    is_request = True

    def missing(self, call: Call) -> dict[str, list[str]]:
        if AccessRequest.objects.filter(call=call).exists():
            return {}
        return {"asker": [_("Ask for access on its own page, under Datasets.")]}

    def answer_url(self, assignment: Assignment) -> str:
        return reverse("catalogue:decide_access", args=[assignment.pk])

    def review_url(self, assignment: Assignment) -> str:
        return reverse("catalogue:decide_access", args=[assignment.pk])

    def items(self, actor: Actor, assignment: Assignment) -> Sequence[Item]:
        request = AccessRequest.objects.get(call=assignment.call)
        return [
            Item(
                "access",
                request.wanted,
                answer=said(request),
                url=_address(actor, request),
                missing=not request.decision,
            )
        ]

    def check(self, assignment: Assignment) -> Sequence[Fault]:
        if AccessRequest.objects.get(call=assignment.call).decision:
            return []
        return [Fault("access", _("Open access first, or refuse it with the reason."))]

    def moved(self, actor: Actor, assignment: Assignment, step: str) -> None:
        """A refusal that comes back is decided anew; access that was opened stays until it ends or is ended."""
        request = AccessRequest.objects.get(call=assignment.call)
        if step in (Step.RETURN, Step.REOPEN) and request.decision == Decision.REFUSED:
            request.decision = Decision.OPEN
        if step == Step.REOPEN:
            others = AccessRequest.objects.filter(
                organisation=request.organisation, subject_type=request.subject_type, subject_id=request.subject_id,
                subject_id__isnull=False, is_open=True,
            )  # fmt: skip
            if others.exclude(pk=request.pk).exists():
                raise Conflict(_("Your office has asked for this anew. Look at your calls."))
        request.is_open = assignment.state not in ENDED
        request.save()

    def summary(self, assignment: Assignment) -> str:
        return said(AccessRequest.objects.get(call=assignment.call))


def _address(actor: Actor, request: AccessRequest) -> str:
    """Page of the row, for those who see it."""
    if request.subject_id is None:
        return ""
    row = visible(actor, subjects.by_noun(request.subject_type).model_class).filter(pk=request.subject_id).first()
    return row.get_absolute_url() if row is not None else ""  # type: ignore[attr-defined]
