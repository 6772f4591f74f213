"""Pages of visits: the list, the month, the places, those that clash; one visit, planning it, and what becomes of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.bodies.forms.fields import initial_of
from sala.collection import operations, policy
from sala.collection.forms.visits import CallOffForm, NarrowForm, VisitForm, visit_initial
from sala.collection.models import Visit, VisitState
from sala.collection.queries.burden import saved_by
from sala.collection.queries.visits import (
    Clash,
    clashes,
    clashes_of,
    is_waiting,
    links_of,
    pairs,
    proposals_about,
    smallest_in,
    visits_for,
    warnings,
)
from sala.collection.views.visit_month import by_place, last_day, weeks
from sala.core import clock
from sala.duties.rhythm import shifted

PER_PAGE = 50
MOST_COMPARED = 120  # visits of a month whose pairs are looked for
VIEWS = ("list", "month", "places", "clashes")


def find(request: Request, slug: str) -> Visit:
    rows = visible(request.actor, Visit).select_related("organisation__area", "position__organisation", "form", "call", "joined")  # fmt: skip
    return get_object_or_404(rows, slug=slug)


def visits(request: Request) -> HttpResponse:
    """What is planned: from today on, or in the month asked for; ?by= says how it is shown."""
    by = request.GET.get("by", "list")
    by = by if by in VIEWS else "list"
    form = NarrowForm(request.GET, actor=request.actor)
    form.is_valid()
    data = getattr(form, "cleaned_data", {})
    month: date | None = data.get("month")
    if month is None and by != "list":
        month = clock.today().replace(day=1)
    rows = visits_for(
        request.actor, place=data.get("place"), topic=data.get("topic", ""), office=data.get("office"),
        state=data.get("state", ""), q=data.get("q", ""), first=month or clock.today(), last=last_day(month) if month else None,
    )  # fmt: skip
    context: dict[str, Any] = {
        "form": form, "by": by, "month": month, "may_plan": request.actor.has_anywhere(policy.VISIT),
        "before": shifted(month, -1) if month else None, "after": shifted(month, 1) if month else None,
        "views": [("list", _("List")), ("month", _("Month")), ("places", _("By place")), ("clashes", _("Same places"))],
    }  # fmt: skip
    if by == "month" and month:
        context["weeks"], context["count"] = weeks(list(rows), month), rows.count()
    elif by == "places":
        places = by_place(rows, data.get("place"))
        context["page"] = Paginator(places, PER_PAGE).get_page(request.GET.get("page"))
    elif by == "clashes":
        found = pairs(request.actor, list(rows.filter(state=VisitState.PLANNED)[:MOST_COMPARED]))
        context["page"] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    else:
        context["page"] = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "collection/visits/index.html", context)


def visit(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    actor = request.actor
    areas = list(found.areas.select_related("level", "parent").order_by("code"))
    proposals, links = proposals_about(actor, found), links_of(actor, [found])
    context = {
        "visit": found, "asked_form": links.form(found), "call": links.call(found), "joint": links.joined(found), "areas": areas, "places": smallest_in(areas).count(),
        "clashes": clashes_of(actor, found), "warnings": warnings(links.call(found), found.ends_on) if found.state == VisitState.PLANNED else [],
        "parts": visible(actor, Visit).filter(joined=found).select_related("organisation"),
        "saved": saved_by(found) if found.taken_in.exists() else 0,
        "proposals": proposals, "may_change": found.state == VisitState.PLANNED and can(actor, policy.VISIT, found),
        "waiting": [answer for proposal in proposals for answer in proposal.answers.select_related("visit", "proposal__visit", "proposal__joint") if answer.visit_id == found.pk and is_waiting(answer)],
        "has_begun": found.starts_on <= clock.today(),
    }  # fmt: skip
    return render(request, "collection/visits/visit.html", context)


# ---- planning ----------------------------------------------------------------------------------------------------


def _likes(request: Request, form: VisitForm, leaving_out: int | None = None) -> tuple[list[Clash], list[str]]:
    """Visits to the same places and what is odd, as long as the writer has not said to have looked at them."""
    data: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    if not data or data["seen"] or data["ends_on"] < data["starts_on"]:
        return [], []
    minutes = data["minutes"] or (data["form"].minutes if data["form"] else 0) or 0
    found = clashes(
        request.actor, areas=data["areas"], topics=data["topics"], start=data["starts_on"], end=data["ends_on"],
        minutes=minutes, leaving_out=[leaving_out] if leaving_out else [],
    )  # fmt: skip
    return found, warnings(data["call"], data["ends_on"])


def _planning(request: Request, form: VisitForm, work: Callable[[dict[str, Any]], Any], *, heading: Any, found: Visit | None = None) -> HttpResponse:  # fmt: skip
    likes, odd = _likes(request, form, found.pk if found else None)
    template = "collection/visits/plan.html"
    if likes or odd:
        return render(request, template, {"form": form, "likes": likes, "warnings": odd, "heading": heading, "back": found})  # fmt: skip
    return form_page(request, form, work, heading=heading, back=found, template=template)


def plan(request: Request) -> HttpResponse:
    """A new visit. Others to the same places are shown first, and must be looked at."""
    need_anywhere(request.actor, policy.VISIT)
    form = VisitForm(request.POST or None, actor=request.actor)
    return _planning(
        request, form, lambda data: operations.plan_visit(request.actor, **form.described()), heading=_("Plan a visit")
    )


def change(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.VISIT, found)
    form = VisitForm(request.POST or None, actor=request.actor, initial=initial_of(found, VisitForm.NAMES) | visit_initial(found))  # fmt: skip
    return _planning(
        request, form, lambda data: operations.change_visit(request.actor, found, **form.described()),
        heading=_("Change the visit"), found=found,
    )  # fmt: skip


def call_off(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.VISIT, found)
    return form_page(
        request, CallOffForm(request.POST or None),
        lambda data: operations.call_off(request.actor, found, reason=data["reason"]), heading=_("Call the visit off"),
        back=found, button=_("Call it off"), danger=True, done=_("The visit was called off."),
    )  # fmt: skip


def done(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.VISIT, found)
    return form_page(
        request, button_form(request), lambda data: operations.note_done(request.actor, found),
        heading=_("The visit took place"), back=found, button=_("It took place"), done=_("Noted."),
    )  # fmt: skip
