"""Asking the producer of a dataset."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.catalogue.operations.questions import answer_days, ask_producer
from sala.catalogue.queries import find_dataset
from sala.core import clock
from sala.core.errors import SignInNeeded
from sala.duties.forms import QuestionForm


def ask(request: Request, slug: str) -> HttpResponse:
    dataset = find_dataset(request.actor, slug, "owner__area", "place", "contact")
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("Sign in to ask or answer."))
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        thread = ask_producer(request.actor, dataset, text=form.cleaned_data["text"])
        due = date_format(thread.due_on, "DATE_FORMAT") if thread.due_on else ""
        messages.success(request, _("The question was sent. An answer is promised until %(due)s.") % {"due": due})
        return redirect(f"{dataset.get_absolute_url()}#thread-{thread.pk}")
    lead = _("Question and answer can be read by everybody who sees the dataset. Do not write names or telephone numbers. An answer is promised within %(days)d working days.")  # fmt: skip
    context = {
        "form": form, "heading": _("Ask a question"), "back": dataset, "button": _("Ask"),
        "lead": lead % {"days": answer_days(dataset.owner, clock.today())},
    }  # fmt: skip
    return render(request, "catalogue/exchange/form.html", context)
