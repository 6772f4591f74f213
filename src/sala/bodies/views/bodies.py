"""Bodies: the list, one body, its seats, its series."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.actor import path_ids
from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.bodies import operations, policy
from sala.bodies.forms.bodies import BodyForm, DayForm, NewBodyForm, SeatForm, SeriesForm, TitleForm
from sala.bodies.forms.fields import initial_of
from sala.bodies.models import Body, BodyKind, Decision, Meeting, Seat, Series, StandingItem
from sala.bodies.queries.meetings import decisions_seen, seats_on, standings
from sala.bodies.states import AHEAD
from sala.core import clock, lao
from sala.core.language import says, sorted_by
from sala.documents.models import Document
from sala.places.models import Area

PER_PAGE = 50
LAST_MEETINGS = 12
LAST_DECISIONS = 30


def find(request: Request, slug: str) -> Body:
    rows = visible(request.actor, Body).select_related("secretariat__area", "area", "document", "parent", "sector")
    return get_object_or_404(rows, slug=slug)


def bodies(request: Request) -> HttpResponse:
    """Bodies the reader may see, by kind, place and word."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("kind", "place", "q")}
    rows = visible(request.actor, Body).select_related("secretariat", "area__level")
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["place"]:
        area = Area.objects.filter(code=lao.digits(chosen["place"])).first()
        rows = (
            rows.filter(Q(area__path__startswith=area.path) | Q(area__in=path_ids(area.path))) if area else rows.none()
        )
    if chosen["q"]:
        rows = rows.filter(says("name", lao.stored(chosen["q"])))
    page = Paginator(rows.order_by("area__level__rank", sorted_by("name")), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "chosen": chosen, "kinds": BodyKind.choices,
        "may_establish": request.actor.has_anywhere(policy.EDIT),
    }  # fmt: skip
    return render(request, "bodies/bodies.html", context)


def body(request: Request, slug: str) -> HttpResponse:
    """Mandate, members of today, calendar, decisions and how they stand."""
    found = find(request, slug)
    actor = request.actor
    meetings = visible(actor, Meeting).filter(body=found)
    taken = Decision.objects.filter(item__meeting__body=found).order_by("-id")
    decisions = decisions_seen(actor, taken, LAST_DECISIONS)
    context = {
        "body": found,
        "document": visible(actor, Document).filter(pk=found.document_id or 0).first(),
        "parent": visible(actor, Body).filter(pk=found.parent_id or 0).first(),
        "children": visible(actor, Body).filter(parent=found),
        "seats": seats_on(found),
        "past_seats": found.seats.filter(valid__endswith__lte=clock.today()).select_related("position__organisation"),
        "ahead": meetings.filter(state__in=AHEAD, starts_at__gte=clock.now()).order_by("starts_at"),
        "past": meetings.exclude(state__in=AHEAD, starts_at__gte=clock.now())[:LAST_MEETINGS],
        "series": found.series.prefetch_related("standing_items"),
        "decisions": decisions,
        "standings": standings(actor, [action for decision in decisions for action in decision.actions.all()]),
        "may_edit": can(actor, policy.EDIT, found),
        "may_convene": found.is_open_for_work and can(actor, policy.CONVENE, found),
    }
    return render(request, "bodies/body.html", context)


def establish(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.EDIT)
    form = NewBodyForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda data: operations.establish_body(request.actor, **data), heading=_("New body")
    )


def change(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT, found)
    initial = initial_of(found, BodyForm.NAMES) | {"document": found.document.slug if found.document else ""}
    form = BodyForm(request.POST or None, actor=request.actor, body=found, initial=initial)
    return form_page(
        request, form, lambda data: operations.change_body(request.actor, found, **data), heading=_("Edit"), back=found
    )


def give_seat(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT, found)
    form = SeatForm(request.POST or None, initial={"start": clock.today().isoformat()})
    return form_page(
        request, form, lambda data: operations.give_seat(request.actor, found, **data) and None,
        heading=_("Give a post a seat"), back=found,
    )  # fmt: skip


def end_seat(request: Request, pk: int) -> HttpResponse:
    seat = get_object_or_404(Seat.objects.filter(body__in=visible(request.actor, Body)).select_related("body"), pk=pk)
    require(request.actor, policy.EDIT, seat.body)
    form = DayForm(request.POST or None, initial={"on": clock.today().isoformat()})
    return form_page(
        request, form, lambda data: operations.end_seat(request.actor, seat, **data),
        heading=_("End this seat"), back=seat.body, button=_("End"), danger=True, lead=seat,
    )  # fmt: skip


def dissolve(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.EDIT, found)
    form = DayForm(request.POST or None, initial={"on": clock.today().isoformat()})
    return form_page(
        request, form, lambda data: operations.dissolve_body(request.actor, found, **data),
        heading=_("Dissolve this body"), back=found, button=_("Dissolve"), danger=True,
    )  # fmt: skip


def start_series(request: Request, slug: str) -> HttpResponse:
    found = find(request, slug)
    require(request.actor, policy.CONVENE, found)
    form = SeriesForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.start_series(request.actor, found, **data) and None,
        heading=_("New series of meetings"), back=found,
    )  # fmt: skip


def add_standing_item(request: Request, pk: int) -> HttpResponse:
    series = get_object_or_404(Series.objects.filter(body__in=visible(request.actor, Body)), pk=pk)
    require(request.actor, policy.CONVENE, series.body)
    form = TitleForm(request.POST or None)
    return form_page(
        request, form, lambda data: operations.add_standing_item(request.actor, series, **data) and None,
        heading=_("New standing item"), back=series.body, lead=series,
    )  # fmt: skip


def remove_standing_item(request: Request, pk: int) -> HttpResponse:
    rows = StandingItem.objects.filter(series__body__in=visible(request.actor, Body))
    item = get_object_or_404(rows, pk=pk)
    body = item.series.body
    require(request.actor, policy.CONVENE, body)
    form = button_form(request)
    return form_page(
        request, form, lambda data: operations.remove_standing_item(request.actor, item),
        heading=_("Take it off later agendas"), back=body, button=_("Take it off"), danger=True, lead=item,
    )  # fmt: skip
