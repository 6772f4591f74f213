"""The monthly brief of a head, as a page and as a PDF; and where papers wait."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require
from sala.core import clock, periods
from sala.core.errors import Invalid, NotPermitted, SignInNeeded
from sala.documents.pdf import pdf_response
from sala.duties import policy
from sala.duties.queries.brief import Brief, brief_of
from sala.duties.queries.waits import ACKNOWLEDGE, ANSWER, CHECK, REVIEW, all_waits, by_office
from sala.people.models import Organisation, Position

PHASES = [
    (ACKNOWLEDGE, lambda: _("To acknowledge")), (ANSWER, lambda: _("To answer")), (CHECK, lambda: _("To check")),
    (REVIEW, lambda: _("To release data")),
]  # fmt: skip


def my_briefs(request: Request) -> HttpResponse:
    """The brief of the reader's post; with several, the list of them."""
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    posts = Position.objects.filter(pk__in=request.actor.position_ids, is_head=True).select_related(
        "organisation__area"
    )
    readable = [post for post in posts if can(request.actor, policy.BRIEF, post)]
    if not readable:
        raise NotPermitted(_("The monthly brief is made for heads of units. Ask the head of yours."))
    if len(readable) == 1:
        return redirect("duties:brief", readable[0].code)
    return render(request, "duties/my_briefs.html", {"posts": readable})


def _brief(request: Request, code: str) -> Brief:
    posts = Position.objects.filter(is_head=True).select_related("organisation__area")
    found = get_object_or_404(posts, code=code)
    require(request.actor, policy.BRIEF, found, acting=found.pk)
    return brief_of(request.actor, found, _month(request.GET.get("month", "")))


def _month(text: str) -> date | None:
    if not text:
        return None
    try:
        month = periods.parse(text).start
    except ValueError as error:
        raise Invalid(_("Write the month as 2026-05."), {"month": [str(error)]}) from error
    if month > clock.today():
        raise Invalid(_("This month lies ahead. Choose an earlier one."))
    return month


def brief(request: Request, code: str) -> HttpResponse:
    return render(request, "duties/brief.html", {"brief": _brief(request, code)})


def brief_pdf(request: Request, code: str) -> HttpResponse:
    found = _brief(request, code)
    context = {"brief": found, "made_on": clock.today(), "title": _("Monthly brief")}
    return pdf_response("duties/pdf/brief.html", context, f"brief-{code}-{found.month:%Y-%m}.pdf")


def where_papers_wait(request: Request) -> HttpResponse:
    """Median days of each office and step, of the papers of a year, as far as the reader sees them."""
    if not request.actor.is_government and not request.actor.is_everything:
        if request.actor.has_post:
            raise NotPermitted(_("How long papers wait is for offices of government. Ask the office that has yours."))
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    year = _year(request.GET.get("year", ""))
    found = by_office(all_waits(request.actor, date(year, 1, 1), date(year, 12, 31)))
    offices = Organisation.objects.in_bulk([one.organisation_id for one in found])
    context = {
        "year": year,
        "years": range(clock.today().year, clock.today().year - 5, -1),
        "phases": [(code, words()) for code, words in PHASES],
        "rows": [{"office": offices[one.organisation_id], "phases": one.phases} for one in found],
    }
    return render(request, "duties/waits.html", context)


def _year(text: str) -> int:
    today = clock.today().year
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= today else today
