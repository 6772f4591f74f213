"""Drafting a recommendation and the steps it takes; each is a page with a form that works without a script."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require
from sala.core import clock, money
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.form_faults import show_faults
from sala.duties import operations, policy
from sala.duties.forms.recommendations import (
    AnswerOfOfficeForm,
    DetailsForm,
    PositionForm,
    PutForm,
    RecommendationForm,
    RewordForm,
    SubmitForm,
)
from sala.duties.models import Recommendation
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.queries.recommendations import offices_to_speak_for
from sala.duties.views.calls import need_anywhere
from sala.duties.views.recommendations import found_recommendation


def draft(request: Request) -> HttpResponse:
    """A new recommendation, as a draft that only its own office sees."""
    need_anywhere(request.actor, policy.ISSUE)
    form = RecommendationForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.draft_recommendation(
                request.actor, issuer=data["issuer"], wording=data["wording"], title=data["title"],
                purpose=data["purpose"], due_on=data["due_on"], is_public=data["is_public"],
                owners=[operations.Asked(post, checker=data["checker"]) for post in data["owners"]],
                details=form.details(),
            )  # fmt: skip
        except Invalid as refused:
            show_faults(form, refused)
        else:
            messages.success(request, _("The draft is kept. Read it once more, then issue it."))
            return redirect(made)
    context = {"form": form, "heading": _("New recommendation"), "button": _("Save")}
    return render(request, "duties/step.html", context)


def step(request: Request, reference: str, step: str) -> HttpResponse:
    """One step of a recommendation, by its name in the address."""
    if step not in STEPS:
        raise Http404
    found = found_recommendation(request, reference)
    heading, button, make_form, act, done = STEPS[step]
    form = make_form(request, found)
    if form.is_valid():
        try:
            act(request, found, form)
        except Invalid as refused:
            show_faults(form, refused)
        else:
            messages.success(request, done())
            return redirect(found)
    context = {
        "form": form, "heading": heading(), "button": button(), "back": found,
        "wording": found.wordings.latest("number").text, "recommendation": found,
    }  # fmt: skip
    return render(request, "duties/recommendation_step.html", context)


# ---- each step: its form, behind the right to it; and the operation it calls ---------------------------------------


def _describe_form(request: Request, found: Recommendation) -> BaseForm:
    require_speaking_for(request.actor, found.call.issuer)
    if not found.call.is_draft:
        raise Conflict(_("This call has left its draft. Withdraw it and issue a new one."))
    whole = None if found.amount is None else money.whole(found.amount, found.currency)
    begun = {name: getattr(found, name) for name in ("number", "theme", "level", "budget_line", "indicator", "source")}
    return DetailsForm(request.POST or None, actor=request.actor, initial={**begun, "cost": whole})


def _reword_form(request: Request, found: Recommendation) -> BaseForm:
    require_speaking_for(request.actor, found.call.issuer)
    begun = {"wording": found.wordings.latest("number").text}
    return RewordForm(request.POST or None, actor=request.actor, initial=begun)


def _put_form(request: Request, found: Recommendation) -> BaseForm:
    require_speaking_for(request.actor, found.call.issuer)
    return PutForm(request.POST or None, actor=request.actor)


def _submit_form(request: Request, found: Recommendation) -> BaseForm:
    require_speaking_for(request.actor, found.call.issuer)
    return SubmitForm(request.POST or None, actor=request.actor)


def _position_form(request: Request, found: Recommendation) -> BaseForm:
    offices = offices_to_speak_for(request.actor, found)
    if found.is_answered:
        raise Conflict(_("The higher office has answered already; its words stand. Open it to read the answer."))
    if not offices:
        raise NotPermitted(_("Your office was not asked for its position here, or another post of it states it."))
    return PositionForm(request.POST or None, offices=offices)


def _answer_form(request: Request, found: Recommendation) -> BaseForm:
    if found.answered_by is None:
        raise Conflict(_("Nothing of it waits for a higher office's answer. Open it to see where it stands."))
    if not can(request.actor, policy.ANSWER, found.answered_by):
        require_speaking_for(request.actor, found.call.issuer)
    else:
        require(request.actor, policy.ANSWER, found.answered_by)
    return AnswerOfOfficeForm(request.POST or None, actor=request.actor, initial={"on": clock.today()})


# step → heading, words of the button, form, operation, what is said when it is done
STEPS: dict[str, tuple[Any, Any, Any, Any, Any]] = {
    "describe": (
        lambda: _("Edit what it carries"), lambda: _("Save"), _describe_form,
        lambda request, found, form: operations.describe_recommendation(request.actor, found, **form.details()),
        lambda: _("Saved."),
    ),
    "reword": (
        lambda: _("Change the wording"), lambda: _("Save the new wording"), _reword_form,
        lambda request, found, form: operations.reword(request.actor, found, **form.cleaned_data),
        lambda: _("The new wording stands; the earlier one is kept."),
    ),
    "put": (
        lambda: _("Put it to the ministries"), lambda: _("Ask for their position"), _put_form,
        lambda request, found, form: operations.put_to_offices(
            request.actor, found, form.cleaned_data["organisations"]
        ),
        lambda: _("The offices were asked for their position."),
    ),
    "position": (
        lambda: _("State your office's position"), lambda: _("State the position"), _position_form,
        lambda request, found, form: operations.state_position(request.actor, found, **form.cleaned_data),
        lambda: _("Your office's position stands."),
    ),
    "submit": (
        lambda: _("Submit it to a higher office"), lambda: _("Submit"), _submit_form,
        lambda request, found, form: operations.submit_to(request.actor, found, **form.cleaned_data),
        lambda: _("Submitted. The higher office was told."),
    ),
    "answer": (
        lambda: _("Answer of the higher office"), lambda: _("Enter the answer"), _answer_form,
        lambda request, found, form: operations.answer_recommendation(request.actor, found, **form.cleaned_data),
        lambda: _("The answer stands."),
    ),
}  # fmt: skip
