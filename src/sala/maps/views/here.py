"""What is here, of a place, a point or an area; and two of them side by side."""

from typing import Any

import shapely
from django import forms
from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from sala.access.request import Request
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.core.errors import Invalid
from sala.core.language import current
from sala.maps.calculations.coordinates import as_utm
from sala.maps.forms.here import HereForm, KeepForm, shape_of_place
from sala.maps.models import AnalysisKind
from sala.maps.operations.analyses import keep_analysis
from sala.maps.policy import KEEP
from sala.maps.queries.here import what_is_here
from sala.places.maps import layer_map
from sala.places.models import Area
from sala.places.queries import country

LIVE = ("datasets", "documents", "editions")  # parts of what was found that each reader gets by their own rights


def here(request: Request) -> HttpResponse:
    """By address for a place or a point; by a form for an area. Signed in with a post, it can be kept."""
    sent = request.POST if request.method == "POST" else request.GET if {"place", "point"} & set(request.GET) else None
    form = HereForm(sent or None, request.FILES or None, actor=request.actor)
    context: dict[str, Any] = {"form": form, "may_keep": request.actor.has_anywhere(KEEP)}
    if form.is_valid():
        try:
            where, shape, mended = form.shape()
        except (Invalid, ValidationError) as error:
            form.add_error(None, str(error) if isinstance(error, Invalid) else error)
        else:
            found = what_is_here(request.actor, shape)
            if request.POST.get("keep"):
                keep = KeepForm(request.POST, actor=request.actor)
                if keep.is_valid():
                    return redirect(_kept(request, keep, where, found))
            else:
                keep = KeepForm(None, actor=request.actor, initial={"title": ""})
            context |= {"found": found, "mended": mended, "keep": keep, "where": where, **shown(where, shape)}
    return render(request, "maps/here.html", context)


def _kept(request: Request, keep: forms.Form, where: dict[str, Any], found: dict[str, Any]) -> Any:
    used = {*found["editions"], *(row["edition"] for row in found["people"])}
    editions = list(visible(request.actor, Edition).filter(pk__in=used))
    result = {name: value for name, value in found.items() if name not in LIVE}
    data = keep.cleaned_data
    return keep_analysis(
        request.actor, data["owner"], kind=AnalysisKind.HERE, title=data["title"], recipe=where, editions=editions, result=result,
    )  # fmt: skip


def shape_of(where: dict[str, Any]) -> GEOSGeometry:
    """The shape that a recipe names."""
    if "place" in where:
        return shape_of_place(get_object_or_404(Area, code=where["place"]))
    if "point" in where:
        return Point(tuple(where["point"]), srid=4326)
    return GEOSGeometry(where["shape"], srid=4326)


def shown(where: dict[str, Any], shape: GEOSGeometry) -> dict[str, Any]:
    """The small map, the name, and the middle in degrees and metres."""
    middle = shape.centroid
    place = Area.objects.filter(code=where.get("place", "")).first()
    return {
        "map": layer_map([shapely.from_wkb(bytes(shape.wkb))], place or country(), current()),
        "place": place, "degrees": f"{middle.y:.5f}, {middle.x:.5f}", "utm": as_utm(middle.x, middle.y),
    }  # fmt: skip


def compare(request: Request) -> HttpResponse:
    """Two places side by side: size, and share of each class of each layer that is found in either."""
    codes = [request.GET.get("place", ""), request.GET.get("other", "")]
    places = [get_object_or_404(visible(request.actor, Area), code=code) for code in codes]
    sides = [what_is_here(request.actor, shape_of_place(place)) for place in places]
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for number, side in enumerate(sides):
        for layer in side["layers"]:
            for row in layer["classes"]:
                key = layer["edition"], row["class"] or ""
                found = rows.setdefault(key, {"title": layer["title"], "class": row["class"], "sides": [None, None]})
                found["sides"][number] = row
    return render(request, "maps/here_compare.html", {"places": places, "sides": sides, "rows": list(rows.values())})
