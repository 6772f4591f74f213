"""Figures by area: a table with a row for each province, district or village of a place, of the layers that were chosen."""

import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from sala.access.request import Request
from sala.core.csv_page import csv_response
from sala.core.errors import Invalid, TooLarge
from sala.maps.forms.zonal import ZonalForm
from sala.maps.models import AnalysisKind
from sala.maps.papers import told_of_zonal
from sala.maps.policy import KEEP
from sala.maps.queries.layers_here import newest_layers, newest_rasters
from sala.maps.queries.zonal import figures_by_area, recipe_of
from sala.maps.views.keeping import keep_form, kept_by
from sala.maps.zonal_tables import whole, write_workbook

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
            keep = keep_form(request)
            if kept := kept_by(request, keep, AnalysisKind.ZONAL, recipe=recipe, editions=form.chosen(), result=found):
                return redirect(kept)
            context |= {"keep": keep, "address": request.GET.urlencode(), **told_of_zonal(recipe, found)}
    return render(request, "maps/zonal.html", context)


def as_file(found: dict[str, Any], kind: str, name: str) -> HttpResponse:
    """One table: a row for each area, a column for each figure of each source, named in the reader's language."""
    if kind == "csv":
        return csv_response(f"{name}.csv", *whole(found))
    target = io.BytesIO()
    write_workbook(found, target)
    response = HttpResponse(target.getvalue(), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
