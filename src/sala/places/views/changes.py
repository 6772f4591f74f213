"""The registrar's pages on one area: correct, rename, transfer, split, merge."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form, formset_factory
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.edit import edit
from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.places import operations, policy
from sala.places.forms import AreaForm, EndForm, MergeForm, PartForm, RenameForm, SplitForm, TransferForm
from sala.places.models import Area
from sala.places.operations import NewArea

MOST_PARTS = 6


def _area(request: Request, code: str) -> Area:
    areas = visible(request.actor, Area).select_related("level", "parent__level")
    area = get_object_or_404(areas, code=code)
    require(request.actor, policy.CHANGE, area)
    return area


def done(form: Form, change: Callable[[], Any]) -> bool:
    """Run a change; a refusal is shown on the form, so that nothing typed is lost. True when it was made."""
    try:
        change()
    except (Invalid, Conflict) as error:
        form.add_error(None, str(error.advice))
        for name, texts in error.fields.items():
            for text in texts:
                form.add_error(name if name in form.fields else None, str(text))
        return False
    return True


def _page(request: Request, area: Area, form: Form, heading: str, explanation: str, **more: Any) -> HttpResponse:
    context = {"area": area, "form": form, "heading": heading, "explanation": explanation, **more}
    return render(request, "places/change.html", context)


def correct(request: Request, code: str) -> HttpResponse:
    """Spelling, label point, other names, source."""
    area = get_object_or_404(visible(request.actor, Area), code=code)
    return edit(request, area, AreaForm, verb=policy.EDIT)


def rename(request: Request, code: str) -> HttpResponse:
    area = _area(request, code)
    form = RenameForm(request.POST or None, initial={"name": area.name})
    if form.is_valid() and done(form, lambda: operations.rename(request.actor, area, **form.cleaned_data)):
        messages.success(request, _("Renamed. The former name stays findable."))
        return redirect(area)
    return _page(
        request, area, form, _("Rename"), _("For a new name by decision. A slip of the pen is corrected under “Edit”.")
    )


def transfer(request: Request, code: str) -> HttpResponse:
    area = _area(request, code)
    form = TransferForm(request.POST or None, area=area)
    if form.is_valid() and done(form, lambda: operations.transfer(request.actor, area, **form.cleaned_data)):
        messages.success(request, _("Recorded. Questions about earlier days are answered by the old tree."))
        return redirect(area)
    return _page(request, area, form, _("Transfer to another area"),
                 _("The area moves with all inside it. Its address stays; its codes may change."))  # fmt: skip


def merge(request: Request, code: str) -> HttpResponse:
    area = _area(request, code)
    form = MergeForm(request.POST or None, area=area)
    if form.is_valid() and done(form, lambda: _merge(request, area, form.cleaned_data)):
        messages.success(request, _("Recorded. The areas that end name their successor."))
        return redirect(area)
    return _page(request, area, form, _("Merge with others"),
                 _("The areas end on the day and what they contained belongs to the one that goes on."))  # fmt: skip


def _merge(request: Request, area: Area, data: dict[str, Any]) -> Area:
    into = data["into"] or NewArea(code=data["code"], name=data["name"], codes=data["codes"])
    return operations.merge(request.actor, [area, *data["others"]], into=into, on=data["on"], decision=data["decision"])


def end(request: Request, code: str) -> HttpResponse:
    area = _area(request, code)
    form = EndForm(request.POST or None)
    if form.is_valid() and done(form, lambda: operations.close_area(request.actor, area, **form.cleaned_data)):
        messages.success(request, _("Recorded. The area ends on that day; its page and its history stay."))
        return redirect(area)
    return _page(request, area, form, _("End without a successor"),
                 _("For a place of which nothing is left. Where another one takes it in, merge the two."))  # fmt: skip


def split(request: Request, code: str) -> HttpResponse:
    """One form of the whole and one for each new area; ?parts=3 asks for three."""
    area = _area(request, code)
    asked = request.GET.get("parts", "")
    count = min(int(asked), MOST_PARTS) if asked.isdecimal() and int(asked) else 2
    parts_of = formset_factory(PartForm, extra=count, max_num=MOST_PARTS, absolute_max=MOST_PARTS)
    form = SplitForm(request.POST or None)
    parts = parts_of(request.POST or None, prefix="part", form_kwargs={"area": area, "day": clock.today()})
    if request.method == "POST" and form.is_valid() and parts.is_valid():
        into = [_new(part) for part in parts if part.has_changed()]
        if done(form, lambda: _split(request, area, form.cleaned_data, into)):
            messages.success(request, _("Recorded. The new areas name where they came from."))
            return redirect(area)
    return _page(request, area, form, _("Form new areas out of this one"),
                 _("Leave the form of a new area empty when there is none."), parts=parts, more=min(count + 1, MOST_PARTS))  # fmt: skip


def _new(part: Any) -> NewArea:
    data = part.cleaned_data
    members = [*data["members"], *data["more"]]
    return NewArea(code=data["code"], name=data["name"], members=members, label_point=part.point(), codes=data["codes"])


def _split(request: Request, area: Area, data: dict[str, Any], into: list[NewArea]) -> list[Area]:
    return operations.split(
        request.actor, area, on=data["on"], into=into, continues=data["continues"] == "yes", decision=data["decision"]
    )
