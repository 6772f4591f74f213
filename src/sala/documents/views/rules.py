"""Rules of law by kind, and the country's days off."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.form_faults import show_faults
from sala.documents import operations, policy, queries
from sala.documents.forms import DayOffForm, EndRuleForm, ReasonForm, RuleForm
from sala.documents.models import Document, NonWorkingDay, Rule, RuleKind
from sala.documents.working_days import Calendar

FIRST_YEAR, LAST_YEAR = 1990, 2100


def _someone_with(request: Request) -> None:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link, then send it again."))
    if not request.actor.has_anywhere(policy.PUBLISH):
        raise NotPermitted(_("Rules are entered by records officers. Ask the one of the responsible ministry."))


def rules(request: Request, kind: str = "") -> HttpResponse:
    """Rules of one kind with value, place, days and source; without a kind, how many hold today."""
    if kind and kind not in RuleKind.values:
        raise Http404
    today = clock.today()
    kinds = [(value, label, queries.rules_of(value, today).count()) for value, label in RuleKind.choices]
    rows = list(queries.rules_of(kind)) if kind else []
    sources = [rule.source_id for rule in rows if rule.source_id]
    context = {
        "kind": kind,
        "kind_name": dict(RuleKind.choices).get(kind, ""),
        "kinds": kinds,
        "rules": rows,
        "seen": set(visible(request.actor, Document).filter(pk__in=sources).values_list("pk", flat=True)),
        "may_end": {rule.pk for rule in rows if can(request.actor, policy.PUBLISH, rule)},
        "may_add": request.actor.has_anywhere(policy.PUBLISH),
    }
    return render(request, "documents/rules.html", context)


def add(request: Request) -> HttpResponse:
    """Lay down a rule."""
    _someone_with(request)
    form = RuleForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        data = form.cleaned_data
        try:
            value = operations.rule_value(data.pop("number"), data.pop("unit"), data.pop("text"))
            rule = operations.add_rule(request.actor, data.pop("owner"), value=value, **data)
        except (Invalid, Conflict) as error:
            show_faults(form, error, "start")
        else:
            messages.success(request, _("The rule was laid down."))
            return redirect(rule)
    return render(request, "documents/form.html", {"form": form, "heading": _("Lay down a rule"), "button": _("Save")})


def end(request: Request, pk: int) -> HttpResponse:
    """Let a rule end."""
    rule = get_object_or_404(visible(request.actor, Rule).select_related("owner__area", "area"), pk=pk)
    require(request.actor, policy.PUBLISH, rule)
    form = EndRuleForm(request.POST or None)
    if form.is_valid():
        try:
            operations.end_rule(request.actor, rule, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            show_faults(form, error, "on")
        else:
            messages.success(request, _("Saved."))
            return redirect(rule)
    context = {"form": form, "heading": _("End this rule"), "button": _("End it"), "lead": str(rule)}
    return render(request, "documents/form.html", context)


def working_days(request: Request, year: int | None = None) -> HttpResponse:
    """Public holidays and days off of a year, with where each comes from."""
    year = year or clock.today().year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    rows = Calendar().days_off(year)
    entered = [row for _day, _name, row in rows if row]
    context = {
        "year": year,
        "days": rows,
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "may_add": request.actor.has_anywhere(policy.PUBLISH),
        "may_remove": {row.pk for row in entered if can(request.actor, policy.PUBLISH, row)},
    }
    return render(request, "documents/working_days.html", context)


def add_day(request: Request) -> HttpResponse:
    """Enter an announced day off."""
    _someone_with(request)
    form = DayOffForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        data = form.cleaned_data
        try:
            row = operations.add_non_working_day(request.actor, data.pop("owner"), **data)
        except (Invalid, Conflict) as error:
            show_faults(form, error, "day")
        else:
            messages.success(request, _("Saved."))
            return redirect(row)
    return render(request, "documents/form.html", {"form": form, "heading": _("Add a day off"), "button": _("Add")})


def remove_day(request: Request, pk: int) -> HttpResponse:
    """Take back a day off."""
    row = get_object_or_404(visible(request.actor, NonWorkingDay).select_related("owner__area"), pk=pk)
    require(request.actor, policy.PUBLISH, row)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.remove_non_working_day(request.actor, row, **form.cleaned_data)
        messages.success(request, _("Taken back."))
        return redirect("documents:working_days", row.date.year)
    context = {"form": form, "heading": _("Take back a day off"), "button": _("Take back"), "lead": str(row)}
    return render(request, "documents/form.html", context)
