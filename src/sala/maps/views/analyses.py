"""A kept analysis: its page, its paper, its picture and cells, whom it is open to, making it again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sala.access.form_page import button_form, form_page
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue.models import Edition
from sala.core import errands
from sala.core.errors import Conflict, TooLarge, TooMany
from sala.core.files import store
from sala.documents.models import IssuedDocument
from sala.documents.pdf import pdf_response
from sala.documents.policy import ISSUE
from sala.maps.comparing import compared
from sala.maps.models import Analysis, AnalysisKind
from sala.maps.models.analysis import TIER_CHOICES
from sala.maps.operations.analyses import digest_of, issue_analysis, keep_analysis, open_analysis
from sala.maps.papers import told_of
from sala.maps.policy import KEEP
from sala.maps.queries.analyses import compared_in, newer_inputs, papers_of, readable
from sala.maps.queries.here import editions_of, kept_of, readable_rows, what_is_here, within_time
from sala.maps.queries.registers_here import registers_of
from sala.maps.queries.two_places import compared_places
from sala.maps.queries.zonal import reckoned_again
from sala.maps.views.zonal import as_file
from sala.maps.where import shape_of


class OpenForm(forms.Form):
    tier = forms.ChoiceField(label=gettext_lazy("Open to"), choices=TIER_CHOICES)


def find(request: Request, reference: str) -> Analysis:
    return get_object_or_404(readable(request.actor), reference=reference)


def _context(request: Request, found: Analysis) -> dict[str, Any]:
    others = readable(request.actor).filter(kind=AnalysisKind.SUITABILITY, recipe__grid=found.recipe.get("grid", {})).exclude(pk=found.pk)  # fmt: skip
    return told_of(found) | {
        "newer": newer_inputs(request.actor, found),
        "others": others[:20] if found.kind == AnalysisKind.SUITABILITY else [],
        "seen": set(readable(request.actor).filter(pk__in=compared_in(found)).values_list("reference", flat=True)),
        "address": request.build_absolute_uri(found.get_absolute_url()),
    }  # fmt: skip


def _registers(request: Request, found: Analysis) -> list[dict[str, Any]]:
    """None where they are too much to reckon now: what was kept is shown all the same."""
    try:
        with within_time():
            return registers_of(request.actor, shape_of(found.recipe))
    except (TooLarge, TooMany):
        return []


def analysis(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    may = can(request.actor, KEEP, found)
    papers = papers_of(request.actor, found)
    context = _context(request, found) | {
        "may": may, "form": OpenForm(initial={"tier": found.tier}) if may else None, "papers": papers,
        "may_issue": not any(paper.is_valid for paper in papers) and can(request.actor, ISSUE, IssuedDocument(issuer=found.owner)),
    }  # fmt: skip
    if (
        found.kind == AnalysisKind.HERE
    ):  # as this reader may know it today: what was kept, and its paper, do not hold it
        context["found"] = context["found"] | {"registers": _registers(request, found)}
    return render(request, f"maps/analysis_{found.kind}.html", context)


def paper(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    context = _context(request, found)
    context |= {"title": found.title, "verify_url": context["address"]}
    return pdf_response("maps/pdf/plain.html", context, f"{found.reference}.pdf")


def issue(request: Request, reference: str) -> HttpResponse:
    """As an official paper of the office that keeps it. Asks once, since the number is taken for good."""
    found = find(request, reference)
    require(request.actor, ISSUE, IssuedDocument(issuer=found.owner))

    return form_page(
        request, button_form(request), lambda data: issue_analysis(request.actor, found) and found,
        heading=_("Issue as an official paper"), back=found, button=_("Issue"), done=_("Issued. Its number stands under “Official papers”."),
        lead=_("It gets the next number at once and cannot be changed afterwards."),
    )  # fmt: skip


def file(request: Request, reference: str, kind: str) -> HttpResponseBase:
    found = find(request, reference)
    if found.kind == AnalysisKind.ZONAL and kind in ("figures.csv", "figures.xlsx"):
        return as_file(found.result, kind.rpartition(".")[2], found.reference)
    digest = {"picture.png": found.picture, "suitability.tif": found.raster}.get(kind)
    if not digest:
        raise Http404
    response = FileResponse(store.path_of(digest).open("rb"), content_type="image/png" if kind.endswith("png") else "image/tiff")  # fmt: skip
    if kind.endswith("tif"):
        response["Content-Disposition"] = f'attachment; filename="{found.reference}.tif"'
    return response


@require_POST
def open_to(request: Request, reference: str) -> HttpResponse:
    found, form = find(request, reference), OpenForm(request.POST)
    if form.is_valid():
        open_analysis(request.actor, found, tier=form.cleaned_data["tier"])
        messages.success(request, _("Saved."))
    return redirect(found)


@require_POST
def again(request: Request, reference: str) -> HttpResponse:
    """The same recipe with the newest editions. With the same inputs it must give the same; else it is kept anew."""
    found = find(request, reference)
    require(request.actor, KEEP, found)
    newer = newer_inputs(request.actor, found)
    ids = {
        row.edition_id: newer[row.edition_id].pk if row.edition_id in newer else row.edition_id
        for row in found.inputs.all()
    }
    if found.kind == AnalysisKind.SUITABILITY:
        recipe = found.recipe | {
            name: [each | {"edition": ids[each["edition"]]} for each in found.recipe[name]] for name in ("criteria", "constraints")
        }  # fmt: skip
        size = int(recipe["grid"]["width"] * recipe["grid"]["height"] * len(ids) * 0.2)
        return redirect(errands.ask(request.actor, "suitability", title=found.title, size=size, recipe=recipe, owner=found.owner_id, repeats=found.pk))  # fmt: skip
    if found.kind == AnalysisKind.COMPARISON:
        return _compare_again(request, found)
    if found.kind == AnalysisKind.ZONAL:
        return _kept_again(request, found, *reckoned_again(request.actor, found, newer))
    editions = readable_rows(request.actor, list(ids.values()))
    layers = [row for row in editions if row.is_layer or row.is_raster]
    if found.kind == AnalysisKind.PLACES:
        result, used = compared_places(request.actor, found.recipe, layers)
        return _kept_again(request, found, found.recipe, result, used)
    now = what_is_here(request.actor, shape_of(found.recipe), editions=layers)
    used = list(visible(request.actor, Edition).filter(pk__in=editions_of(now)))
    return _kept_again(request, found, found.recipe, kept_of(now), used)


def _kept_again(request: Request, found: Analysis, recipe: dict[str, Any], result: dict[str, Any], editions: list[Edition]) -> HttpResponse:  # fmt: skip
    if digest_of(recipe, editions, result) == found.digest:
        messages.success(request, _("Made again of the same data, it is the same to the last digit."))
        return redirect(found)
    kept = keep_analysis(request.actor, found.owner, kind=found.kind, title=found.title, recipe=recipe, editions=editions, result=result, repeats=found)  # fmt: skip
    return redirect(kept)


def _compare_again(request: Request, found: Analysis) -> HttpResponse:
    first, second = (get_object_or_404(readable(request.actor), reference=found.recipe[side]) for side in ("first", "second"))  # fmt: skip
    result, _picture = compared(first, second)
    editions = [row.edition for row in found.inputs.select_related("edition")]
    if digest_of(found.recipe, editions, result) != found.digest:
        raise Conflict(_("It did not come out the same. Tell your operator: a file of this service may be damaged."))
    messages.success(request, _("Made again of the same data, it is the same to the last digit."))
    return redirect(found)
