"""Theme maps: the list, making, arranging, publishing."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import require
from sala.core.errors import Invalid
from sala.core.form_faults import show_faults
from sala.maps import operations, policy
from sala.maps.forms.theme_maps import ArrangeForm, NewThemeMapForm, ThemeMapForm
from sala.maps.queries import find_theme_map
from sala.maps.views.explorer import offered


def index(request: Request) -> HttpResponse:
    context = {"maps": offered(request), "may_make": request.actor.has_anywhere(policy.EDIT)}
    return render(request, "maps/theme_maps.html", context)


def new(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.EDIT)
    form = NewThemeMapForm(request.POST or None, actor=request.actor)

    def make(data):
        owner = data.pop("owner")
        return operations.make_theme_map(request.actor, owner, **data)

    return form_page(
        request, form, make, heading=_("New theme map"), done=_("Made. Now name its layers and publish it.")
    )


def change(request: Request, code: str) -> HttpResponse:
    found = find_theme_map(request.actor, code)
    require(request.actor, policy.EDIT, found)
    form = ThemeMapForm(request.POST or None, initial=ThemeMapForm.initial_of(found))
    return form_page(
        request,
        form,
        lambda data: operations.change_theme_map(request.actor, found, **data),
        heading=_("Edit"),
        back=found,
    )


def arrange(request: Request, code: str) -> HttpResponse:
    found = find_theme_map(request.actor, code)
    require(request.actor, policy.EDIT, found)
    form = ArrangeForm(request.POST or None, actor=request.actor, theme_map=found)
    if form.is_valid():
        try:
            operations.arrange(request.actor, found, form.placed())
        except Invalid as error:
            show_faults(form, error, "layer0")
        else:
            return redirect(found)
    return render(request, "maps/arrange.html", {"form": form, "theme_map": found})


def publish(request: Request, code: str) -> HttpResponse:
    found = find_theme_map(request.actor, code)
    require(request.actor, policy.PUBLISH, found)
    return form_page(
        request, button_form(request), lambda data: operations.publish_theme_map(request.actor, found),
        heading=_("Publish this map"), back=found, button=_("Publish"), lead=found,
    )  # fmt: skip


def withdraw(request: Request, code: str) -> HttpResponse:
    found = find_theme_map(request.actor, code)
    require(request.actor, policy.PUBLISH, found)
    return form_page(
        request, button_form(request), lambda data: operations.withdraw_theme_map(request.actor, found),
        heading=_("Take this map back"), back=found, button=_("Take back"), danger=True, lead=found,
    )  # fmt: skip
