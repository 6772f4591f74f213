"""The content of a request for documents: which papers a call asks, and what an office gives for each."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.bodies.models import AgendaPaper, PaperAsked, PaperGiven
from sala.core.checking import check
from sala.core.errors import Conflict, Missing
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.duties import policy as duties
from sala.duties.models import Assignment, Call, CallState
from sala.duties.states import WITH_ASKED
from sala.journal.operations import record


@operation
def ask_paper(actor: Actor, call: Call, *, title: Mapping[str, str], **described: Any) -> PaperAsked:
    """Add a paper to what a draft asks of every post it names."""
    call = lock(call)
    require(actor, duties.ISSUE, call, acting=call.issuer_id)
    if call.state != CallState.DRAFT:
        raise Conflict(_("This call has left its draft. Withdraw it and issue a new one."))
    last = call.papers_asked.aggregate(last=Max("number"))["last"] or 0
    paper = PaperAsked(call=call, number=last + 1, title=title, **described)
    check(paper)
    paper.save()
    record(actor, duties.ISSUE, call, change="paper asked", number=paper.number)
    return paper


@operation
def give_paper(actor: Actor, assignment: Assignment, asked: PaperAsked, document: Document) -> PaperGiven:
    """Give a document for a paper asked; a better one replaces it until the answer is submitted.

    Wanted for an agenda item, it is put before that meeting while its agenda is open.
    """
    assignment = lock(assignment)
    post = assignment.position
    require(actor, duties.SUBMIT, post, acting=post.pk)
    if asked.call_id != assignment.call_id:
        raise Missing(_("This paper belongs to another call. Open your own assignment again."))
    if assignment.state not in WITH_ASKED:
        raise Conflict(_("The answer was given, or is no longer awaited. Nothing can be added now."))
    if not sees(actor, document):
        raise Missing(_("No such document. Copy the address of its page."))
    given, _made = PaperGiven.objects.update_or_create(
        asked=asked, assignment=assignment, defaults={"document": document}
    )
    if asked.item and asked.item.meeting.is_ahead:
        AgendaPaper.objects.get_or_create(item=asked.item, document=document)
    record(actor, duties.SUBMIT, assignment, change="paper given", number=asked.number, document=document)
    return given


def missing_papers(assignment: Assignment) -> list[PaperAsked]:
    """Papers that must be given and are not yet, in their order: what keeps the answer from being complete."""
    given = assignment.papers_given.values("asked")
    return list(PaperAsked.objects.filter(call=assignment.call_id, is_needed=True).exclude(pk__in=given))
