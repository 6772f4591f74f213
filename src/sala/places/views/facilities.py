"""The registers of facilities: the list with what narrows it, entering, correcting, dated changes, codes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.form_faults import show_faults
from sala.core.language import sorted_by
from sala.places import operations, policy
from sala.places.forms.facilities import (
    ChangeFacilityForm,
    CloseForm,
    CodeForm,
    EndCodeForm,
    MoveForm,
    NarrowForm,
    NewFacilityForm,
    ReopenForm,
    facility_initial,
)
from sala.places.models import Facility, FacilityCode
from sala.places.operations.facilities import other_spellings
from sala.places.queries import find_facilities
from sala.places.queries.likely import like_new
from sala.places.reasons import joined

PER_PAGE = 50
PRINTED = 2000


def need_anywhere(actor: Actor, verb: str) -> None:
    """Answer those who hold the right nowhere before they fill in a form; the operation asks again."""
    if not actor.is_signed_in and not actor.holdings:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    if not actor.has_anywhere(verb):
        raise NotPermitted(_("None of your posts may do this. Ask your administrator for the right."))


def narrowed(request: Request) -> tuple[QuerySet[Facility], NarrowForm]:
    """The facilities that the reader asks for. A place that may mean several comes back to choose from."""
    form = NarrowForm(request.GET, actor=request.actor)
    if not form.is_valid():
        return Facility.objects.none(), form
    data = form.cleaned_data
    rows = find_facilities(
        request.actor, kind=data["kind"].code if data["kind"] else "", place=data["place"].code if data["place"] else "",
        state=data["state"], q=data["q"], day=data["day"],
    )  # fmt: skip
    return rows, form


def facilities(request: Request) -> HttpResponse:
    """The register as a table; ?print=1 puts all that was found on one page."""
    rows, form = narrowed(request)
    rows = rows.select_related("kind", "area__level", "area__parent").prefetch_related("codes")
    per_page = PRINTED if request.GET.get("print") else PER_PAGE
    page = Paginator(rows.order_by("kind__order", sorted_by("name"), "code"), per_page)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "form": form,
        "today": clock.today(),
        "query": request.GET.urlencode(),
        "may_enter": request.actor.has_anywhere(policy.FACILITY_EDIT),
        "may_merge": request.actor.has_anywhere(policy.FACILITY_MERGE),
        "may_import": request.actor.has_anywhere(policy.FACILITY_IMPORT),
    }
    return render(request, "places/facilities.html", context)


def form_page(request: Request, form: Form, work: Callable[[], Any], *, heading: Any, back: Any = None, lead: Any = "",
              button: Any = "", done: Any = "", **context: Any) -> HttpResponse:  # fmt: skip
    """Show a form; sent, do the work and go to the facility. What is found wrong stands at its field."""
    if form.is_valid():
        try:
            result = work()
        except (Invalid, Conflict) as error:
            show_faults(form, error)
        else:
            messages.success(request, done or _("Saved."))
            return redirect(back or result)
    shown = {"form": form, "heading": heading, "back": back, "lead": lead, "button": button or _("Save"), **context}
    return render(request, "places/facility_form.html", shown)


def enter(request: Request) -> HttpResponse:
    """A new facility. One like it is shown first, and must be looked at. ?kind= and ?area= fill in what is known."""
    need_anywhere(request.actor, policy.FACILITY_EDIT)
    begun = {name: request.GET.get(name, "") for name in ("kind", "area")}
    form = NewFacilityForm(request.POST or None, actor=request.actor, initial=begun)
    likes = like_new(request.actor, **form.described()) if form.is_valid() and not form.cleaned_data["seen"] else []
    if likes:
        shown = [(like.one, joined(like.pair.reasons)) for like in likes]
        context = {"form": form, "likes": shown, "heading": _("New facility"), "button": _("Save")}
        return render(request, "places/facility_form.html", context)
    return form_page(
        request, form, lambda: operations.add_facility(request.actor, **form.described()), heading=_("New facility"),
        lead=_("The register gives it a number that stays, whatever else changes."),
    )  # fmt: skip


def found_or_404(request: Request, code: str, verb: str = policy.FACILITY_EDIT) -> Facility:
    rows = visible(request.actor, Facility).filter(is_duplicate=False).select_related("kind", "area__level")
    found = get_object_or_404(rows, code=code)
    require(request.actor, verb, found)
    return found


def change(request: Request, code: str) -> HttpResponse:
    found = found_or_404(request, code)
    initial = facility_initial(found, other_spellings(found))
    form = ChangeFacilityForm(request.POST or None, actor=request.actor, initial=initial)
    return form_page(
        request, form, lambda: operations.change_facility(request.actor, found, **form.cleaned_data),
        heading=_("Edit"), back=found,
    )  # fmt: skip


def move(request: Request, code: str) -> HttpResponse:
    found = found_or_404(request, code)
    form = MoveForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda: operations.move_facility(request.actor, found, **form.cleaned_data), back=found,
        heading=_("It moved to another place"), done=_("Recorded. For earlier days it stays where it was."),
        lead=_("Its number and codes stay. Reports of earlier days still count it where it was."),
    )  # fmt: skip


def close(request: Request, code: str) -> HttpResponse:
    found = found_or_404(request, code)
    form = CloseForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda: operations.close_facility(request.actor, found, **form.cleaned_data), back=found,
        heading=_("Close"), button=_("Close"), done=_("Recorded. From that day nothing is asked of it."),
        lead=_("It stays in the register with all its history. From the day on no report is asked of it."),
    )  # fmt: skip


def reopen(request: Request, code: str) -> HttpResponse:
    found = found_or_404(request, code)
    form = ReopenForm(request.POST or None, actor=request.actor, initial={"area": found.area})
    return form_page(
        request, form, lambda: operations.reopen_facility(request.actor, found, **form.cleaned_data), back=found,
        heading=_("Open again"), lead=_("To take a closing back, give the day on which it closed."),
    )  # fmt: skip


def give_code(request: Request, code: str) -> HttpResponse:
    found = found_or_404(request, code)
    used = list(found.codes.order_by().values_list("system", flat=True).distinct())
    form = CodeForm(request.POST or None, used=used)
    return form_page(
        request, form, lambda: operations.give_code(request.actor, found, **form.cleaned_data),
        heading=_("A code of another system"), back=found,
    )  # fmt: skip


def end_code(request: Request, code: str, pk: int) -> HttpResponse:
    found = found_or_404(request, code)
    row = get_object_or_404(FacilityCode, pk=pk, facility=found)
    form = EndCodeForm(request.POST or None, initial={"on": clock.today()})
    return form_page(
        request, form, lambda: operations.end_code(request.actor, row, **form.cleaned_data), back=found,
        heading=_("End this code"), button=_("End"), lead=row,
    )  # fmt: skip
