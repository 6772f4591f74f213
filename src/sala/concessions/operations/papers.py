"""Papers of a concession: a document in its role."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.concessions import policy
from sala.concessions.models import ApprovalStep, Concession, ConcessionDocument
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Conflict, Missing
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record


@operation
def add_paper(actor: Actor, concession: Concession, document: Document, role: Term, *, pages: str = "") -> ConcessionDocument:  # fmt: skip
    """Add a document in a role (Term of concession-paper). The same a second time changes nothing."""
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    if not sees(actor, document):
        raise Missing(_("No such document. Copy the address of its page."))
    known = concession.documents.filter(document=document, role=role).first()
    if known:
        return known
    paper = ConcessionDocument(
        concession=concession,
        document=document,
        role=role,
        pages=pages,
        added_at=clock.now(),
        added_by_id=actor.position_id,
    )
    check(paper)
    paper.save()
    changes.entered(actor, concession, paper, Why(document=document))
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="paper added", document=document, role=role.code)
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
