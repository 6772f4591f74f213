"""With whom a dataset, a document … is shared besides its tier: naming an organisation, and ending it."""

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.request import Request
from sala.access.scope import require, scope_of, visible
from sala.core import subjects
from sala.core.errors import Conflict, Invalid
from sala.people import operations
from sala.people.forms import ShareForm
from sala.people.models import Sharing
from sala.people.queries import sharings_of


def _subject(request: Request, noun: str, pk: int) -> Any:
    """The row, for those who may name organisations for it."""
    if not subjects.knows(noun) or not scope_of(subjects.by_noun(noun).model_class).sharing:
        raise Http404
    model: type[models.Model] = subjects.by_noun(noun).model_class
    subject = get_object_or_404(visible(request.actor, model), pk=pk)
    require(request.actor, operations.sharing_verb(subject), subject)
    return subject


def sharing(request: Request, noun: str, pk: int) -> HttpResponse:
    """Who it is shared with, and a form to name one more."""
    subject = _subject(request, noun, pk)
    form = ShareForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        try:
            operations.share(request.actor, subject, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            for name, texts in (error.fields or {"organisation": [str(error)]}).items():
                form.add_error(name, list(texts))
        else:
            messages.success(request, _("Shared. It ends by itself on its last day."))
            return redirect("people:sharing", noun, pk)
    rows = sharings_of(subject)
    context = {"subject": subject, "noun": noun, "form": form, "rows": rows}
    return render(request, "people/sharing.html", context)


@require_POST
def end(request: Request, noun: str, pk: int, sharing: int) -> HttpResponse:
    subject = _subject(request, noun, pk)
    row = get_object_or_404(Sharing, pk=sharing, subject_type=noun, subject_id=subject.pk)
    operations.end_sharing(request.actor, row)
    messages.success(request, _("It is not shared with this organisation any more."))
    return redirect("people:sharing", noun, pk)
