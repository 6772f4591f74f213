"""An office asks another for access; the owner opens it, or refuses it with a reason."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.catalogue.forms.access import GrantForm, RefuseForm, RequestForm
from sala.catalogue.models import AccessRequest
from sala.catalogue.operations.access import (
    ACCESS,
    answer_access,
    grant_access,
    may_open,
    refuse_access,
    request_access,
    said,
)
from sala.catalogue.queries.asked import with_post
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.duties import policy
from sala.duties.models import Assignment
from sala.duties.queries import found_subjects, with_everything
from sala.duties.views.calls import need_anywhere
from sala.people.models import Position


def ask_access(request: Request) -> HttpResponse:
    """?subject=dataset:12 or ?wanted= fills in what another page knows. Whoever holds no post of government asks as a person."""
    if request.actor.is_signed_in and not request.actor.is_government:
        query = request.GET.urlencode()
        return redirect(reverse("catalogue:ask_as_person") + (f"?{query}" if query else ""))
    need_anywhere(request.actor, policy.ISSUE)
    known = {name: request.GET.get(name, "") for name in ("subject", "wanted", "owner")}
    form = RequestForm(request.POST or None, reader=request.actor, initial=known)
    if form.is_valid():
        try:
            call = request_access(request.actor, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            _tell(form, error)
        else:
            messages.success(request, _("Asked. You will be told what is decided."))
            return redirect(call)
    return render(request, "catalogue/access/ask.html", {"form": form})


def _tell(form: Form, error: Any) -> None:
    for name, texts in (error.fields or {"": [str(error)]}).items():
        form.add_error(name if name in form.fields else None, list(texts))


def decide_access(request: Request, pk: int) -> HttpResponse:
    """What is asked and what was decided; for those who decide, the two answers."""
    rows = with_everything(visible(request.actor, Assignment))
    assignment = get_object_or_404(rows, pk=pk, call__asker=ACCESS)
    asked = AccessRequest.objects.select_related("organisation", "owner").get(call=assignment.call)
    undecided = not asked.decision and asked.is_open and with_post(assignment)
    answers = can(request.actor, policy.SUBMIT, assignment.position)
    known = f"{asked.subject_type}:{asked.subject_id}" if asked.subject_id else ""
    wanted = request.POST.get("do", "")
    grant = GrantForm(request.POST if wanted == "grant" or "find" in request.POST else None, reader=request.actor,
                      initial={"subject": known, "until": asked.until})  # fmt: skip
    refuse = RefuseForm(request.POST if wanted == "refuse" else None)
    for form, act in ((grant, grant_access), (refuse, refuse_access)):
        if form.is_valid():
            try:
                act(request.actor, assignment, **form.cleaned_data)
            except (Invalid, Missing) as error:
                _tell(form, error)
            else:
                messages.success(request, _("Decided. The office that asks is told."))
                return redirect(assignment)
    if wanted == "answer":
        answer_access(request.actor, assignment)
        return redirect(assignment)
    if request.method == "POST" and not undecided:
        raise NotPermitted(_("This request was decided already. Open it to see how."))
    openers = may_open(asked)
    row = found_subjects(request.actor, [(asked.subject_type, asked.subject_id)] if asked.subject_id else [])
    context = {
        "assignment": assignment, "call": assignment.call, "asked": asked, "said": said(asked),
        "subject": next(iter(row.values()), None),
        "grant": grant if undecided and _is_opener(request, openers) else None,
        "refuse": refuse if undecided and answers else None,
        "may_answer": bool(asked.decision) and answers and with_post(assignment), "openers": openers,
    }  # fmt: skip
    return render(request, "catalogue/access/decide.html", context)


def _is_opener(request: Request, openers: list[Position]) -> bool:
    """Whether the reader holds one of the posts that may open it; asked of the row itself when it is done."""
    return bool({post.pk for post in openers} & set(request.actor.position_ids))
