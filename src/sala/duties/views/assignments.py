"""One assignment: what was asked, what was answered, and the steps that are open to the reader."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import sees, visible
from sala.duties import operations
from sala.duties.due import reckon
from sala.duties.forms import AnswerForm, NoteForm, ReasonForm, RemarkForm
from sala.duties.models import Assignment
from sala.duties.operations.moves import open_steps, require_step
from sala.duties.queries import found_subjects, with_everything
from sala.duties.states import Step
from sala.duties.views.calls import standing

# step → what the form says becomes what the operation takes
OPERATIONS: dict[str, Callable[[Actor, Assignment, dict[str, Any]], Any]] = {
    Step.ACKNOWLEDGE: lambda actor, row, data: operations.acknowledge(actor, row, note=data["note"]),
    Step.START: lambda actor, row, data: operations.start(actor, row, note=data["note"]),
    Step.SUBMIT: lambda actor, row, data: operations.submit(
        actor, row, answer=data["answer"], evidence=data["evidence"]
    ),
    Step.REMARK: lambda actor, row, data: operations.remark(actor, row, note=data["note"]),
    Step.RETURN: lambda actor, row, data: operations.return_(actor, row, reason=data["reason"]),
    Step.ACCEPT: lambda actor, row, data: operations.accept(actor, row, note=data["note"]),
}


def _assignment(request: Request, pk: int) -> Assignment:
    return get_object_or_404(with_everything(visible(request.actor, Assignment)), pk=pk)


def assignment(request: Request, pk: int) -> HttpResponse:
    found = _assignment(request, pk)
    steps = list(found.steps.select_related("position__organisation"))
    named = [(proof["noun"], proof["id"]) for row in steps for proof in row.evidence]
    proofs = found_subjects(request.actor, named)
    context = {
        "assignment": found,
        "call": found.call,
        "call_is_open": sees(request.actor, found.call),
        "due": reckon(found.due_on) if found.due_on and found.is_open else None,
        **(standing(found.position) if found.is_open else {}),
        "moves": open_steps(request.actor, found),
        "steps": [
            {"step": row, "proofs": [proofs.get((proof["noun"], proof["id"])) for proof in row.evidence]}
            for row in reversed(steps)
        ],
    }
    return render(request, "duties/assignment.html", context)


def _form(request: Request, wanted: str) -> Form:
    data = request.POST or None
    if wanted == Step.SUBMIT:
        return AnswerForm(data, actor=request.actor)
    if wanted == Step.RETURN:
        return ReasonForm(data)
    if wanted == Step.REMARK:
        return RemarkForm(data)
    # These forms may be sent with nothing in them: the sending itself is the answer.
    return NoteForm(request.POST if request.method == "POST" else None)


def step(request: Request, pk: int, step: str) -> HttpResponse:
    """A page per step, with a button; it works without JavaScript and nothing happens by following a link."""
    found = _assignment(request, pk)
    if step not in OPERATIONS:
        raise Http404
    move = require_step(request.actor, found, Step(step))
    form = _form(request, step)
    if form.is_valid():
        OPERATIONS[step](request.actor, found, form.cleaned_data)
        messages.success(request, _("Done: %(step)s.") % {"step": move.step.label})
        return redirect(found)
    context = {
        "form": form, "heading": move.step.label, "back": found, "button": move.step.label,
        "assignment": found, "call": found.call,
    }  # fmt: skip
    return render(request, "duties/step.html", context)
