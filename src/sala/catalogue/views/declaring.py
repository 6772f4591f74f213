"""Key figures of a table and rules for its rows: the list with a form for one more, and a page to change or end each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import require
from sala.catalogue import operations, policy
from sala.catalogue.forms.declaring import KeyFigureForm, RuleForm
from sala.catalogue.forms.exchange import tell
from sala.catalogue.models import Distribution, KeyFigure, QualityRule
from sala.catalogue.views.finding import part_of
from sala.core.errors import Conflict, Invalid


def figures(request: Request, slug: str, part: str) -> HttpResponse:
    distribution = part_of(request, slug, part)
    require(request.actor, policy.EDIT, distribution.dataset)
    form = KeyFigureForm(request.POST or None, instance=KeyFigure(distribution=distribution), distribution=distribution)
    if form.is_valid() and _done(request, form, operations.declare_figure, distribution, **form.told()):
        return redirect("catalogue:figures", slug, part)
    return _listed(request, distribution, form, "figures")


def figure(request: Request, slug: str, part: str, code: str) -> HttpResponse:
    distribution = part_of(request, slug, part)
    require(request.actor, policy.EDIT, distribution.dataset)
    found = get_object_or_404(KeyFigure, distribution=distribution, code=code)
    if request.method == "POST" and "end" in request.POST:
        operations.end_figure(request.actor, found)
        messages.success(request, _("Ended. Its values leave the pages of places."))
        return redirect("catalogue:figures", slug, part)
    form = KeyFigureForm(request.POST or None, instance=found, distribution=distribution)
    if form.is_valid():
        kept = KeyFigure.objects.get(pk=found.pk)
        if _done(request, form, operations.change_figure, kept, **form.told()):
            return redirect("catalogue:figures", slug, part)
    return _one(request, distribution, form, found, "figures")


def rules(request: Request, slug: str, part: str) -> HttpResponse:
    distribution = part_of(request, slug, part)
    require(request.actor, policy.EDIT, distribution.dataset)
    form = RuleForm(request.POST or None, instance=QualityRule(distribution=distribution), distribution=distribution)
    if form.is_valid() and _done(request, form, operations.declare_rule, distribution, **form.cleaned_data):
        return redirect("catalogue:rules", slug, part)
    return _listed(request, distribution, form, "rules")


def rule(request: Request, slug: str, part: str, pk: int) -> HttpResponse:
    distribution = part_of(request, slug, part)
    require(request.actor, policy.EDIT, distribution.dataset)
    found = get_object_or_404(QualityRule, distribution=distribution, pk=pk)
    if request.method == "POST" and "end" in request.POST:
        operations.end_rule(request.actor, found)
        messages.success(request, _("Ended. Rows are not held against it any more."))
        return redirect("catalogue:rules", slug, part)
    form = RuleForm(request.POST or None, instance=found, distribution=distribution)
    if form.is_valid():
        kept = QualityRule.objects.get(pk=found.pk)
        if _done(request, form, operations.change_rule, kept, **form.cleaned_data):
            return redirect("catalogue:rules", slug, part)
    return _one(request, distribution, form, found, "rules")


def _done(request: Request, form: forms.BaseForm, change: Any, *args: Any, **told: Any) -> bool:
    """Do it; what is refused stands in the form."""
    try:
        change(request.actor, *args, **told)
    except (Conflict, Invalid) as error:
        tell(form, error)
        return False
    messages.success(request, _("Saved. Editions delivered already are read again in the background."))
    return True


def _context(distribution: Distribution, form: forms.BaseForm, kind: str) -> dict[str, Any]:
    heading = _("Key figures") if kind == "figures" else _("Rules every row must keep")
    return {"form": form, "distribution": distribution, "heading": heading, "kind": kind}


def _listed(request: Request, distribution: Distribution, form: forms.BaseForm, kind: str) -> HttpResponse:
    rows = distribution.key_figures.all() if kind == "figures" else distribution.rules.order_by("pk")
    context = {"rows": rows, "has_columns": distribution.dictionary.exists()}
    return render(request, "catalogue/declared.html", _context(distribution, form, kind) | context)


def _one(request: Request, distribution: Distribution, form: forms.BaseForm, found: Any, kind: str) -> HttpResponse:
    return render(request, "catalogue/declared_one.html", _context(distribution, form, kind) | {"row": found})
