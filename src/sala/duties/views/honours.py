"""The list of honour: public for each year; and, for who may honour, how the offices below answered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import visible
from sala.core import clock
from sala.duties import operations, policy
from sala.duties.models import Honour
from sala.duties.queries.honours import least_asked, offices_to_honour, records
from sala.people.models import Organisation


def honours(request: Request) -> HttpResponse:
    """The offices honoured for a year; below, to who may honour: the counts of all offices that were asked."""
    year = _number(request.GET.get("year", ""), clock.today().year - 1)
    least = max(_least(request), least_asked(year))
    given = visible(request.actor, Honour).filter(year=year).select_related("organisation__area", "paper")
    context = {
        "year": year,
        "least": least,
        "years": range(clock.today().year, clock.today().year - 6, -1),
        "given": given.order_by("organisation__code"),
        "rows": _rows(request, year, least, {row.organisation_id for row in given}),
        "may_honour": request.actor.has_anywhere(policy.HONOUR),
        "is_over": year < clock.today().year,
    }
    return render(request, "duties/honours.html", context)


def _rows(request: Request, year: int, least: int, given: set[int]) -> list[dict]:
    if not request.actor.has_anywhere(policy.HONOUR):
        return []
    offices = offices_to_honour(request.actor)
    found = records(year, offices.values("pk"))
    named = Organisation.objects.select_related("area").in_bulk(list(found))
    local = {area.pk: least_asked(year, area) for area in {office.area for office in named.values()}}
    rows = [
        {"office": named[pk], "record": record,
         "honourable": record.is_honourable(max(least, local[named[pk].area_id])) and pk not in given,
         "given": pk in given}
        for pk, record in found.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row["honourable"], row["office"].code))


@require_POST
def give(request: Request, code: str) -> HttpResponse:
    """Put one office on the list; the certificate is issued with it."""
    office = get_object_or_404(Organisation, code=code)
    year = _number(request.POST.get("year", ""), 0)
    honour = operations.give_honour(request.actor, office, year, least=_least(request))
    messages.success(request, _("Honoured. The certificate has the number %(number)s.") % {"number": honour.paper})
    return redirect(honour.paper)


def _least(request: Request) -> int:
    """What the reader asks for beyond the rule."""
    return max(_number(request.POST.get("least") or request.GET.get("least", ""), 1), 1)


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else default
