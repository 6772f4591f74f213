"""Figures by area: a table with a row for each province, district or village of a place, of the layers that were chosen."""

import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from sala.access.request import Request
from sala.catalogue.models import Edition
from sala.core.csv_page import csv_response
from sala.core.errors import Invalid, TooLarge
from sala.maps.forms.here import KeepForm
from sala.maps.forms.zonal import ZonalForm
from sala.maps.models import Analysis, AnalysisKind
from sala.maps.operations.analyses import keep_analysis
from sala.maps.papers import told_of_zonal
from sala.maps.policy import KEEP
from sala.maps.queries.here import readable_rows
from sala.maps.queries.layers_here import newest_layers, newest_rasters
from sala.maps.queries.zonal import figures_by_area
from sala.maps.zonal_tables import whole, write_workbook
from sala.places.models import Area, Level

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def zonal(request: Request) -> HttpResponse:
    """Asked by address, so that the question can be sent; with a post the answer can be kept; ?format=csv or xlsx takes it along."""
    editions = [*newest_layers(request.actor), *newest_rasters(request.actor)]
    asked = request.POST if request.method == "POST" else request.GET
    form = ZonalForm(asked if "place" in asked else None, actor=request.actor, editions=editions)
    context: dict[str, Any] = {"form": form, "may_keep": request.actor.has_anywhere(KEEP)}
    if form.is_valid():
        data = form.cleaned_data
        try:
            found = figures_by_area(data["place"], data["level"], form.chosen())
        except (Invalid, TooLarge) as error:
            form.add_error(None, str(error))
        else:
            recipe = recipe_of(data["place"], data["level"], form.chosen(), found)
            if request.GET.get("format") in ("csv", "xlsx"):
                return as_file(found, request.GET["format"], f"{data['place'].code}-{data['level'].code}")
            keep = KeepForm(request.POST if request.POST.get("keep") else None, actor=request.actor)
            if request.POST.get("keep") and keep.is_valid():
                kept = keep.cleaned_data
                return redirect(keep_analysis(
                    request.actor, kept["owner"], kind=AnalysisKind.ZONAL, title=kept["title"], recipe=recipe,
                    editions=form.chosen(), result=found,
                ))  # fmt: skip
            address = request.GET.copy()
            context |= {"keep": keep, "address": address.urlencode(), **told_of_zonal(recipe, found)}
    return render(request, "maps/zonal.html", context)


def recipe_of(place: Area, level: Level, editions: list[Edition], found: dict[str, Any]) -> dict[str, Any]:
    """What was asked and within which lines: boundaries are an input as the editions are."""
    return {
        "place": place.code, "level": level.code, "editions": [row.pk for row in editions],
        "boundaries": [{"vintage": row["vintage"], "sha256": row["sha256"]} for row in found["boundaries"]],
    }  # fmt: skip


def reckoned_again(request: Request, kept: Analysis, newer: dict[int, Edition]) -> tuple[dict[str, Any], dict[str, Any], list[Edition]]:  # fmt: skip
    """(recipe, result, editions) of a kept analysis with the newest editions and boundaries."""
    ids = [newer[pk].pk if pk in newer else pk for pk in kept.recipe["editions"]]
    editions = readable_rows(request.actor, ids)
    place, level = Area.objects.get(code=kept.recipe["place"]), Level.objects.get(code=kept.recipe["level"])
    found = figures_by_area(place, level, editions)
    return recipe_of(place, level, editions, found), found, editions


def as_file(found: dict[str, Any], kind: str, name: str) -> HttpResponse:
    """One table: a row for each area, a column for each figure of each source, named in the reader's language."""
    if kind == "csv":
        return csv_response(f"{name}.csv", *whole(found))
    target = io.BytesIO()
    write_workbook(found, target)
    response = HttpResponse(target.getvalue(), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
