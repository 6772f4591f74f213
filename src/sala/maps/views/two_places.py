"""Two places side by side: size, layers, rasters, people and distances; it can be kept, printed and made again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.core.errors import Invalid, TooLarge
from sala.maps.forms.here import KeepForm
from sala.maps.forms.two_places import TwoPlacesForm
from sala.maps.models import AnalysisKind
from sala.maps.operations.analyses import keep_analysis
from sala.maps.papers import told_of_two_places
from sala.maps.policy import KEEP
from sala.maps.queries.analyses import readable
from sala.maps.queries.here import editions_of, kept_of, what_is_here, within_time
from sala.maps.where import shape_of
from sala.places.models import Area


def two_places(request: Request) -> HttpResponse:
    """Asked by address; with a post the answer can be kept."""
    asked = request.POST if request.method == "POST" else request.GET
    is_asked = bool({"other", "other_kept"} & set(asked))  # a link from one place names only the first
    form = TwoPlacesForm(asked if is_asked else None, actor=request.actor, initial=first_side(request))
    context: dict[str, Any] = {"form": form, "may_keep": request.actor.has_anywhere(KEEP)}
    if form.is_valid():
        recipe = {"sides": form.sides()}
        try:
            result, editions = compared_places(request, recipe)
        except (Invalid, TooLarge) as error:
            form.add_error(None, str(error))
        else:
            keep = KeepForm(request.POST if request.POST.get("keep") else None, actor=request.actor)
            if request.POST.get("keep") and keep.is_valid():
                kept = keep.cleaned_data
                return redirect(keep_analysis(
                    request.actor, kept["owner"], kind=AnalysisKind.PLACES, title=kept["title"], recipe=recipe, editions=editions,
                    result=result,
                ))  # fmt: skip
            context |= {"keep": keep, **told_of_two_places(recipe, result)}
    return render(request, "maps/two_places.html", context)


def first_side(request: Request) -> dict[str, Any]:
    return {
        "place": visible(request.actor, Area).filter(code=request.GET.get("place", "")).first(),
        "kept": readable(request.actor).filter(reference=request.GET.get("kept", "")).first(),
    }


def compared_places(request: Request, recipe: dict[str, Any], editions: list[Edition] | None = None) -> tuple[dict[str, Any], list[Edition]]:  # fmt: skip
    """({"sides": what was found of each}, the editions it was made of). editions  only of these; else the newest of each."""
    sides, used = [], set()
    with within_time():  # both together
        for where in recipe["sides"]:
            found = what_is_here(request.actor, shape_of(where), editions=editions)
            used |= editions_of(found)
            sides.append(kept_of(found))
    rows = visible(request.actor, Edition).filter(pk__in=used)
    return {"sides": sides}, list(rows.select_related("distribution__dataset__owner", "distribution__dataset__place"))
