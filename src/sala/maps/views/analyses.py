"""A kept analysis: its page, its paper, its picture and cells, whom it is open to, making it again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue.models import Edition
from sala.core import errands
from sala.core.files import store
from sala.documents.pdf import pdf_response
from sala.maps import suiting
from sala.maps.calculations.overlay import CLASSES
from sala.maps.forms.suitability import FITS, METHODS
from sala.maps.models import Analysis, AnalysisKind
from sala.maps.models.analysis import TIER_CHOICES
from sala.maps.operations.analyses import digest_of, keep_analysis, open_analysis
from sala.maps.policy import KEEP
from sala.maps.queries.analyses import newer_inputs, readable
from sala.maps.queries.here import readable_rows, what_is_here
from sala.maps.starting import said_again
from sala.maps.views.here import LIVE, shape_of, shown


class OpenForm(forms.Form):
    tier = forms.ChoiceField(label=gettext_lazy("Open to"), choices=TIER_CHOICES)


def find(request: Request, reference: str) -> Analysis:
    return get_object_or_404(readable(request.actor), reference=reference)


def _context(request: Request, found: Analysis) -> dict[str, Any]:
    rows = found.inputs.select_related("edition__distribution__dataset__owner")
    context: dict[str, Any] = {"analysis": found, "inputs": rows, "newer": newer_inputs(request.actor, found)}
    if found.kind == AnalysisKind.HERE:
        return context | {"found": found.result, **shown(found.recipe, shape_of(found.recipe))}
    titles = [each["title"] for each in found.recipe["criteria"]]
    sensitivity = [{"title": titles[row["criterion"]], **row, "percent": round(row["change"] * 100)} for row in found.result["sensitivity"]]  # fmt: skip
    legend = [{"colour": suiting.COLOURS[name], "label": name} for name in reversed(CLASSES)]
    used = [*found.recipe["criteria"], *found.recipe["constraints"]]
    shares = [*found.result["weights"], *[None] * len(found.recipe["constraints"])]
    weights = [told_of_layer(said) | {"weight": weight, "fit": FITS[fit]} for said, weight, fit in zip(used, shares, found.result["fits"], strict=True)]  # fmt: skip
    others = readable(request.actor).filter(kind=found.kind, recipe__grid=found.recipe["grid"]).exclude(pk=found.pk)
    return context | {"titles": titles, "weights": weights, "sensitivity": sensitivity, "legend": legend, "others": others[:20], "classes": CLASSES}  # fmt: skip


def told_of_layer(said: dict[str, Any]) -> dict[str, Any]:
    """What a recipe says of one of its layers, in words: title, what is measured, how it becomes 0 to 1, the numbers."""
    written = said_again(said)
    kind, _colon, column = written["measure"].partition(":")
    measure = {"distance": _("distance to the nearest feature, km"), "number": column}.get(kind, "")
    return {
        "title": said["title"],
        "measure": measure,
        "method": dict(METHODS)[written["method"]],
        "numbers": written["numbers"],
    }


def analysis(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    may = can(request.actor, KEEP, found)
    context = _context(request, found) | {"may": may, "form": OpenForm(initial={"tier": found.tier}) if may else None}
    return render(request, f"maps/analysis_{found.kind}.html", context)


def paper(request: Request, reference: str) -> HttpResponse:
    found = find(request, reference)
    context = _context(request, found) | {
        "title": found.title, "address": request.build_absolute_uri(found.get_absolute_url()),
        "drawing": drawn(found.result["coarse"]) if "coarse" in found.result else None,
    }  # fmt: skip
    return pdf_response(f"maps/pdf/{found.kind}.html", context, f"{found.reference}.pdf")


def drawn(rows: list[str]) -> dict[str, Any]:
    """The coarse result as one path for each class, in cells of one unit, for paper."""
    paths = []
    for number, name in enumerate(CLASSES):
        pieces, digit = [], str(number)
        for y, row in enumerate(rows):
            x = 0
            while (x := row.find(digit, x)) >= 0:
                end = x
                while end < len(row) and row[end] == digit:
                    end += 1
                pieces.append(f"M{x} {y}h{end - x}v1h{x - end}z")
                x = end
        paths.append({"colour": suiting.COLOURS[name], "path": "".join(pieces)})
    return {"width": max(map(len, rows), default=1), "height": len(rows), "paths": paths}


def file(request: Request, reference: str, kind: str) -> FileResponse:
    found = find(request, reference)
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
    editions = readable_rows(request.actor, list(ids.values()))
    layers = [row for row in editions if row.is_layer or row.is_raster]
    result = {name: value for name, value in what_is_here(request.actor, shape_of(found.recipe), editions=layers).items() if name not in LIVE}  # fmt: skip
    if digest_of(found.recipe, editions, result) == found.digest:
        messages.success(request, _("Made again of the same data, it is the same to the last digit."))
        return redirect(found)
    used = list(visible(request.actor, Edition).filter(pk__in={*(row.pk for row in editions), *(row["edition"] for row in result["people"])}))  # fmt: skip
    kept = keep_analysis(request.actor, found.owner, kind=found.kind, title=found.title, recipe=found.recipe, editions=used, result=result, repeats=found)  # fmt: skip
    return redirect(kept)
