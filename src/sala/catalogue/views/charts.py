"""Charts of a table: defining them with a look at the result, and their values as CSV."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.catalogue import policy
from sala.catalogue.forms.charts import ChartForm
from sala.catalogue.models import Chart, Distribution
from sala.catalogue.operations import charts as operations
from sala.catalogue.queries.charts import find_drawing, values_of
from sala.catalogue.views.finding import part_of
from sala.core.errors import Conflict, Invalid, Unreadable
from sala.core.files.export import harmless
from sala.core.language import current
from sala.places.models import Area


def charts(request: Request, slug: str, part: str) -> HttpResponse:
    """The charts of a table, each with how it is drawn now."""
    distribution = part_of(request, slug, part)
    require(request.actor, policy.EDIT, distribution.dataset)
    rows = distribution.charts.all()
    return render(request, "catalogue/charts.html", {"distribution": distribution, "rows": rows})


def new_chart(request: Request, slug: str, part: str) -> HttpResponse:
    return _define(request, part_of(request, slug, part), None)


def change_chart(request: Request, slug: str, part: str, code: str) -> HttpResponse:
    distribution = part_of(request, slug, part)
    return _define(request, distribution, get_object_or_404(Chart, distribution=distribution, code=code))


def _define(request: Request, distribution: Distribution, chart: Chart | None) -> HttpResponse:
    """“Look at it” draws it as it would be, without keeping anything; “Keep” defines it."""
    require(request.actor, policy.EDIT, distribution.dataset)
    form = ChartForm(
        request.POST or None, instance=chart or Chart(distribution=distribution), distribution=distribution
    )
    context: dict[str, Any] = {"distribution": distribution, "chart": chart, "form": form}
    if request.method == "POST" and "remove" in request.POST and chart is not None:
        operations.remove_chart(request.actor, chart)
        messages.success(request, _("The chart was removed."))
        return redirect("catalogue:charts", distribution.dataset.slug, distribution.code)
    if form.is_valid():
        wanted = form.save(commit=False)
        try:
            if "look" in request.POST:
                context |= _preview(wanted, distribution)
            else:
                operations.define_chart(request.actor, distribution, chart=wanted)
                messages.success(
                    request, _("Kept. The chart is drawn in the background and stands on the page of the dataset then.")
                )
                return redirect("catalogue:charts", distribution.dataset.slug, distribution.code)
        except (Conflict, Invalid, Unreadable) as error:
            for name, texts in (error.fields or {"title": [str(error)]}).items():
                form.add_error(name if name in form.fields else None, list(map(str, texts)))
    return render(request, "catalogue/chart_form.html", context)


def _preview(chart: Chart, distribution: Distribution) -> dict[str, object]:
    edition = distribution.editions.exclude(table_sha256="").exclude(state="withdrawn").order_by("-number").first()
    if edition is None:
        raise Invalid(_("Nothing has been delivered yet. Send a file first; then the chart can be drawn."))
    found = values_of(chart, edition)
    if not found.rows:
        raise Invalid(_("No row gives a value for this chart. Choose other columns or another filter."))
    mine = [described for name, described in operations.descriptions(chart, found) if name.startswith(f"{current()}-")]
    drawn = [as_markup(svg) for svg in operations.pictures(mine)]
    return {"preview": drawn, "edition": edition, "left_out": found.left_out}


def as_markup(svg: str) -> SafeString:
    """Our own drawing, to stand in the page: its texts were escaped when it was drawn."""
    return mark_safe(svg)  # noqa: S308


def chart_values(request: Request, slug: str, part: str, code: str) -> HttpResponse:
    """The values of a chart as CSV; ?place= those of its drawing for a place."""
    area = None
    if request.GET.get("place"):
        area = get_object_or_404(visible(request.actor, Area), code=request.GET["place"])
    drawing = find_drawing(request.actor, slug, part, code, area)
    if drawing is None:
        raise Http404
    x, y = operations.axes_of(drawing.chart, current())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{code}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response.write("\ufeff")
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow([harmless(text) for text in (x, drawing.chart.series or _("Series"), y)])
    for along, series, value in drawing.rows:
        writer.writerow([harmless(along), harmless(series), value])
    return response
