"""Templates of calls: the list, one of them, keeping a call as one, starting from it, retiring it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import visible
from sala.duties import operations, policy
from sala.duties.forms.templates import StartForm, TemplateForm
from sala.duties.models import Call, CallTemplate
from sala.duties.operations.speaking import require_speaking_for, speaks_for
from sala.duties.operations.templates import base_of
from sala.duties.views.finding import call_or_404, need_anywhere

PER_PAGE = 50


def _template(request: Request, pk: int) -> CallTemplate:
    rows = visible(request.actor, CallTemplate).select_related("owner__organisation__area", "source", "last")
    return get_object_or_404(rows, pk=pk)


def templates(request: Request) -> HttpResponse:
    """Templates that the reader's offices may use, the recurring ones by the day of their next round."""
    rows = visible(request.actor, CallTemplate).filter(retired=False).select_related("owner__organisation", "source")
    page = Paginator(rows.order_by("next_on", "id"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "duties/templates.html", {"page": page})


def template(request: Request, pk: int) -> HttpResponse:
    found = _template(request, pk)
    base = base_of(found)
    may_see = visible(request.actor, Call)
    context = {
        "template": found,
        "base": base,
        "source": may_see.filter(pk=found.source_id).first(),
        "last": may_see.filter(pk=found.last_id).first() if found.last_id else None,
        "asked": base.assignments.count(),
        "may_use": not found.retired and request.actor.has_anywhere(policy.ISSUE),
        "may_change": not found.retired and speaks_for(request.actor, found.owner),
    }
    return render(request, "duties/template.html", context)


def make(request: Request, reference: str) -> HttpResponse:
    """Keep a call to be used again."""
    call = call_or_404(request.actor, reference)
    require_speaking_for(request.actor, call.issuer)
    form = TemplateForm(request.POST or None, initial={"name": call.title})
    if form.is_valid():
        made = operations.make_template(request.actor, call, **form.cleaned_data)
        messages.success(request, _("Kept. Calls can be started from it now."))
        return redirect(made)
    context = {"form": form, "heading": _("Keep as a template"), "back": call, "button": _("Keep")}
    return render(request, "duties/step.html", context, status=422 if form.errors else 200)


def change(request: Request, pk: int) -> HttpResponse:
    found = _template(request, pk)
    require_speaking_for(request.actor, found.owner)
    names = ("name", "note", "tier", "rhythm", "opens_itself")
    form = TemplateForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if form.is_valid():
        operations.change_template(request.actor, found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(found)
    context = {"form": form, "heading": _("Change the template"), "back": found, "button": _("Save")}
    return render(request, "duties/step.html", context, status=422 if form.errors else 200)


def start(request: Request, pk: int) -> HttpResponse:
    """A draft with the texts of the template; it can be changed before it is issued."""
    found = _template(request, pk)
    need_anywhere(request.actor, policy.ISSUE)
    form = StartForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        data: dict[str, Any] = dict(form.cleaned_data)
        made = operations.start_from_template(request.actor, found, **data)
        messages.success(request, _("The draft is kept. Read it once more, then issue it."))
        return redirect(made)
    context = {
        "form": form,
        "heading": _("Start a call from this template"),
        "back": found,
        "button": _("Keep the draft"),
    }
    return render(request, "duties/step.html", context, status=422 if form.errors else 200)


@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    found = _template(request, pk)
    operations.retire_template(request.actor, found)
    messages.success(request, _("Retired. The calls that were made of it stay."))
    return redirect("duties:templates")
