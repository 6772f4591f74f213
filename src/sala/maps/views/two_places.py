"""Two places side by side: size, layers, rasters, people and distances; it can be kept, printed and made again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.core.errors import Invalid, TooLarge
from sala.maps.forms.two_places import TwoPlacesForm
from sala.maps.models import AnalysisKind
from sala.maps.papers import told_of_two_places
from sala.maps.policy import KEEP
from sala.maps.queries.analyses import readable
from sala.maps.queries.two_places import compared_places
from sala.maps.views.keeping import keep_form, kept_by
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
            result, editions = compared_places(request.actor, recipe)
        except (Invalid, TooLarge) as error:
            form.add_error(None, str(error))
        else:
            keep = keep_form(request)
            if kept := kept_by(request, keep, AnalysisKind.PLACES, recipe=recipe, editions=editions, result=result):
                return redirect(kept)
            context |= {"keep": keep, **told_of_two_places(recipe, result)}
    return render(request, "maps/two_places.html", context)


def first_side(request: Request) -> dict[str, Any]:
    return {
        "place": visible(request.actor, Area).filter(code=request.GET.get("place", "")).first(),
        "kept": readable(request.actor).filter(reference=request.GET.get("kept", "")).first(),
    }
