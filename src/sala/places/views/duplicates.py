"""Facilities that may have been entered twice, and the two answers: they are one, or they are two."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.places import operations, policy
from sala.places.forms.facilities import ApartForm, MergeFacilityForm, PartForm
from sala.places.models import Facility
from sala.places.queries.likely import likely_pairs, shown_pairs, within_right
from sala.places.reasons import joined
from sala.places.views.facilities import form_page, found_or_404, narrowed, need_anywhere

PER_PAGE = 20


def duplicates(request: Request) -> HttpResponse:
    """Pairs on which the reader may decide, the likeliest first, narrowed as the register is."""
    need_anywhere(request.actor, policy.FACILITY_MERGE)
    rows, form = narrowed(request)
    pairs = likely_pairs(within_right(request.actor, rows))
    page = Paginator(pairs, PER_PAGE).get_page(request.GET.get("page"))
    shown = [
        {"sides": [(like.one, like.other), (like.other, like.one)], "why": joined(like.pair.reasons)}
        for like in shown_pairs(page)
    ]
    context = {"form": form, "page": page, "shown": shown}
    return render(request, "places/duplicates.html", context)


def merge(request: Request, code: str) -> HttpResponse:
    """This entry is another one. ?into= fills in the one that stays."""
    found = found_or_404(request, code, policy.FACILITY_MERGE)
    form = MergeFacilityForm(request.POST or None, actor=request.actor, initial={"into": request.GET.get("into", "")})
    return form_page(
        request, form, lambda: operations.merge_facilities(request.actor, found, **form.cleaned_data),
        heading=_("It was entered twice"), lead=_("This entry goes. Its codes and names move to the one that stays, and its address leads there."),
        subject=found, button=_("Merge"), done=_("Merged. Both spellings find it now."),
    )  # fmt: skip


def part(request: Request, code: str) -> HttpResponse:
    """A merger is undone: the entry that went comes back."""
    rows = visible(request.actor, Facility).filter(is_duplicate=True).select_related("kind", "area__level", "successor")
    found = get_object_or_404(rows, code=code)
    require(request.actor, policy.FACILITY_MERGE, found)
    form = PartForm(request.POST or None)
    return form_page(
        request, form, lambda: operations.part_facilities(request.actor, found, **form.cleaned_data),
        heading=_("They are two after all"), subject=found, button=_("Undo the merger"), done=_("Undone. Both are in the register again."),
        lead=_("Codes and spellings that came from %(code)s go back to it. What was entered since stays with %(other)s.")
        % {"code": found.code, "other": found.successor.code if found.successor else "–"},
    )  # fmt: skip


def keep_apart(request: Request, code: str, other: str) -> HttpResponse:
    """The two are not the same; they are not proposed again."""
    one = found_or_404(request, code, policy.FACILITY_MERGE)
    two = get_object_or_404(visible(request.actor, Facility).filter(is_duplicate=False), code=other)
    form = ApartForm(request.POST or None)
    if form.is_valid():
        operations.keep_apart(request.actor, one, two, reason=form.cleaned_data["reason"])
        return redirect("facilities:duplicates")
    return form_page(
        request, form, lambda: None, heading=_("They are two"), back=one, button=_("They are two"),
        lead=_("“%(one)s” (%(code)s) and “%(two)s” (%(other)s) are not proposed again.")
        % {"one": one, "code": one.code, "two": two, "other": two.code},
    )  # fmt: skip
