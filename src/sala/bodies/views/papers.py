"""A request for documents: what is asked, on the draft of the call; what is given, on the assignment."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.bodies import operations
from sala.bodies.asker import given_to
from sala.bodies.forms.papers import PaperAskedForm, PapersGivenForm
from sala.core.errors import Conflict
from sala.duties import policy as duties
from sala.duties.models import Assignment, Call
from sala.duties.states import WITH_ASKED


def asked(request: Request, reference: str) -> HttpResponse:
    """Papers of a draft, and a form for one more."""
    call = get_object_or_404(visible(request.actor, Call).select_related("issuer__organisation"), reference=reference)
    require(request.actor, duties.ISSUE, call, acting=call.issuer_id)
    if not call.is_draft:
        raise Conflict(_("This call has left its draft. Withdraw it and issue a new one."))

    def add(data: dict[str, Any]) -> None:
        operations.ask_paper(request.actor, call, **data)

    return form_page(
        request, PaperAskedForm(request.POST or None), add, heading=_("Which documents are asked"), back=call,
        button=_("Add this document"), done=_("Added. Add another one, or go back to the call."),
        template="bodies/papers_asked.html", call=call, papers=call.papers_asked.select_related("kind"),
    )  # fmt: skip


def given(request: Request, pk: int) -> HttpResponse:
    """One box a paper; what is kept can be completed later, until the answer is submitted."""
    rows = visible(request.actor, Assignment).select_related("call", "position__organisation__area")
    assignment = get_object_or_404(rows, pk=pk)
    require(request.actor, duties.SUBMIT, assignment.position, acting=assignment.position_id)
    if assignment.state not in WITH_ASKED:
        raise Conflict(_("The answer was given, or is no longer awaited. Nothing can be added now."))
    papers, held = list(assignment.call.papers_asked.all()), given_to(assignment)
    begun = {f"paper_{number}": row.document for number, row in held.items()}
    form = PapersGivenForm(request.POST or None, actor=request.actor, papers=papers, initial=begun)
    if form.is_valid():
        for paper, document in form.given().items():
            operations.give_paper(request.actor, assignment, paper, document)
        messages.success(request, _("Kept. Submit the answer when all is there."))
        return redirect(assignment)
    return form_page(
        request, form, lambda data: None, heading=_("Documents to deliver"), back=assignment, button=_("Keep")
    )  # fmt: skip
