"""One assignment: what was asked, what was answered, who reviews, and the steps that are open to the reader."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, require, sees, visible
from sala.core.errors import Conflict, Invalid
from sala.core.form_faults import show_faults
from sala.duties import operations, policy
from sala.duties.asking import Fault, asker_of
from sala.duties.due import reckon
from sala.duties.forms import DecideForm, ExtensionForm, HandOnForm, step_form
from sala.duties.models import Assignment, Extension
from sala.duties.operations.moves import open_steps, require_step
from sala.duties.queries import found_subjects, missing_children, states_of, threads_on, with_everything
from sala.duties.standing_in import reached
from sala.duties.states import OF_ONE, WITH_ASKED, State, Step

MOST_CHILDREN = 200
# step → what the form says becomes what the operation takes
OPERATIONS: dict[str, Callable[[Actor, Assignment, Any], Any]] = {
    Step.ACKNOWLEDGE: lambda actor, row, form: operations.acknowledge(actor, row, **form.cleaned_data),
    Step.START: lambda actor, row, form: operations.start(actor, row, **form.cleaned_data),
    Step.PROGRESS: lambda actor, row, form: operations.progress(actor, row, **form.cleaned_data),
    Step.SUBMIT: lambda actor, row, form: operations.submit(actor, row, **form.cleaned_data),
    Step.DECLARE: lambda actor, row, form: operations.declare_not_available(actor, row, **form.cleaned_data),
    Step.HAND_ON: lambda actor, row, form: operations.hand_on(actor, row, **form.cleaned_data),
    Step.REMARK: lambda actor, row, form: operations.remark(actor, row, **form.cleaned_data),
    Step.APPROVE: lambda actor, row, form: operations.approve(
        actor, row, note=form.cleaned_data["note"], gaps=form.gaps()
    ),
    Step.UNAPPROVE: lambda actor, row, form: operations.unapprove(actor, row, **form.cleaned_data),
    Step.RETURN: lambda actor, row, form: operations.return_(
        actor, row, reason=form.cleaned_data["reason"], remarks=form.remarks()
    ),
    Step.ACCEPT: lambda actor, row, form: operations.accept(
        actor, row, note=form.cleaned_data["note"], gaps=form.gaps()
    ),
    Step.WAIVE: lambda actor, row, form: operations.waive(actor, row, **form.cleaned_data),
    Step.REOPEN: lambda actor, row, form: operations.reopen(actor, row, **form.cleaned_data),
}


def _assignment(request: Request, pk: int) -> Assignment:
    return get_object_or_404(with_everything(visible(request.actor, Assignment)), pk=pk)


def assignment(request: Request, pk: int) -> HttpResponse:
    found = _assignment(request, pk)
    actor, asker = request.actor, asker_of(found.call)
    about = [(row.subject_type, row.subject_id) for row in (found, found.call) if row.subject_id]
    subject = found_subjects(actor, about)
    who = reached(found.waits_for) if found.waits_for else None
    context = {
        "assignment": found,
        "call": found.call,
        "call_is_open": sees(actor, found.call),
        "about": subject.get(about[0]) if about else None,
        "is_about": bool(about),
        "due": reckon(found.due_on) if found.due_on and found.is_open else None,
        "vacant": bool(who and who.vacant),
        "told": bool(who and who.people),
        "moves": open_steps(actor, found),
        "items": asker.items(actor, found),
        "faults": _faults(actor, found),
        "answer_url": asker.answer_url(found) if can(actor, policy.SUBMIT, found.position) else "",
        "review_url": asker.review_url(found),
        "reviews": found.reviews.select_related("position__organisation"),
        "attached": [row.call for row in found.attachments.select_related("call") if sees(actor, row.call)],
        "steps": _steps(actor, found),
        **_family(actor, found),
        **_more_time(actor, found),
        "threads": threads_on(found.call),
    }
    return render(request, "duties/assignment.html", context)


def _faults(actor: Actor, found: Assignment) -> Sequence[Fault]:
    """What the checks say of an answer that was given; of a draft only to who writes it, for it tells what stands there."""
    may_write = bool(found.call.asker) and can(actor, policy.SUBMIT, found.position)
    if found.state in (State.SUBMITTED, State.APPROVED) or (found.is_open and may_write):
        return asker_of(found.call).check(found)
    return ()


def _steps(actor: Actor, found: Assignment) -> list[dict[str, Any]]:
    """What happened, newest first, each with its proofs where the reader may see them."""
    steps = list(found.steps.select_related("position__organisation"))
    proofs = found_subjects(actor, [(proof["noun"], proof["id"]) for row in steps for proof in row.evidence])
    return [
        {"step": row, "proofs": [proofs.get((proof["noun"], proof["id"])) for proof in row.evidence]}
        for row in reversed(steps)
    ]


def _family(actor: Actor, found: Assignment) -> dict[str, Any]:
    """The answer above and the answers below, as far as the reader sees them."""
    seen = visible(actor, Assignment)
    below = found.children.all()
    return {
        "parent": with_everything(seen).filter(pk=found.parent_id).first() if found.parent_id else None,
        "children": list(
            with_everything(seen.filter(parent=found)).order_by("position__organisation__code")[:MOST_CHILDREN]
        ),
        "below": states_of(below) if found.children.exists() else {},
        "gaps": found.waivers.select_related("child__position__organisation"),
    }


def _more_time(actor: Actor, found: Assignment) -> dict[str, Any]:
    extensions = list(found.extensions.select_related("asked_by", "decided_by"))
    waiting = next((row for row in extensions if row.granted is None), None)
    return {
        "extensions": extensions,
        "may_ask_time": found.state in WITH_ASKED and waiting is None and can(actor, policy.SUBMIT, found.position),
        "to_decide": waiting if waiting and found.is_open and can(actor, policy.ACCEPT, found.checker) else None,
    }


def step(request: Request, pk: int, step: str) -> HttpResponse:
    """A page per step, with a button; it works without JavaScript and nothing happens by following a link."""
    found = _assignment(request, pk)
    if step not in OF_ONE:
        raise Http404
    move = require_step(request.actor, found, Step(step))
    items = asker_of(found.call).items(request.actor, found)
    form = step_form(
        step, request.POST if request.method == "POST" else None, actor=request.actor, assignment=found, items=items,
        missing=missing_children(found) if step in (Step.APPROVE, Step.ACCEPT) else [],
    )  # fmt: skip
    if form.is_valid():
        try:
            OPERATIONS[step](request.actor, found, form)
        except Invalid as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": move.step.label})
            return redirect(found)
    if isinstance(form, HandOnForm) and form.cannot:
        return render(request, "duties/nobody_takes.html", _nobody_takes(request.actor, found, form))
    context = {
        "form": form, "heading": move.step.label, "back": found, "button": move.step.label,
        "assignment": found, "call": found.call, "items": items if step != Step.RETURN else [],
    }  # fmt: skip
    return render(request, "duties/step.html", context, status=422 if form.errors else 200)


def _nobody_takes(actor: Actor, found: Assignment, form: HandOnForm) -> dict[str, Any]:
    """Why no post of the office takes the work, and what the reader can do about it."""
    return {
        "heading": Step.HAND_ON.label, "assignment": found, "office": found.position.organisation,
        "obstacles": form.obstacles, "may_ask_time": _more_time(actor, found)["may_ask_time"],
    }  # fmt: skip


def ask_extension(request: Request, pk: int) -> HttpResponse:
    found = _assignment(request, pk)
    require(request.actor, policy.SUBMIT, found.position, acting=found.position_id)
    if found.state not in WITH_ASKED:
        raise Conflict(_("More time can be asked only while the answer lies with you."))
    form = ExtensionForm(request.POST or None)
    if form.is_valid():
        try:
            operations.ask_extension(request.actor, found, **form.cleaned_data)
        except Invalid as error:
            show_faults(form, error)
        else:
            messages.success(request, _("More time was asked. You will be told what was decided."))
            return redirect(found)
    context = {"form": form, "heading": _("Ask for more time"), "back": found, "button": _("Ask")}
    return render(request, "duties/step.html", context, status=422 if form.errors else 200)


def decide_extension(request: Request, pk: int) -> HttpResponse:
    rows = Extension.objects.filter(assignment__in=visible(request.actor, Assignment))
    extension = get_object_or_404(rows.select_related("assignment__call__issuer", "asked_by"), pk=pk)
    found = extension.assignment
    require(request.actor, policy.ACCEPT, found.checker, acting=found.checker.pk)
    form = DecideForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.decide_extension(
                request.actor,
                extension,
                granted=data["decision"] == "grant",
                until=data["until"],
                answer=data["answer"],
            )
        except Invalid as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Decided. The office was told."))
            return redirect(found)
    context = {
        "form": form, "heading": _("Decide about more time"), "back": found, "button": _("Decide"), "extension": extension,
    }  # fmt: skip
    return render(request, "duties/step.html", context, status=422 if form.errors else 200)
