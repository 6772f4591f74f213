"""Suitability: choose layers, say what they mean, have it reckoned, compare two."""

import base64
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.core import errands
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.files import store
from sala.core.form_faults import show_faults
from sala.maps import starting, suiting
from sala.maps.comparing import compared
from sala.maps.forms.here import KeepForm
from sala.maps.forms.suitability import ChooseForm, CriteriaForm
from sala.maps.models import Analysis, AnalysisInput, AnalysisKind
from sala.maps.operations.analyses import keep_analysis
from sala.maps.papers import told_of_comparison
from sala.maps.policy import KEEP
from sala.maps.queries.analyses import readable
from sala.maps.queries.here import readable_rows
from sala.maps.queries.layers_here import newest_layers, newest_rasters
from sala.places.models import Area

PER_CELL = 0.2  # bytes counted for a cell and layer when it is told whether the worker should do it


def choose(request: Request) -> HttpResponse:
    """First step, without any right: what there is to weigh; templates, and the suitabilities that were kept.

    ?start=template:CODE or kept:REFERENCE fills it in from there.
    """
    editions = [*newest_rasters(request.actor), *newest_layers(request.actor)]
    start = starting.find(request.actor, request.GET.get("start", ""))
    sent = request.GET if "cell" in request.GET else None
    form = ChooseForm(sent, actor=request.actor, editions=editions, start=start)
    if form.is_valid():
        data = form.cleaned_data
        query = [("place", data["place"].code), ("cell", f"{data['cell']:g}"), *(("use", pk) for pk in data["use"])]
        if start:
            query.append(("start", start.key))
        return redirect(f"{request.path}criteria/?{urlencode(query, safe=':')}")
    kept = readable(request.actor).filter(kind=AnalysisKind.SUITABILITY)
    context = {"form": form, "kept": kept[:30], "start": start, "templates": starting.templates()}
    return render(request, "maps/suitability.html", context)


def criteria(request: Request) -> HttpResponse:
    """Second step. “Look” reckons only the weights; the other button has the map made."""
    actor = request.actor
    if not actor.is_signed_in and not actor.holdings:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    if not actor.has_anywhere(KEEP):
        raise NotPermitted(_("None of your posts may do this. Ask your administrator for the right."))
    place = get_object_or_404(visible(actor, Area), code=request.GET.get("place", ""))
    editions = readable_rows(actor, [int(pk) for pk in request.GET.getlist("use") if pk.isascii() and pk.isdigit()])
    start = starting.find(actor, request.GET.get("start", ""))
    form = CriteriaForm(request.POST or None, actor=actor, editions=editions, start=start)
    cell = _cell(request.GET.get("cell", ""))
    context: dict[str, Any] = {"form": form, "place": place, "cell": cell, "start": start}
    if form.is_valid():
        try:
            recipe = form.recipe(place, cell)
            if "look" not in request.POST:
                return redirect(_asked(request, form, recipe))
            weights, consistency = suiting.weights_of(recipe)
            titles = [each["title"] for each in recipe["criteria"]]
            context |= {"weights": list(zip(titles, weights, strict=True)), "consistency": consistency}
        except (Invalid, Conflict) as error:
            show_faults(form, error, "title")
    return render(request, "maps/criteria.html", context)


def _cell(text: str) -> float:
    """Metres as the first step wrote them into the address; within reach whatever stands there."""
    reach = suiting.reach()
    try:
        return min(max(float(text), reach.least), reach.most)
    except ValueError:
        return reach.usual


def _asked(request: Request, form: CriteriaForm, recipe: dict[str, Any]) -> Any:
    grid, layers = recipe["grid"], len(recipe["criteria"]) + len(recipe["constraints"])
    data = form.cleaned_data
    return errands.ask(
        request.actor, "suitability", title=data["title"], size=int(grid["width"] * grid["height"] * layers * PER_CELL),
        recipe=recipe, owner=data["owner"].pk,
    )  # fmt: skip


def compare(request: Request) -> HttpResponse:
    """Two suitabilities over the same cells: difference map and tables. Posted with a title it is kept."""
    rows = readable(request.actor).filter(kind=AnalysisKind.SUITABILITY)
    first, second = (get_object_or_404(rows, reference=request.GET.get(side, "")) for side in ("first", "second"))
    result, picture = compared(first, second)
    keep = KeepForm(
        request.POST or None, actor=request.actor, initial={"title": f"{first.title} – {second.title}"[:200]}
    )
    if keep.is_valid():
        return redirect(_kept(request, keep, first, second, result, picture))
    context = {
        "keep": keep, "may_keep": request.actor.has_anywhere(KEEP), "first": first, "second": second,
        "picture": base64.b64encode(picture).decode(), "seen": {first.reference, second.reference}, **told_of_comparison(result),
    }  # fmt: skip
    return render(request, "maps/suitability_compare.html", context)


def _kept(request: Request, keep: KeepForm, first: Analysis, second: Analysis, result: dict[str, Any], picture: bytes) -> Analysis:  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        path.write_bytes(picture)
        digest, _size = store.keep(path)
    inputs = AnalysisInput.objects.filter(analysis__in=[first, second]).values("edition")
    return keep_analysis(
        request.actor, keep.cleaned_data["owner"], kind=AnalysisKind.COMPARISON, title=keep.cleaned_data["title"],
        recipe={"first": first.reference, "second": second.reference}, editions=list(Edition.objects.filter(pk__in=inputs)),
        result=result, picture=digest,
    )  # fmt: skip
