"""The one page on which something is entered, and the doors before it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.form_faults import show_faults


def need_anywhere(actor: Actor, verb: str) -> None:
    """Answer those who hold the right nowhere before they fill in a form; the operation asks again."""
    if not actor.is_signed_in and not actor.holdings:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link."))
    if not actor.has_anywhere(verb):
        raise NotPermitted(_("None of your posts may do this. Ask your administrator for the right."))


def button_form(request: Request) -> Form:
    """A form of only a button: nothing happens by following a link."""
    return Form({} if request.method == "POST" else None)


def form_page(request: Request, form: BaseForm, work: Callable[[dict[str, Any]], Any], *, heading: Any, back: Any = None,
              button: Any = "", done: Any = "", template: str = "core/form.html", **context: Any) -> HttpResponse:  # fmt: skip
    """Show a form; sent, do the work with what it says and go to the row it gives (else to `back`).

    What an operation finds wrong stands at its field, and nothing that was typed is lost.
    """
    if form.is_valid():
        try:
            result = work(form.cleaned_data)
        except (Invalid, Conflict) as error:
            show_faults(form, error, next(iter(form.fields), ""))
        else:
            messages.success(request, done or _("Saved."))
            return redirect(result if hasattr(result, "get_absolute_url") else back)
    shown = {"form": form, "heading": heading, "back": back, "button": button or _("Save"), **context}
    return render(request, template, shown)
