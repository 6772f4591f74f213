"""What the worker does for the pages of documents when a file is large. The form that was sent is read again here."""

from typing import Any

from django.http import QueryDict

from sala.access.actor import Actor
from sala.core.errands import Finish
from sala.core.errors import Invalid
from sala.core.files import store
from sala.core.models import Errand
from sala.documents import intake, operations
from sala.documents.forms import AddForm
from sala.documents.models import Document, DocumentFile


def add(actor: Actor, errand: Errand) -> Finish:
    """asked: name, sent (the form as it came)."""
    asked: dict[str, Any] = errand.asked
    form = AddForm(QueryDict(asked["sent"]), reader=actor)
    if not form.is_valid():
        raise Invalid(fields={name: list(map(str, texts)) for name, texts in form.errors.items()})
    file = intake.read(store.path_of(errand.sha256), asked["name"])

    def finish() -> str:
        owner = form.cleaned_data["owner"]
        return operations.add_document(actor, owner, file=file, **form.described()).get_absolute_url()

    return finish


def add_file(actor: Actor, errand: Errand) -> Finish:
    """asked: document, name, language."""
    asked: dict[str, Any] = errand.asked
    document = Document.objects.select_related("owner__area").get(pk=asked["document"])
    file = intake.read(store.path_of(errand.sha256), asked["name"], asked["language"])

    def finish() -> str:
        operations.add_file(actor, document, file=file)
        return document.get_absolute_url()

    return finish


def replace_file(actor: Actor, errand: Errand) -> Finish:
    """asked: replaced (the file), name, reason."""
    asked: dict[str, Any] = errand.asked
    old = DocumentFile.objects.select_related("document__owner__area").get(pk=asked["replaced"])
    file = intake.read(store.path_of(errand.sha256), asked["name"], old.language)

    def finish() -> str:
        operations.replace_file(actor, old, file=file, reason=asked["reason"])
        return old.document.get_absolute_url()

    return finish
