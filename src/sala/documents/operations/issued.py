"""Issuing numbered papers and taking them back."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.core import clock, language, subjects
from sala.core.errors import Conflict, Invalid
from sala.core.files import store
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.documents import numbering, pdf, policy
from sala.documents.models import IssuedDocument, IssuedFile
from sala.journal.operations import record
from sala.people.models import Organisation

PLAIN = "documents/pdf/letter.html"


@operation
def issue_document(actor: Actor, issuer: Organisation, *, kind: str, title: Mapping[str, str], context: Mapping[str, Any],
                   template: str = PLAIN, languages: Sequence[str] | None = None, subject: models.Model | None = None,
                   tier: str = Tier.OWN.value, is_invented: bool = False, acting: int | None = None) -> IssuedDocument:  # fmt: skip
    """Give a paper the next number of its series, make its PDF in each language and keep both for good.

    context   what the template shows; the plain letter takes `body` (Translated, paragraphs apart by empty lines) and
              `addressee` (Translated)
    subject   a row the paper is about, of a noun in the list of nouns
    acting    the post that the matter itself names, for somebody with several that may issue
    Number, words and files are one change: when any of them fails, the number is free again.
    """
    codes = list(languages or language.languages())
    issued = IssuedDocument(
        issuer=issuer, kind=kind, title=Translated(title), languages=codes, tier=tier, issued_at=clock.now(),
        is_invented=is_invented,
    )  # fmt: skip
    require(actor, policy.ISSUE, issued, acting=acting)
    if language.required_language() not in issued.title:
        raise Invalid(_("The title in the country's language is missing. Write it first."))
    if unknown := set(codes) - set(language.languages()):
        raise Invalid(_("Unknown language: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
    if subject is not None:
        issued.subject_type, issued.subject_id = subjects.of(subject).noun, subject.pk
    issued.series = numbering.take(issuer, kind, clock.today().year)
    issued.sequence, issued.number = issued.series.last, numbering.written(issued.series)
    issued.position_id = actor.position_id
    frame = {**context, "issued": issued, "issued_on": clock.today(), "verify_url": verify_url(issued.number)}
    issued.content_hash = _digest([pdf.html(template, frame, code) for code in codes])
    issued.save()
    for code in codes:
        _keep(issued, code, pdf.render(template, frame, code))
    record(actor, policy.ISSUE, issued, change="issued", number=issued.number, hash=issued.content_hash)
    return issued


@operation
def withdraw_issued(actor: Actor, issued: IssuedDocument, *, reason: str, acting: int | None = None) -> None:
    """Declare an issued paper invalid. Number and files stay; whoever verifies it is told."""
    issued = lock(issued)
    require(actor, policy.ISSUE, issued, acting=acting)
    if not issued.is_valid:
        raise Conflict(_("This paper was withdrawn already."))
    if not reason.strip():
        raise Invalid(_("Say why the paper is withdrawn."), {"reason": [_("Say why the paper is withdrawn.")]})
    issued.withdrawn_at, issued.withdrawn_reason = clock.now(), reason.strip()
    issued.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record(actor, policy.ISSUE, issued, change="withdrawn", reason=reason)


def verify_url(number: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse("documents:verify", args=[number])


def _digest(texts: Sequence[str]) -> str:
    """SHA-256 over the words of all languages, each with its length before it."""
    sha = hashlib.sha256()
    for text in texts:
        raw = text.encode()
        sha.update(len(raw).to_bytes(8, "big") + raw)
    return sha.hexdigest()


def _keep(issued: IssuedDocument, code: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "issued.pdf"
        path.write_bytes(content)
        digest, size = store.keep(path)
    IssuedFile.objects.create(issued=issued, language=code, bytes=size, sha256=digest)
