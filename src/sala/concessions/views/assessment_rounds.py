"""Rounds of assessment: the list, one with its counts and lines, opening, filling up and closing; the criteria."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require
from sala.concessions import policy
from sala.concessions.forms.assessment import AskForm, NarrowRoundForm, RoundForm
from sala.concessions.models import NOT_GRADABLE, Assessment, AssessmentRound, AssessmentState, CriteriaVersion
from sala.concessions.operations.asking_by_form import ask_by_form
from sala.concessions.operations.assessment_rounds import close_round, fill_round, open_round
from sala.concessions.queries.assessments import assessments_in, calls_of, rounds_for, tally
from sala.concessions.words import assessment as wording
from sala.core.csv_page import csv_response
from sala.core.language import Translated

PAGE = 50


def index(request: Request) -> HttpResponse:
    rows = rounds_for(request.actor)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "may": request.actor.has_anywhere(policy.ASSESS),
        "versions": CriteriaVersion.objects.order_by("-valid_from"),
    }  # fmt: skip
    return render(request, "concessions/rounds.html", context)


def find(request: Request, slug: str) -> AssessmentRound:
    return get_object_or_404(rounds_for(request.actor), slug=slug)


def new(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.ASSESS)
    form = RoundForm(request.POST or None, actor=request.actor)

    def work(data: dict[str, Any]) -> AssessmentRound:
        return open_round(request.actor, data.pop("owner"), **data)

    return form_page(
        request, form, work, heading=_("A round of assessment"), button=_("Begin"),
        lead=_("Each concession is reckoned at once from what the register knows; answers of offices, companies and villages follow."),
    )  # fmt: skip


def one(request: Request, slug: str) -> HttpResponse:
    """Counts of what the reader reads, then the lines, narrowed as the address says; ?format=csv takes them along."""
    row = find(request, slug)
    form = NarrowRoundForm(request.GET, actor=request.actor, version=row.version)
    rows = assessments_in(request.actor, row, form.wanted())
    named = wording.Named.of(row.version)
    if request.GET.get("format") == "csv":
        return csv_response(f"{row.slug}.csv", _columns(), _lines(rows.iterator(chunk_size=1000), named))
    grades = [*(letter for letter, _least in row.version.grades), NOT_GRADABLE]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "round": row, "form": form, "page": page, "told": tally(rows, row.area), "grades": _named_grades(row.version, grades),
        "states": AssessmentState.choices,
        "lines": [(each, wording.grade(each.grade), wording.tag(row.version, each.grade)) for each in page],
        "may": can(request.actor, policy.ASSESS, row), "calls": calls_of(request.actor, row),
    }  # fmt: skip
    return render(request, "concessions/round.html", context)


def _named_grades(version: CriteriaVersion, grades: list[str]) -> list[tuple[str, str, str]]:
    return [(code, wording.grade(code), wording.tag(version, code)) for code in grades]


def _columns() -> list[str]:
    return [
        _("Reference"), _("Name"), _("Place"), _("Sector"), _("State"), _("Grade"), _("Score"), _("Unknown in per cent"),
        _("Validated as"), _("Validated on"), _("Reasons"), _("What would lift it"),
    ]  # fmt: skip


def _lines(rows: Iterator[Assessment], named: wording.Named) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.concession.reference, str(row.concession), str(row.concession.area), str(row.concession.sector),
            row.get_state_display(), wording.grade(row.grade), row.score, row.missing,
            wording.grade(row.valid_grade) if row.valid_grade else "",
            row.validated_at.date().isoformat() if row.validated_at else "",
            " ".join(wording.reasons(row, named)), " ".join(wording.lifts(row, named)),
        ]  # fmt: skip


def ask(request: Request, slug: str) -> HttpResponse:
    row = find(request, slug)
    require(request.actor, policy.ASSESS, row)
    form = AskForm(request.POST or None, actor=request.actor)

    def work(data: dict[str, Any]) -> None:
        ask_by_form(request.actor, row, **data)

    return form_page(
        request, form, work, heading=_("Ask by form"), back=row, button=_("Draft"), done=_("Drafted. Look at each call, then issue it."),
        lead=_("For each respondent a call is drafted that asks for one form about each concession. Approved answers enter this round by themselves."),
    )  # fmt: skip


@require_POST
def fill(request: Request, slug: str) -> HttpResponse:
    row = find(request, slug)
    number = fill_round(request.actor, row)
    messages.success(
        request, ngettext("%(number)s concession was taken in.", "%(number)s concessions were taken in.", number) % {"number": number}
    )  # fmt: skip
    return redirect(row)


@require_POST
def close(request: Request, slug: str) -> HttpResponse:
    row = find(request, slug)
    close_round(request.actor, row)
    messages.success(request, _("The round is closed and takes no more answers."))
    return redirect(row)


def criteria(request: Request, code: str) -> HttpResponse:
    """How grades come about, open to everybody: criteria, weights, limits, caps, with source and certainty."""
    row = get_object_or_404(CriteriaVersion, code=code)
    groups: dict[str, tuple[Translated, list[Any]]] = {
        group["code"]: (Translated.kept(group["name"]), []) for group in row.groups
    }
    for each in row.criteria.all():
        groups[each.group][1].append((each, wording.steps(each)))
    total = sum(each.weight for _name, rows in groups.values() for each, _steps in rows)
    caps = [(Translated.kept(cap["reason"]), cap["grade"]) for cap in row.caps]
    context = {"version": row, "groups": groups.values(), "total": total, "caps": caps, "sources": wording.SOURCES}
    return render(request, "concessions/criteria.html", context)
