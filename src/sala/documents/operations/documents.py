"""Adding, describing, publishing and withdrawing a document."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents import policy
from sala.documents.intake import Delivered
from sala.documents.models import Document, DocumentState, LegalReference
from sala.documents.operations.files import keep_file
from sala.documents.operations.scans import note_pictures
from sala.journal.operations import changed_fields, record
from sala.people.models import Organisation

MANY = ("areas", "topics")
SLUG_LENGTH = 90
NOT_SLUGS = {"add"}  # an address below /documents/ that means something else


@operation
def add_document(actor: Actor, owner: Organisation, *, kind: Term, title: Mapping[str, str], slug: str = "",
                 file: Delivered | None = None, **described: Any) -> Document:  # fmt: skip
    """Enter a document as a draft, with its file when there is one. `described` are further fields of Document."""
    many = {name: described.pop(name) for name in MANY if name in described}
    document = Document(owner=owner, kind=kind, title=title, **described)
    require(actor, policy.EDIT, document)
    document.slug = slug or free_slug(document)
    if file and not document.language:
        document.language = file.language
    check(document)
    document.save()
    _set_many(document, many)
    if file:
        keep_file(document, file)
    record(actor, policy.EDIT, document, change="added", file=file.sha256 if file else None)
    note_pictures(actor, document)
    return document


@operation
def describe_document(actor: Actor, document: Document, **described: Any) -> bool:
    """Change what is said of a document. Returns whether anything changed. Who may read it is classify_document's."""
    document = lock(document)
    require(actor, policy.EDIT, document)
    many = {name: set(described.pop(name)) for name in MANY if name in described}
    before = Document.objects.get(pk=document.pk)
    for name, value in described.items():
        setattr(document, name, value)
    difference = changed_fields(before, document)
    changed_many = [name for name, rows in many.items() if set(getattr(document, name).all()) != rows]
    if not difference and not changed_many:
        return False
    check(document)
    document.save()
    _set_many(document, {name: many[name] for name in changed_many})
    record(actor, policy.EDIT, document, change="described", fields=difference, also=changed_many)
    return True


@operation
def publish_document(actor: Actor, document: Document, **classification: Any) -> None:
    """Release a document to the readers that its tier names. `classification` as in classify_document."""
    document = lock(document)
    require(actor, policy.PUBLISH, document)
    if document.state == DocumentState.PUBLISHED:
        raise Conflict(_("This document is published already."))
    _classify(document, **classification)
    document.state, document.is_published, document.published_at = DocumentState.PUBLISHED, True, clock.now()
    document.withdrawn_at, document.withdrawn_reason = None, ""
    check(document)
    document.save()
    record(actor, policy.PUBLISH, document, change="published", tier=document.tier)


@operation
def classify_document(actor: Actor, document: Document, **classification: Any) -> None:
    """Say who may read a document and, where it is not open, why: reason, law and clause.

    classification  tier, restriction, restriction_law, restriction_clause; organisations are named by people.share
    A published document needs the right to publish for this, since it may open the document to more readers.
    """
    document = lock(document)
    require(actor, policy.PUBLISH if document.is_published else policy.EDIT, document)
    before = document.tier
    _classify(document, **classification)
    check(document)
    document.save()
    record(actor, policy.EDIT, document, change="classified", tiers=[before, document.tier])


def _classify(document: Document, *, tier: str | None = None, **restriction: Any) -> None:
    if tier is not None:
        document.tier = tier
    for name, value in restriction.items():
        setattr(document, name, value)
    if document.tier == Tier.PUBLIC:
        document.restriction = document.restriction_law = None
        document.restriction_clause = ""


@operation
def withdraw_document(actor: Actor, document: Document, *, reason: str) -> None:
    """Take a published document back. Its readers no longer find it; the owner's house and the history keep it."""
    document = lock(document)
    require(actor, policy.PUBLISH, document)
    if document.state != DocumentState.PUBLISHED:
        raise Conflict(_("Only a published document can be withdrawn. This one is not published."))
    if not reason.strip():
        raise Invalid(_("Say why the document is withdrawn."), {"reason": [_("Say why the document is withdrawn.")]})
    document.state, document.is_published = DocumentState.WITHDRAWN, False
    document.withdrawn_at, document.withdrawn_reason = clock.now(), reason.strip()
    document.save()
    record(actor, policy.PUBLISH, document, change="withdrawn", reason=reason)


@operation
def refer_to_law(actor: Actor, document: Document, *, relation: str, law: Document | None = None, work: str = "",
                 clause: str = "") -> LegalReference:  # fmt: skip
    """Say on which clause of which law a document stands, or which one it changes."""
    document = lock(document)
    require(actor, policy.EDIT, document)
    reference = LegalReference(document=document, relation=relation, law=law, work=work.strip(), clause=clause.strip())
    if law and law.pk == document.pk:
        raise Invalid(_("A document cannot refer to itself. Choose another one."))
    check(reference)
    reference.save()
    record(actor, policy.EDIT, document, change="reference added", relation=relation, law=law.pk if law else None)
    return reference


@operation
def remove_reference(actor: Actor, reference: LegalReference) -> None:
    """Take back a reference that was entered by mistake."""
    reference = lock(reference)
    document = reference.document
    require(actor, policy.EDIT, document)
    reference.delete()
    record(actor, policy.EDIT, document, change="reference removed", relation=reference.relation, law=reference.law_id)


def free_slug(document: Document) -> str:
    """An address from the title where one is in Latin script, else from kind and number; with -2, -3 … when taken."""
    texts = [slugify(text) for text in document.title.values()]
    number = slugify(f"{document.kind.code} {document.number}")
    base = (max(texts, key=len, default="") or number)[:SLUG_LENGTH].strip("-")
    taken = set(Document.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | NOT_SLUGS
    return next(slug for step in count(1) if (slug := base if step == 1 else f"{base}-{step}") not in taken)


def _set_many(document: Document, many: Mapping[str, Iterable[models.Model]]) -> None:
    for name, rows in many.items():
        getattr(document, name).set(rows)
