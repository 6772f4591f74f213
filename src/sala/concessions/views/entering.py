"""Entering a concession, changing what is said of it, and telling that it was entered twice."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.concessions import operations, policy
from sala.concessions.calculations.names import name_keys
from sala.concessions.forms.entry import ChangeForm, DoubleForm, EnterForm
from sala.concessions.models import Concession
from sala.concessions.queries.register import like_names
from sala.concessions.views.writing import found_for, write


def enter(request: Request) -> HttpResponse:
    """A new entry. Those of the same name are shown first, and must be looked at. ?area= fills in a place."""
    need_anywhere(request.actor, policy.ENTER)
    form = EnterForm(request.POST or None, actor=request.actor, initial={"area": request.GET.get("area", "")})
    shown = {
        "heading": _("New lease or concession"), "template": "concessions/form.html", "button": _("Enter"),
        "lead": _("It gets a reference that stays. Holder, areas, papers and villages follow on its page."),
        "done": _("Entered. Add the grant, the areas and the papers next."),
    }  # fmt: skip
    if form.is_valid() and not form.cleaned_data["seen"]:
        likes = like_names(request.actor, name_keys(form.cleaned_data["name"].values()))
        if likes:
            return render(request, "concessions/form.html", {**shown, "form": form, "likes": likes})
    return form_page(request, form, lambda data: operations.enter(request.actor, **form.described()), **shown)


def change(request: Request, reference: str) -> HttpResponse:
    found = found_for(request, reference, policy.ENTER)
    return write(
        request, found, ChangeForm, lambda data: operations.change(request.actor, found, data.pop("version"), **data),
        heading=_("Change what is said of it"),
    )  # fmt: skip


def mark_double(request: Request, reference: str) -> HttpResponse:
    """Afterwards the reader stands at the entry that counts."""
    found = found_for(request, reference, policy.CONFIRM)

    def mark(data: dict) -> Concession:
        operations.mark_double(
            request.actor, found, same_as=data["same_as"], reason=data["reason"], owed=data.get("owed", "")
        )
        return data["same_as"]

    return write(
        request, found, DoubleForm, mark, heading=_("It was entered twice"), button=_("Mark as a double"), danger=True,
        lead=_("It leaves every list and total. Its address will lead to the entry that counts."),
    )  # fmt: skip
