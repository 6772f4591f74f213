"""What is here, of a place, a point or an area."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.core.errors import Invalid, TooLarge
from sala.maps.forms.here import HereForm
from sala.maps.models import AnalysisKind
from sala.maps.policy import KEEP
from sala.maps.queries.here import editions_of, kept_of, what_is_here
from sala.maps.views.keeping import keep_form, kept_by
from sala.maps.where import told_of_where


def here(request: Request) -> HttpResponse:
    """By address for a place, a point or an area drawn with few corners; by a form for any. With a post it can be kept."""
    asked = {"place", "point", "drawing"} & set(request.GET)
    sent = request.POST if request.method == "POST" else request.GET if asked else None
    form = HereForm(sent or None, request.FILES or None, actor=request.actor)
    context: dict[str, Any] = {"form": form, "may_keep": request.actor.has_anywhere(KEEP)}
    if form.is_valid():
        try:
            where, shape, mended = form.shape()
            found = what_is_here(request.actor, shape)
        except (Invalid, TooLarge) as error:
            form.add_error(None, str(error))
        else:
            keep, editions = keep_form(request), visible(request.actor, Edition).filter(pk__in=editions_of(found))
            if kept := kept_by(request, keep, AnalysisKind.HERE, recipe=where, editions=editions, result=kept_of(found)):  # fmt: skip
                return redirect(kept)
            context |= {"found": found, "mended": mended, "keep": keep, **told_of_where(where, shape)}
    return render(request, "maps/here.html", context)
