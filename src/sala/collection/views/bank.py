"""The question bank: questions of all forms in use, found by their words, and taken as rows of a workbook."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.collection.models import About
from sala.collection.queries.bank import asked_by, owners_of_forms
from sala.collection.workbooks import of_questions
from sala.core import lao
from sala.core.errors import Invalid
from sala.places.models import FacilityKind, Level

PER_PAGE = 50
FILTERS = ("q", "owner", "about", "kind")
MOST_CHOSEN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def questions(request: Request) -> HttpResponse:
    chosen = {name: lao.digits(request.GET.get(name, "")).strip() for name in FILTERS}
    kinds = [(row.code, row.name) for rows in (Level.objects.all(), FacilityKind.objects.all()) for row in rows]
    context = {
        "page": Paginator(asked_by(request.actor, **chosen), PER_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "abouts": About.choices,
        "kinds": kinds,
        "owners": owners_of_forms(request.actor),
    }
    return render(request, "collection/questions.html", context)


def chosen_workbook(request: Request) -> HttpResponse:
    """The ticked questions as a workbook. Query: chosen=form:path, again and again."""
    addresses = request.GET.getlist("chosen")
    if len(addresses) > MOST_CHOSEN:
        raise Invalid(_("Choose up to %(count)s questions at once.") % {"count": MOST_CHOSEN})
    by_address = {one.address: one for one in asked_by(request.actor)}
    chosen = [by_address[address] for address in dict.fromkeys(addresses) if address in by_address]
    if not chosen:
        raise Invalid(_("Tick the questions that you want to copy, then press the button again."))
    answer = HttpResponse(of_questions(chosen), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="questions.xlsx"'
    return answer
