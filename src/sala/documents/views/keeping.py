"""What records officers do: add, describe, publish, classify, withdraw, and say on which law a document stands."""

from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sala.access.edit import edit
from sala.access.request import Request
from sala.access.scope import Tier, require, visible
from sala.core import errands
from sala.core.errors import Invalid, NotPermitted, SignInNeeded
from sala.core.form_faults import show_faults
from sala.core.models import Errand
from sala.documents import operations, policy
from sala.documents.forms import AddForm, ClassifyForm, DocumentForm, ReasonForm, ReferenceForm
from sala.documents.models import Document, DocumentState, LegalReference
from sala.people.queries import sharings_of


def _document(request: Request, slug: str) -> Document:
    return get_object_or_404(visible(request.actor, Document).select_related("owner__area", "kind"), slug=slug)


def _someone_with(request: Request, verb: str) -> None:
    if not request.actor.is_signed_in:
        raise SignInNeeded(_("This needs a position in government. Sign in with your link, then send it again."))
    if not request.actor.has_anywhere(verb):
        raise NotPermitted(_("Documents are entered by records officers. Ask the one of your office."))


def add(request: Request) -> HttpResponse:
    """Enter a document as a draft, with its file."""
    _someone_with(request, policy.EDIT)
    form = AddForm(request.POST or None, request.FILES or None, reader=request.actor)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            made = _added(request, form, sent)
        except Invalid as error:
            show_faults(form, error, "file")
        else:
            if not getattr(made, "is_open", False):
                messages.success(request, _("Entered as a draft. Read it over, then publish it."))
            return redirect(made)
    return render(request, "documents/form.html", {"form": form, "heading": _("Add a document"), "button": _("Add")})


def _added(request: Request, form: AddForm, sent: UploadedFile | None) -> Document | Errand:
    """The draft; or, with a file, the errand that reads it."""
    if sent is None:
        return operations.add_document(request.actor, form.cleaned_data["owner"], **form.described())
    path = Path(sent.temporary_file_path())  # type: ignore[attr-defined]
    return errands.ask(
        request.actor, "document", title=sent.name or "", file=path, name=sent.name, sent=request.POST.urlencode()
    )


def change(request: Request, slug: str) -> HttpResponse:
    return edit(request, _document(request, slug), DocumentForm, verb=policy.EDIT, reader=request.actor)


def publish(request: Request, slug: str) -> HttpResponse:
    """Release a document, saying who may read it."""
    document = _document(request, slug)
    require(request.actor, policy.PUBLISH, document)
    return _classification(
        request, document, operations.publish_document, _("Publish"), _("Published."),
        _("Look once more at title, number, date and file: they are what readers will cite."),
    )  # fmt: skip


def classify(request: Request, slug: str) -> HttpResponse:
    """Change who may read a document."""
    document = _document(request, slug)
    require(request.actor, policy.PUBLISH if document.is_published else policy.EDIT, document)
    return _classification(
        request, document, operations.classify_document, _("Who may read it"), _("Saved."), ""
    )  # fmt: skip


def _classification(
    request: Request, document: Document, operation, heading: str, done: str, lead: str
) -> HttpResponse:
    form = ClassifyForm(request.POST or None, instance=document, reader=request.actor)
    if form.is_valid():
        operation(request.actor, document, **form.cleaned_data)
        messages.success(request, done)
        if form.cleaned_data["tier"] == Tier.NAMED and not sharings_of(document).exists():
            return redirect("people:sharing", "document", document.pk)
        return redirect(document)
    context = {"form": form, "heading": heading, "button": heading, "document": document, "lead": lead}
    return render(request, "documents/form.html", context)


def withdraw(request: Request, slug: str) -> HttpResponse:
    document = _document(request, slug)
    require(request.actor, policy.PUBLISH, document)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        operations.withdraw_document(request.actor, document, **form.cleaned_data)
        messages.success(request, _("Withdrawn. Only your own organisation still sees it."))
        return redirect(document)
    context = {
        "form": form, "heading": _("Withdraw"), "button": _("Withdraw"), "document": document, "is_grave": True,
        "lead": _("Readers will no longer find it. Its history and its files are kept."),
        "is_published": document.state == DocumentState.PUBLISHED,
    }  # fmt: skip
    return render(request, "documents/form.html", context)


def add_reference(request: Request, slug: str) -> HttpResponse:
    document = _document(request, slug)
    require(request.actor, policy.EDIT, document)
    form = ReferenceForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        operations.refer_to_law(request.actor, document, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(document)
    context = {"form": form, "heading": _("Add a legal reference"), "button": _("Add"), "document": document}
    return render(request, "documents/form.html", context)


@require_POST
def remove_reference(request: Request, slug: str, pk: int) -> HttpResponse:
    document = _document(request, slug)
    reference = get_object_or_404(LegalReference, pk=pk, document=document)
    operations.remove_reference(request.actor, reference)
    messages.success(request, _("Taken out."))
    return redirect(document)
