"""What was changed when, field by field, and what was known on a day."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from sala.access.request import Request
from sala.concessions.forms.narrow import DayForm
from sala.concessions.queries.history import history, known_on
from sala.concessions.queries.wording import tell_known
from sala.concessions.views.profile import find
from sala.core import clock

PER_PAGE = 50


def changes(request: Request, reference: str) -> HttpResponse:
    """Every change of every field that is open to the reader; ?subject=grant:12 only those of one row."""
    found = find(request, reference)
    rows = history(request.actor, found, request.GET.get("subject", ""))
    context = {"concession": found, "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "concessions/changes.html", context)


def known(request: Request, reference: str) -> HttpResponse:
    """What the register said at the end of ?day=."""
    found = find(request, reference)
    form = DayForm(request.GET or None)
    day = form.cleaned_data["day"] if form.is_valid() else clock.today()
    context = {
        "concession": found,
        "form": form,
        "day": day,
        "told": tell_known(known_on(request.actor, found, day)),
    }
    return render(request, "concessions/known.html", context)
