"""Papers of a concession: a document in its role."""

from datetime import date

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import ApprovalStep, Concession, ConcessionDocument, Party
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, Invalid, Missing
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record

TITLE = "title"  # role of a paper: a land title


@operation
def add_paper(actor: Actor, concession: Concession, document: Document, role: Term, *, pages: str = "",
              issued_to: Party | None = None, issued_on: date | None = None) -> ConcessionDocument:  # fmt: skip
    """Add a document in a role (Term of concession-paper). The same a second time changes nothing, but that it may say in
    whose name a land title is, and since when.
    """
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    if not sees(actor, document):
        raise Missing(_("No such document. Copy the address of its page."))
    if role.code != TITLE and (issued_to or issued_on):
        words = _("Only a land title is in somebody's name. Choose it as what the paper is, or leave this empty.")
        raise Invalid(words, {"issued_to": [words]})
    known = concession.documents.filter(document=document, role=role).first()
    if known:
        return _say_whose(actor, known, issued_to, issued_on)
    paper = ConcessionDocument(
        concession=concession,
        document=document,
        role=role,
        pages=pages,
        issued_to=issued_to,
        issued_on=issued_on,
        added_at=clock.now(),
        added_by_id=actor.position_id,
    )
    check(paper)
    paper.save()
    changes.entered(actor, concession, paper, Why(document=document))
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="paper added", document=document, role=role.code)
    return paper


def _say_whose(actor: Actor, paper: ConcessionDocument, issued_to: Party | None, issued_on: date | None) -> ConcessionDocument:  # fmt: skip
    before = values_of(paper)
    paper.issued_to, paper.issued_on = issued_to or paper.issued_to, issued_on or paper.issued_on
    paper.save(update_fields=["issued_to", "issued_on"])
    if different := changes.changed(actor, paper.concession, paper, before, Why(document=paper.document)):
        changes.touch(paper.concession)
        record(actor, policy.ENTER, paper.concession, change="paper added", document=paper.document, role=paper.role.code,
               fields=sorted(different))  # fmt: skip
    return paper


@operation
def remove_paper(actor: Actor, paper: ConcessionDocument, *, reason: str) -> None:
    """Take out a paper that was added by mistake. One that a step of the procedure stands on stays."""
    concession = lock(paper.concession)
    require(actor, policy.ENTER, concession)
    if ApprovalStep.objects.filter(concession=concession, document=paper.document_id).exists():
        raise Conflict(_("A step of the procedure stands on this paper, so it stays."))
    changes.taken_out(actor, concession, paper, Why(reason, paper.document))
    document = paper.document_id
    paper.delete()
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="paper removed", reason=reason, paper=document)
