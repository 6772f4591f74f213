"""Our total against a published figure: the list, one figure with its arithmetic, and an office's explanation."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions import operations, policy
from sala.concessions.forms.published import ExplainForm
from sala.concessions.queries.published import REASONS, explanations, held, terms
from sala.core import clock
from sala.core.models import Term
from sala.documents.models import Document


def index(request: Request) -> HttpResponse:
    return render(
        request, "concessions/figures.html", {"lines": held(request.actor, list(terms())), "on": clock.today()}
    )


def figure(request: Request, code: str) -> HttpResponse:
    found = _find(code)
    (shown,) = held(request.actor, [found])
    told = explanations(request.actor, found)
    seen = set(
        visible(request.actor, Document)
        .filter(pk__in=[row.document_id for row, _tells in told])
        .values_list("pk", flat=True)
    )
    context = {
        "shown": shown, "on": clock.today(), "explanations": [(row, row.document_id in seen, tells) for row, tells in told],
        "reasons": [(REASONS[part.reason], part) for part in (shown.held.parts if shown.held else [])],
        "may_explain": request.actor.has_anywhere(policy.CONFIRM), "is_part": not request.actor.is_everything,
    }  # fmt: skip
    return render(request, "concessions/figure.html", context)


def explain(request: Request, code: str) -> HttpResponse:
    found = _find(code)
    need_anywhere(request.actor, policy.CONFIRM)
    form: forms.Form = ExplainForm(request.POST or None, actor=request.actor)

    def work(data: dict[str, Any]) -> Any:
        return operations.explain_figure(request.actor, found, **data)

    return form_page(
        request, form, work, heading=f"{_('Explain the difference')}: {found.name}", button=_("Keep the explanation")
    )


def _find(code: str) -> Term:
    found = terms().filter(code=code).first()
    if found is None:
        raise Http404
    return found
