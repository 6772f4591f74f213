"""Files of documents: downloading, adding, replacing.

A file is always handed out to be saved, never shown by the browser in our name: a page or PDF made by others could
carry a script or a form that pretends to be ours. What a reader wants to read at once is the extracted text.
"""

import mimetypes
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import errands
from sala.core.errors import Conflict, Invalid, Missing
from sala.core.files import store
from sala.core.form_faults import show_faults
from sala.documents import policy, queries
from sala.documents.forms import FileForm, ReplaceForm
from sala.documents.models import Document, DocumentFile, LinkCheck


def as_download(sha256: str, name: str, media_type: str) -> FileResponse:
    """A kept file for saving. The browser is told not to guess its type and to run nothing in it."""
    path = store.path_of(sha256)
    if not path.is_file():
        raise Missing(_("The file is not in the store. Tell the operator; the entry names its SHA-256."))
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{sha256}"'
    return response


def download(request: Request, slug: str, sha256: str, name: str) -> HttpResponseBase:
    """One file. Copies that were replaced are for those who keep the document."""
    files = visible(request.actor, DocumentFile).select_related("document__owner__area")
    queries.find(request.actor, slug)
    file = get_object_or_404(files, document__slug=slug, sha256=sha256)
    if file.name != name:
        raise Http404
    if not file.is_current and not can(request.actor, policy.EDIT, file.document):
        raise Missing(_("This file was replaced. Open the document for the newest one."))
    response = as_download(file.sha256, file.name, file.media_type)
    if request.method == "GET":
        queries.count_download(file)
    return response


def download_copy(request: Request, slug: str) -> HttpResponseBase:
    """The dated copy of what was at the document's address. It was never opened here, so it is only handed out."""
    queries.find(request.actor, slug)
    copy = get_object_or_404(visible(request.actor, LinkCheck).exclude(copy_sha256=""), document__slug=slug)
    kind = mimetypes.guess_extension(copy.copy_type) or ""
    name = f"{slug}-{timezone.localdate(copy.copied_at):%Y-%m-%d}{kind}"
    return as_download(copy.copy_sha256, name, "application/octet-stream")


def add(request: Request, slug: str) -> HttpResponse:
    """Add the file in a further language."""
    document = get_object_or_404(visible(request.actor, Document).select_related("owner__area"), slug=slug)
    require(request.actor, policy.PUBLISH if document.is_published else policy.EDIT, document)
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            errand = errands.ask(
                request.actor, "document-file", title=sent.name, file=Path(sent.temporary_file_path()), name=sent.name,
                document=document.pk, language=form.cleaned_data["language"],
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            show_faults(form, error, "file")
        else:
            if not errand.is_open:
                messages.success(request, _("The file was added."))
            return redirect(errand)
    context = {"form": form, "heading": _("Add a file"), "button": _("Add"), "document": document}
    return render(request, "documents/form.html", context)


def replace(request: Request, slug: str, sha256: str) -> HttpResponse:
    """Put a better copy in the place of a file."""
    document = get_object_or_404(visible(request.actor, Document).select_related("owner__area"), slug=slug)
    require(request.actor, policy.PUBLISH if document.is_published else policy.EDIT, document)
    old = get_object_or_404(document.files, sha256=sha256)
    form = ReplaceForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            errand = errands.ask(
                request.actor, "document-copy", title=sent.name, file=Path(sent.temporary_file_path()), name=sent.name,
                reason=form.cleaned_data["reason"], replaced=old.pk,
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            show_faults(form, error, "file")
        else:
            if not errand.is_open:
                messages.success(request, _("The file was replaced. The old one is kept."))
            return redirect(errand)
    context = {
        "form": form, "heading": _("Replace a file"), "button": _("Replace"), "document": document,
        "lead": old.name,
    }  # fmt: skip
    return render(request, "documents/form.html", context)
