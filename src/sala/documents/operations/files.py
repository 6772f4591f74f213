"""Files of a document: added once a language, never changed, replaced with a reason."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.files import store
from sala.core.operation import lock, operation
from sala.documents import policy
from sala.documents.intake import MEDIA_TYPES, Delivered
from sala.documents.models import Document, DocumentFile, DocumentPage
from sala.documents.operations.scans import note_pictures
from sala.journal.operations import record


@operation
def add_file(actor: Actor, document: Document, *, file: Delivered) -> DocumentFile:
    """Add the document's file in a further language. A published document needs the right to publish for it."""
    document = lock(document)
    require(actor, policy.PUBLISH if document.is_published else policy.EDIT, document)
    added = keep_file(document, file)
    record(actor, policy.EDIT, document, change="file added", file=file.sha256, language=file.language)
    note_pictures(actor, document)
    return added


@operation
def replace_file(actor: Actor, old: DocumentFile, *, file: Delivered, reason: str) -> DocumentFile:
    """Put a better copy in the place of a file. The old one is kept, and its hash stays known."""
    document = lock(old.document)
    require(actor, policy.PUBLISH if document.is_published else policy.EDIT, document)
    if not reason.strip():
        raise Invalid(_("Say why the file is replaced."), {"reason": [_("Say why the file is replaced.")]})
    if not old.is_current:
        raise Conflict(_("This file was replaced already. Replace the newest one."))
    if old.sha256 == file.sha256:
        raise Conflict(_("This is the same file. Nothing was changed."))
    added = keep_file(document, file, replaces=old, reason=reason.strip())
    record(actor, policy.EDIT, document, change="file replaced", files=[old.sha256, file.sha256], reason=reason)
    note_pictures(actor, document)
    return added


def keep_file(
    document: Document, file: Delivered, replaces: DocumentFile | None = None, reason: str = ""
) -> DocumentFile:
    """Store the file and its pages. Runs inside an operation that has asked for the right.

    A new file takes the language of the one it replaces, so that its pages stand in their place.
    """
    code = replaces.language if replaces else file.language
    digest, size = store.keep(file.path)
    if digest != file.sha256:
        raise Conflict(_("The file changed while it was read. Send it again."))
    try:
        with transaction.atomic():
            kept = DocumentFile.objects.create(
                document=document, language=code, name=file.name, media_type=file.media_type, bytes=size, sha256=digest,
                added_at=clock.now(), replaces=replaces, reason=reason,
            )  # fmt: skip
    except IntegrityError as error:
        if "document_file_once" in str(error):
            raise Conflict(_("The document has this very file already.")) from error
        raise Conflict(
            _("The document has a file in this language already. Replace that one, or enter an annex as a document of its own.")
        ) from error  # fmt: skip
    document.pages.filter(language=code).delete()
    DocumentPage.objects.bulk_create(
        DocumentPage(
            document=document, file=kept, language=code, number=number, text=text, reading=_reading(file, text)
        )
        for number, text in enumerate(file.pages, 1)
    )
    return kept


def _reading(file: Delivered, text: str) -> str:
    is_picture = file.media_type == MEDIA_TYPES["pdf"] and not text.strip()
    return DocumentPage.Reading.PICTURE if is_picture else DocumentPage.Reading.TEXT
