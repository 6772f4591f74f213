"""Everything known of one place, and two places side by side."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from sala.access.request import Request
from sala.access.scope import can, visible
from sala.catalogue.models import Figure
from sala.catalogue.queries import datasets_of, figures_of, latest_figures, rows_about
from sala.catalogue.queries.charts import charts_at
from sala.core import clock
from sala.core.language import current, sorted_by
from sala.documents import pdf
from sala.documents.models import Document
from sala.people.models import Organisation, Position
from sala.people.queries import with_vacancy
from sala.places import policy
from sala.places.maps import surroundings, svg_map
from sala.places.models import Area, Facility
from sala.places.queries import counts_here
from sala.places.queries import current as current_areas

MOST = 12
OFFICES = 60
CHILDREN = 200  # on one page, and with their names on its map


def place(request: Request, code: str) -> HttpResponse:
    """The place page; ?format=pdf gives the same on paper."""
    area = get_object_or_404(visible(request.actor, Area).select_related("level", "parent"), code=code)
    on_paper = request.GET.get("format") == "pdf"
    context = about(request, area, whole=on_paper)
    if on_paper:
        content = pdf.render(
            "site/place_pdf.html",
            {**context, "address": request.build_absolute_uri(area.get_absolute_url())},
            current(),
        )
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{area.code}.pdf"'},
        )
    return render(request, "site/place.html", context)


def about(request: Request, area: Area, whole: bool = False) -> dict:
    """Map, figures, datasets, documents, children (page by page unless `whole`), offices. What is missing is part of it."""
    actor = request.actor
    inside = current_areas().filter(parent=area).only("code", "name", "level", "parent", "path", "label_point")
    pages = Paginator(inside.order_by(sorted_by("name")), inside.count() or 1 if whole else CHILDREN)
    page = pages.get_page(request.GET.get("page"))
    children = list(page)
    around = surroundings(area, children)
    ancestors = list(
        Area.objects.filter(pk__in=area.within()).exclude(pk=area.pk).only("code", "name").order_by("path")
    )
    offices = list(
        Organisation.objects.filter(area=area, closed_on__isnull=True).only("code", "name").order_by("code")[:OFFICES]
    )
    datasets = datasets_of(actor, area, MOST)
    documents = visible(actor, Document).filter(areas=area).order_by("-issued_on").defer("summary")
    shown = list(documents[:MOST])
    return {
        "area": area,
        "ancestors": ancestors,
        "children": children,
        "page": page,
        "map": svg_map(area, children, current(), around),
        "boundary": around.boundaries.get(area.pk),
        "figures": latest_figures(actor, area),
        "charts": charts_at(actor, area),
        "datasets": datasets.shown,
        "dataset_count": datasets.count,
        "has_more_datasets": datasets.has_more,
        "rows_here": rows_about(actor, area, datasets.shown),
        "documents": shown,
        "document_count": documents.count() if len(shown) == MOST else len(shown),
        "facilities": counts_here(actor, area),
        "may_enter_facility": can(actor, policy.FACILITY_EDIT, Facility(area=area)) and not area.has_ended,
        "offices": offices,
        "heads": heads_of(offices),
        "codes": area.codes.all(),
        "other_names": area.names.all(),
        "origins": area.origins.select_related("predecessor"),
        "successions": area.successions.select_related("successor"),
        "today": clock.today(),
    }


def heads_of(offices: list[Organisation]) -> dict[int, Position]:
    """organisation id → the post that heads it, with whether it is held."""
    positions = Position.objects.filter(organisation__in=offices, is_head=True, closed_on__isnull=True).only(
        "organisation"
    )
    return {position.organisation_id: position for position in with_vacancy(positions)}


def compare(request: Request, code: str, other: str) -> HttpResponse:
    """Two places by the key figures both have, each with year and source."""
    first = get_object_or_404(visible(request.actor, Area).select_related("level"), code=code)
    second = get_object_or_404(visible(request.actor, Area).select_related("level"), code=other)
    sides = [
        {figure.key_figure_id: figure for figure in latest_figures(request.actor, area)} for area in (first, second)
    ]
    names = sorted(sides[0].keys() | sides[1].keys())
    pairs = [(sides[0].get(key), sides[1].get(key)) for key in names]
    return render(request, "site/compare.html", {"first": first, "second": second, "pairs": pairs})


def choose_other(request: Request, code: str) -> HttpResponse:
    """Choose the place to compare with: those of the same level."""
    area = get_object_or_404(visible(request.actor, Area).select_related("level", "parent"), code=code)
    others = current_areas(area.level).exclude(pk=area.pk)
    if area.level.rank > 1:
        others = others.filter(parent=area.parent)
    page = Paginator(others.order_by(sorted_by("name")), CHILDREN).get_page(request.GET.get("page"))
    return render(request, "site/choose_other.html", {"area": area, "page": page})


def series(request: Request, code: str, figure: str) -> HttpResponse:
    """All values of one key figure of a place, newest first, each leading to its row."""
    area = get_object_or_404(visible(request.actor, Area), code=code)
    values: dict[str, Figure] = {}
    for row in figures_of(request.actor, area).filter(key_figure__code=figure):
        values.setdefault(row.period, row)
    rows = sorted(values.values(), key=lambda row: row.period_end, reverse=True)
    return render(
        request, "site/series.html", {"area": area, "rows": rows, "figure": rows[0].key_figure if rows else None}
    )
