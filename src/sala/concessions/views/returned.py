"""Work in QGIS: taking areas along, bringing them back, comparing, and entering what was chosen."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.form_page import need_anywhere
from sala.access.request import Request
from sala.access.scope import visible
from sala.concessions import operations, policy
from sala.concessions.exchange.returned import giving
from sala.concessions.forms.returned import ApplyForm, BringForm, TakeForm
from sala.concessions.models import AreaLoan, AreaPurpose, AreaReturn
from sala.concessions.operations.returned import APPLICABLE
from sala.concessions.queries.difference import difference
from sala.concessions.queries.register import Narrowing, register
from sala.concessions.queries.returned import Compared, Outcome, counts, outcomes, shown
from sala.core import clock
from sala.core.errors import Conflict, Invalid, TooLarge, Unreadable
from sala.core.form_faults import show_faults
from sala.core.numbers import display

PAGE = 25
REFUSALS = (Invalid, Conflict, TooLarge, Unreadable)
RETURNS = 20
PACKAGE = "application/geopackage+sqlite3"


def index(request: Request) -> HttpResponse:
    """What to do, step by step, and the files that came back to the reader's office."""
    need_anywhere(request.actor, policy.ENTER)
    return _index(request, TakeForm(request.GET or None, actor=request.actor), BringForm())


def _index(request: Request, take: TakeForm, bring: BringForm) -> HttpResponse:
    context = {
        "take": take, "bring": bring, "purposes": AreaPurpose.choices,
        "returns": visible(request.actor, AreaReturn).select_related("position__organisation", "owner")[:RETURNS],
        "loans": visible(request.actor, AreaLoan).select_related("owner")[:RETURNS],
    }  # fmt: skip
    return render(request, "concessions/qgis.html", context)


def take(request: Request) -> HttpResponseBase:
    """The file of areas. Sent by a button, because what goes out is noted."""
    need_anywhere(request.actor, policy.ENTER)
    form = TakeForm(request.POST or {}, actor=request.actor)
    if request.method != "POST" or not form.is_valid():
        return _index(request, form, BringForm())
    place = form.cleaned_data["place"]
    try:
        loan = operations.take_along(request.actor, register(request.actor, Narrowing(place=place)), f"place={place.code}" if place else "")  # fmt: skip
    except REFUSALS as error:
        form.add_error("place", str(error))
        return _index(request, form, BringForm())
    with tempfile.TemporaryDirectory() as folder:
        handle = giving.write(loan, Path(folder)).open("rb")  # the open file outlives its folder
    name = f"areas-{loan.pk}-{clock.today():%Y-%m-%d}.gpkg"
    response = FileResponse(handle, as_attachment=True, filename=name, content_type=PACKAGE)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def bring(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.ENTER)
    form = BringForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = operations.bring_back(request.actor, Path(file.temporary_file_path()), file.name)
        except REFUSALS as error:
            form.add_error("file", str(error))
        else:
            return redirect(made)
    return _index(request, TakeForm(None, actor=request.actor), form)


def returned(request: Request, pk: int) -> HttpResponse:
    """What a file would change, feature by feature; sent, what was chosen is entered."""
    found = get_object_or_404(visible(request.actor, AreaReturn).select_related("loan", "owner", "position"), pk=pk)
    need_anywhere(request.actor, policy.ENTER)
    form = ApplyForm(request.POST if request.method == "POST" else None, actor=request.actor)
    if form.is_valid():
        try:
            number = operations.apply_returned(request.actor, found, form.chosen, **form.cleaned_data)
        except REFUSALS as error:
            show_faults(form, error, "reason")
        else:
            words = ngettext("%(number)s area was entered.", "%(number)s areas were entered.", number)
            messages.success(request, words % {"number": display(number)})
            return redirect(found)
    return render(
        request, "concessions/returned.html", {"returned": found, "form": form, **_told(request, found, form)}
    )


def _told(request: Request, found: AreaReturn, form: ApplyForm) -> dict[str, Any]:
    every = outcomes(request.actor, found)
    told = counts((outcome for _pk, outcome in every), found)
    page = Paginator([pk for pk, outcome in every if outcome != Outcome.UNCHANGED], PAGE).get_page(
        request.GET.get("page")
    )
    lines = shown(request.actor, found, list(page.object_list))
    return {
        "page": page, "counts": [(outcome.label, number) for outcome, number in told],
        "lines": [_line(row, each, row.pk in form.chosen) for row, each in lines],
        "applied": list(found.features.filter(applied_at__isnull=False).select_related("entered__concession")),
    }  # fmt: skip


def _line(row: Any, each: Compared, is_chosen: bool) -> dict[str, Any]:
    is_open = each.outcome in APPLICABLE
    return {
        "row": row, "each": each, "label": each.outcome.label, "is_chosen": is_chosen,
        "value": f"{row.pk}:{each.against or ''}" if is_open else "",
        "purpose": AreaPurpose(each.purpose).label if each.purpose in AreaPurpose.values else "",
        "picture": difference(each.before, each.shape, each.drawn_from if each.outcome == Outcome.CONFLICT else None) if is_open else "",
        "is_grave": each.outcome in (Outcome.CONFLICT, Outcome.REFUSED),
        "none_left": _("Taken out there") if each.outcome == Outcome.CONFLICT and each.current is None else "",
    }  # fmt: skip
