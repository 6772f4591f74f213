"""Issuing numbered papers and taking them back."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.core import clock, language, subjects
from sala.core.errors import Conflict, Invalid, Overtaken
from sala.core.files import store
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.documents import numbering, pdf, policy
from sala.documents.models import IssuedDocument, IssuedFile
from sala.journal.operations import record
from sala.people.models import Organisation

PLAIN = "documents/pdf/letter.html"


@dataclass(frozen=True)
class LaidOut:
    """A paper laid out before anything is locked, under the number and the day that it would have.

    files  language → PDF
    """

    number: str
    day: date
    title: Translated
    content_hash: str
    files: Mapping[str, bytes]


def lay_out(issuer: Organisation, *, kind: str, title: Mapping[str, str], context: Mapping[str, Any], template: str = PLAIN,
            languages: Sequence[str] | None = None, is_invented: bool = False) -> LaidOut:  # fmt: skip
    """Lay a long paper out in its own time: what it says is what `context` holds now, whatever changes until it is issued.

    Nothing is kept and no number is taken; `issue_document` takes the outcome as `laid_out`.
    """
    issued = IssuedDocument(issuer=issuer, kind=kind, title=Translated(title), languages=_languages(languages),
                            is_invented=is_invented)  # fmt: skip
    issued.number = numbering.likely(issuer, kind, clock.today().year)
    return _laid_out(issued, template, context)


@operation
def issue_document(actor: Actor, issuer: Organisation, *, kind: str, title: Mapping[str, str],
                   context: Mapping[str, Any] | None = None, template: str = PLAIN, languages: Sequence[str] | None = None,
                   subject: models.Model | None = None, tier: str = Tier.OWN.value, is_invented: bool = False,
                   acting: int | None = None, laid_out: LaidOut | None = None) -> IssuedDocument:  # fmt: skip
    """Give a paper the next number of its series, make its PDF in each language and keep both for good.

    context   what the template shows; the plain letter takes `body` (Translated, paragraphs apart by empty lines) and
              `addressee` (Translated)
    subject   a row the paper is about, of a noun in the list of nouns
    acting    the post that the matter itself names, for somebody with several that may issue
    laid_out  the paper as `lay_out` made it before; then context, template and languages are those it was made with
    Number, words and files are one change: when any of them fails, the number is free again.
    Raises Overtaken when a paper laid out before got another number or day in the meantime.
    """
    codes = list(laid_out.files) if laid_out else _languages(languages)
    issued = IssuedDocument(
        issuer=issuer, kind=kind, title=laid_out.title if laid_out else Translated(title), languages=codes, tier=tier,
        issued_at=clock.now(), is_invented=is_invented,
    )  # fmt: skip
    require(actor, policy.ISSUE, issued, acting=acting)
    if language.required_language() not in issued.title:
        raise Invalid(_("The title in the country's language is missing. Write it first."))
    if subject is not None:
        issued.subject_type, issued.subject_id = subjects.of(subject).noun, subject.pk
    issued.series = numbering.take(issuer, kind, clock.today().year)
    issued.sequence, issued.number = issued.series.last, numbering.written(issued.series)
    issued.position_id = actor.position_id
    if laid_out and (laid_out.number, laid_out.day) != (issued.number, clock.today()):
        raise Overtaken(_("Another paper of this office was issued meanwhile. Ask for this one again."))
    paper = laid_out or _laid_out(issued, template, context or {})
    issued.content_hash = paper.content_hash
    issued.save()
    for code, content in paper.files.items():
        _keep(issued, code, content)
    record(actor, policy.ISSUE, issued, change="issued", number=issued.number, hash=issued.content_hash)
    return issued


def _languages(codes: Sequence[str] | None) -> list[str]:
    wanted = list(codes or language.languages())
    if unknown := set(wanted) - set(language.languages()):
        raise Invalid(_("Unknown language: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
    return wanted


def _laid_out(issued: IssuedDocument, template: str, context: Mapping[str, Any]) -> LaidOut:
    day, codes = clock.today(), issued.languages
    frame = {**context, "issued": issued, "issued_on": day, "verify_url": verify_url(issued.number)}
    issued.content_hash = _digest([pdf.html(template, frame, code) for code in codes])
    files = {code: pdf.render(template, frame, code) for code in codes}
    return LaidOut(issued.number, day, issued.title, issued.content_hash, files)


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
