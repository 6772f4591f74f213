"""Who is late with a payment: the page over the whole register, and the same as a table for spreadsheets."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.concessions.forms.dues import ArrearsForm
from sala.concessions.queries.arrears import Late, arrears, summed, with_lines
from sala.concessions.queries.register import FEW, Line, Narrowing
from sala.core import clock, money
from sala.core.csv_page import csv_response
from sala.ledger.calculations import BANDS
from sala.ledger.wording import BAND_NAMES
from sala.places.queries import country

PER_PAGE = 50


def index(request: Request) -> HttpResponse:
    """Late amounts by age: in all, by place or sector, and concession by concession; ?format=csv gives the list."""
    actor = request.actor
    form = ArrearsForm(request.GET, actor=actor)
    data = form.cleaned_data if form.is_valid() else {}
    on = data.get("on") or clock.today()
    wanted = Narrowing(place=data.get("place"), sector=data.get("sector"))
    rows = (
        arrears(actor, wanted, on, currency=data.get("currency", ""), least=data.get("least", ""))
        if form.is_valid()
        else []
    )
    if request.GET.get("format") == "csv":
        return csv_response("arrears.csv", _columns(), _lines(with_lines(actor, rows)))
    inside, by = data.get("place") or country(), data.get("by") or "place"
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "on": on, "page": page, "rows": with_lines(actor, page),
        "in_all": summed(actor, rows, "", inside), "groups": summed(actor, rows, by, inside), "by": by,
        "bands": [(band, BAND_NAMES[band]) for band in BANDS], "few": FEW,
    }  # fmt: skip
    return render(request, "concessions/arrears.html", context)


def _columns() -> list[Any]:
    return [
        _("Reference"), _("Name"), _("Place"), _("Sector"), _("Who holds it"), _("Currency"),
        *(BAND_NAMES[band] for band in BANDS), _("Late"),
    ]  # fmt: skip


def _lines(rows: list[tuple[Late, Line]]) -> Iterator[list[Any]]:
    for row, line in rows:
        concession = row.concession
        amounts = [row.ages[band] for band in BANDS]
        yield [
            concession.reference, str(concession), str(row.place or ""), str(concession.sector),
            "; ".join(str(party) for party in line.holders), row.currency,
            *(float(money.whole(amount, row.currency)) for amount in [*amounts, row.late]),
        ]  # fmt: skip
