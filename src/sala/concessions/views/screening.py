"""Screening: asking, the report, its paper, running it again and what changed; layers that constrain."""

from typing import Any

import shapely
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import can
from sala.concessions.calculations.checks import difference
from sala.concessions.forms.screening import ScreeningForm
from sala.concessions.models import Concession, ConstraintLayer, FieldClass, Screening, Verdict
from sala.concessions.operations.screening import Asked, issue_report, screen
from sala.concessions.policy import SCREEN
from sala.concessions.queries.rules import rules_by_id
from sala.concessions.queries.screening import screenings_for, shown_references
from sala.concessions.redaction import classes_of, readable
from sala.concessions.words import screening as wording
from sala.core.errors import Conflict, Invalid
from sala.core.form_faults import show_faults
from sala.core.language import current
from sala.core.models import Term
from sala.documents import policy as documents
from sala.documents.pdf import pdf_response
from sala.places.maps import layer_map
from sala.places.models import Level

PAGE = 50


def index(request: Request) -> HttpResponse:
    """Earlier screenings of the offices whose work the reader sees."""
    rows = screenings_for(request.actor)
    verdict = request.GET.get("verdict", "")
    if verdict in Verdict.values:
        rows = rows.filter(verdict=verdict)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "verdicts": Verdict.choices, "verdict": verdict, "may": request.actor.has_anywhere(SCREEN)}
    return render(request, "concessions/screenings.html", context)


def _asked_about(request: Request) -> Concession | None:
    """The concession that the address names, when the reader knows it."""
    reference = request.GET.get("concession", "")
    return readable(request.actor, FieldClass.BASICS).filter(reference=reference).first() if reference else None


def _first_said(request: Request, concession: Concession) -> dict[str, Any]:
    """What the form is filled in with: of the concession, as far as the reader reads it."""
    said = {"concession": concession.reference, "title": str(concession), "sector": concession.sector_id}
    if FieldClass.HOLDER in classes_of(request.actor, concession):
        said["holder"] = concession.applicant or ""
    return said


def new(request: Request) -> HttpResponse:
    need_anywhere(request.actor, SCREEN)
    asked = _asked_about(request)
    first = _first_said(request, asked) if asked else None
    form = ScreeningForm(request.POST or None, request.FILES or None, actor=request.actor, initial=first)
    if form.is_valid():
        data = form.cleaned_data
        try:
            shape, mended = form.area()
            found = screen(
                request.actor, data["owner"], shape=shape, title=data["title"], asked=form.asked(),
                concession=data["concession"],
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            show_faults(form, error, "title")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if mended:
                messages.warning(request, _("The drawing crossed itself and was mended. Look at the map whether it is still the area that was meant."))  # fmt: skip
            return redirect(found)
    context = {
        "form": form, "heading": _("Screen an area"), "button": _("Screen"),
        "lead": _("Every overlap, stop of approvals, power and term is looked at. What you leave empty is told as such."),
    }  # fmt: skip
    return render(request, "core/form.html", context)


def find(request: Request, reference: str) -> Screening:
    return get_object_or_404(screenings_for(request.actor), reference=reference)


def _known(request: Request, rows: list[dict[str, Any]]) -> wording.Known:
    """Names for the codes in kept results, as far as the reader may see what they name."""
    return wording.Known(
        terms={term.code: term.name for term in Term.objects.filter(scheme__in=["sector", "commodity"])},
        levels={row.code: row.name for row in Level.objects.all()},
        layers={row.code: row for row in ConstraintLayer.objects.select_related("legal_basis", "edition")},
        shown=shown_references(request.actor, [row["figures"].get("key", "") for row in rows]),
        rules=rules_by_id([row["rule"] for row in rows if row.get("rule")]),
    )


def _context(request: Request, found: Screening) -> dict[str, Any]:
    """What page and paper show. Words and map are made when they are written: a paper is in several languages."""
    known = _known(request, found.result)
    shape, middle = shapely.from_wkb(bytes(found.geometry.wkb)), found.geometry.centroid
    return {
        "screening": found, "lines": lambda: wording.worst_first(found.result, known),
        "map": lambda: layer_map([shape], found.area, current()), "middle": f"{middle.y:.5f}, {middle.x:.5f}",
        "rules": list(rules_by_id(found.inputs["rules"]).values()),
        "address": request.build_absolute_uri(found.get_absolute_url()),
    }  # fmt: skip


def screening(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    context = _context(request, found) | {
        "earlier": found.repeats, "later": found.again.order_by("-made_at").first(),
        "may": can(request.actor, SCREEN, found), "may_issue": request.actor.has_anywhere(documents.ISSUE),
        "issued": found.issued,
    }  # fmt: skip
    if found.repeats:
        known = _known(request, [*found.repeats.result, *found.result])
        context["changed"] = [
            [row[side] and wording.said(row[side], known) for side in ("before", "after")]
            for row in difference(found.repeats.result, found.result)
        ]
    return render(request, "concessions/screening.html", context)


def paper(request: Request, reference: str) -> HttpResponse:
    """The report as PDF, with its hash; without a number until it is issued."""
    found = find(request, reference)
    context = _context(request, found) | {"title": found.title}
    return pdf_response("concessions/pdf/screening.html", context, f"{found.reference}.pdf")


@require_POST
def again(request: Request, reference: str) -> HttpResponse:
    """Screen the same area with the registers and rules of today."""
    found = find(request, reference)
    row = screen(
        request.actor, found.owner, shape=found.geometry, title=found.title, asked=Asked(**found.asked),
        concession=found.concession, repeats=found,
    )  # fmt: skip
    messages.success(request, _("Screened again. What changed stands at the top."))
    return redirect(row)


@require_POST
def issue(request: Request, reference: str) -> HttpResponse:
    """Issue the report under the next number of the office's reports."""
    found = find(request, reference)
    issued = issue_report(request.actor, found, context=_context(request, found))
    messages.success(request, _("Issued under number %(number)s.") % {"number": issued.number})
    return redirect(issued)
