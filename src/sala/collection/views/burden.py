"""How many minutes a year offices ask of each place."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.collection.forms.visits import BurdenForm
from sala.collection.queries.burden import burden_of, by_house
from sala.core import clock
from sala.core.csv_page import csv_response
from sala.places.models import Area
from sala.places.queries import country

PER_PAGE = 50
FIRST_YEAR, LAST_YEAR = 1990, 2100


def burden(request: Request, kind: str = "") -> HttpResponse:
    """Places with what is asked of each, the most burdened first; kind csv gives all of them as a table."""
    form = BurdenForm(request.GET, actor=request.actor)
    form.is_valid()
    data = getattr(form, "cleaned_data", {})
    year = data.get("year") or clock.today().year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    ground = data.get("place") or _own_area(request)
    lines, houses = burden_of(request.actor, ground, year)
    if kind == "csv":
        heading = [_("Code"), _("Place"), _("In"), *(str(house.name) for house in houses.values()), _("Minutes asked")]
        rows = [
            [line.area.code, str(line.area.name), str(line.area.parent.name) if line.area.parent else "",
             *(line.minutes.get(pk, 0) for pk in houses), line.total]
            for line in lines
        ]  # fmt: skip
        return csv_response(f"burden-{ground.code}-{year}.csv", heading, rows)
    sums = by_house(lines)
    context = {
        "form": form, "ground": ground, "year": year, "before": year - 1, "after": year + 1, "houses": houses.values(),
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")), "sums": sums, "total": sum(sums.values()),
        "middle": lines[len(lines) // 2].total if lines else 0,
    }  # fmt: skip
    return render(request, "collection/visits/burden.html", context)


def _own_area(request: Request) -> Area:
    """The area of the reader's office, else the country."""
    offices = [holding.organisation_id for holding in request.actor.holdings]
    return Area.objects.filter(organisations__in=offices).order_by("level__rank").first() or country()
