"""Questions on a call: asking, answering, hiding."""

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import visible
from sala.core import subjects
from sala.core.errors import NotPermitted, SignInNeeded
from sala.duties import operations
from sala.duties.forms import QuestionForm, ReasonForm, ReplyForm
from sala.duties.models import Thread, ThreadEntry
from sala.duties.operations.threads import may_answer
from sala.duties.views.finding import call_or_404


def ask(request: Request, reference: str) -> HttpResponse:
    call = call_or_404(request.actor, reference)
    _signed_in(request)
    form = QuestionForm(request.POST or None)
    if form.is_valid():
        thread = operations.ask(request.actor, call, text=form.cleaned_data["text"])
        messages.success(request, _("The question was sent. Its answer will stand here for everybody."))
        return redirect(f"{call.get_absolute_url()}#thread-{thread.pk}")
    context = {"form": form, "heading": _("Ask a question"), "back": call, "button": _("Ask")}
    return render(request, "duties/step.html", context)


def reply(request: Request, pk: int) -> HttpResponse:
    thread = get_object_or_404(Thread.objects.select_related("answers__organisation__area"), pk=pk)
    subject = _subject(request, thread)
    _signed_in(request)
    form = ReplyForm(request.POST or None)
    if form.is_valid():
        operations.reply(request.actor, thread, text=form.cleaned_data["text"])
        messages.success(request, _("Your words stand below the question."))
        return redirect(_back(subject, thread))
    context = {
        "form": form, "heading": _("Answer"), "back": subject, "button": _("Send"),
        "quoted": thread.entries.filter(hidden_reason=""),
    }  # fmt: skip
    return render(request, "duties/step.html", context)


def hide(request: Request, pk: int) -> HttpResponse:
    entry = get_object_or_404(ThreadEntry.objects.select_related("thread__answers__organisation__area"), pk=pk)
    subject = _subject(request, entry.thread)
    if not may_answer(request.actor, entry.thread, subject):
        raise NotPermitted(_("Only the office that answers here may hide an entry."))
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.hide(request.actor, entry, reason=form.cleaned_data["reason"])
        return redirect(_back(subject, entry.thread))
    context = {"form": form, "heading": _("Hide this"), "back": subject, "button": _("Hide"), "danger": True}
    return render(request, "duties/step.html", context)


def _signed_in(request: Request) -> None:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("Sign in to ask or answer."))


def _subject(request: Request, thread: Thread) -> models.Model:
    """What the question is about, when the reader sees it."""
    found = (
        visible(request.actor, subjects.by_noun(thread.subject_type).model_class).filter(pk=thread.subject_id).first()
    )
    if found is None:
        raise Http404
    return found


def _back(subject: models.Model, thread: Thread) -> str:
    page = subject.get_absolute_url() if hasattr(subject, "get_absolute_url") else reverse("site:desk")
    return f"{page}#thread-{thread.pk}"
