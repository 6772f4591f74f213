"""The one way in which a change without a rule is made: a ModelForm, behind require, with the changed fields on record."""

from typing import Any

from django.contrib import messages
from django.db import models
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import require
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record


@operation
def save_changes(actor: Actor, instance: models.Model, form_class: type[ModelForm], data: Any, files: Any = None,
                 *, verb: str, **options: Any) -> ModelForm:  # fmt: skip
    """Apply a form to the row as it is now. Returns the form; nothing is saved when it has errors."""
    current = lock(instance)
    require(actor, verb, current)
    before = type(current)._default_manager.get(pk=current.pk)
    form = form_class(data, files, instance=current, **options)
    if form.is_valid():
        saved = form.save()
        difference = changed_fields(before, saved)
        if difference or form.changed_data:
            record(actor, verb, saved, change="edited", fields=difference)
    return form


def edit(request: Request, instance: models.Model, form_class: type[ModelForm], *, verb: str,
         template: str = "core/edit.html", **options: Any) -> HttpResponse:  # fmt: skip
    """Page of such a change: shows the form, saves it, goes back to the row."""
    actor = request.actor
    require(actor, verb, instance)
    if request.method == "POST":
        form = save_changes(actor, instance, form_class, request.POST, request.FILES, verb=verb, **options)
        if form.is_valid():
            messages.success(request, _("Saved."))
            return redirect(form.instance)
    else:
        form = form_class(instance=instance, **options)
    return render(request, template, {"form": form, "object": instance})
