"""What is here, of a place, a point or an area."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.core.errors import Invalid
from sala.maps.forms.here import HereForm, KeepForm
from sala.maps.models import AnalysisKind
from sala.maps.operations.analyses import keep_analysis
from sala.maps.policy import KEEP
from sala.maps.queries.here import editions_of, kept_of, what_is_here
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
        except Invalid as error:
            form.add_error(None, str(error))
        else:
            found = what_is_here(request.actor, shape)
            if request.POST.get("keep"):
                keep = KeepForm(request.POST, actor=request.actor)
                if keep.is_valid():
                    return redirect(_kept(request, keep, where, found))
            else:
                keep = KeepForm(None, actor=request.actor, initial={"title": ""})
            context |= {"found": found, "mended": mended, "keep": keep, **told_of_where(where, shape)}
    return render(request, "maps/here.html", context)


def _kept(request: Request, keep: forms.Form, where: dict[str, Any], found: dict[str, Any]) -> Any:
    editions = list(visible(request.actor, Edition).filter(pk__in=editions_of(found)))
    data = keep.cleaned_data
    return keep_analysis(
        request.actor, data["owner"], kind=AnalysisKind.HERE, title=data["title"], recipe=where, editions=editions,
        result=kept_of(found),
    )  # fmt: skip
