"""Findings: the list, and deciding about one. Situations: the list of the authorities' classes, and what changed."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import can, require
from sala.concessions import policy
from sala.concessions.forms.findings import FindingsForm, SettleForm, SituationsForm
from sala.concessions.models import FindingCode, FindingState, SituationCode
from sala.concessions.operations.findings import settle
from sala.concessions.queries.findings import changes_between, counts, findings_for, names, situations_on, tally
from sala.concessions.words.findings import called, told
from sala.core.csv_page import csv_response

PAGE = 50


def index(request: Request) -> HttpResponse:
    form = FindingsForm(request.GET or {"state": FindingState.OPEN}, actor=request.actor)
    data = form.cleaned_data if form.is_valid() else {}
    rows = findings_for(
        request.actor, place=data.get("place"), code=data.get("code", ""), state=data.get("state", ""),
        grave=bool(data.get("grave")),
    )  # fmt: skip
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found, called_so = counts(rows), names()
    context = {
        "form": form, "page": page, "lines": [(row, told(row, called_so)) for row in page],
        "counts": [(code, label, found[code]) for code, label in FindingCode.choices if code in found],
    }  # fmt: skip
    return render(request, "concessions/findings.html", context)


def finding(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(findings_for(request.actor), pk=pk)
    steps = row.steps.select_related("position__organisation", "document")
    context = {"row": row, "said": told(row, names()), "steps": steps, "may": can(request.actor, policy.JUDGE, row)}
    return render(request, "concessions/finding.html", context)


def decide(request: Request, pk: int) -> HttpResponse:
    row = get_object_or_404(findings_for(request.actor), pk=pk)
    require(request.actor, policy.JUDGE, row)
    form = SettleForm(request.POST or None, actor=request.actor, finding=row)

    def work(data: dict[str, Any]) -> Any:
        return settle(request.actor, row, **data)

    return form_page(
        request, form, work, heading=f"{row.get_code_display()}: {row.concession}", back=row, button=_("Decide")
    )


def situations(request: Request) -> HttpResponse:
    form = SituationsForm(request.GET, actor=request.actor)
    on, since = form.days()
    data = form.cleaned_data
    place, code = data.get("place"), data.get("code", "")
    rows = situations_on(request.actor, on, place)
    rows = rows.filter(code=code) if code else rows
    if request.GET.get("format") == "csv":
        return csv_response("situations.csv", _columns(), (_line(row) for row in rows.iterator(chunk_size=1000)))
    changes = changes_between(request.actor, since, on, place)
    now, then = tally(request.actor, on, place), tally(request.actor, since, place)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "lines": [(row, called(row)) for row in page], "on": on, "since": since, "code": code,
        "tally": [(each, label, now[each], now[each] - then[each]) for each, label in SituationCode.choices],
        "total": sum(now.values()), "changes": [row for row in changes if row["before"]][:PAGE],
        "fresh": sum(1 for row in changes if row["before"] is None),
    }  # fmt: skip
    return render(request, "concessions/situations.html", context)


def _columns() -> list[str]:
    return [
        _("Reference"),
        _("Name"),
        _("Place"),
        _("Sector"),
        _("Situation"),
        _("Since"),
        _("Reasons"),
        _("Next step"),
    ]


def _line(row: Any) -> list[Any]:
    said = called(row)
    return [
        row.concession.reference, str(row.concession), str(row.concession.area), str(row.concession.sector),
        row.get_code_display(), row.since.isoformat(), said.reasons, said.next_step,
    ]  # fmt: skip
