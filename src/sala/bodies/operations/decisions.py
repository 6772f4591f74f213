"""Decisions taken in a meeting, and what they ask of whom."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import Tier, require
from sala.bodies import policy
from sala.bodies.models import Action, AgendaItem, Decision, Meeting, Outcome
from sala.bodies.operations.agenda import put_on_next
from sala.bodies.operations.follow_up import give_out
from sala.bodies.operations.minutes import need_draft
from sala.core.checking import check
from sala.core.errors import Conflict
from sala.core.models import Term
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.documents.operations import add_document, publish_document
from sala.journal.operations import record
from sala.people.models import Organisation, Position
from sala.people.operations import share_for_work

KIND = "decision"  # code of the kind of document, in every pack's vocabulary document-kind


@operation
def take_decision(actor: Actor, item: AgendaItem, *, title: Mapping[str, str], wording: Mapping[str, str],
                  number: str) -> Decision:  # fmt: skip
    """Write down a decision under an item: a numbered document, readable to those who will read the minutes."""
    item = lock(item)
    meeting = item.meeting
    require(actor, policy.MINUTE, meeting)
    if not meeting.is_past:
        raise Conflict(_("A decision is written down after the meeting was held."))
    need_draft(meeting.minutes)
    body = meeting.body
    document = add_document(
        actor, body.secretariat, kind=Term.objects.get(scheme="document-kind", code=KIND), title=title, summary=wording,
        number=number.strip(), issuer=body.secretariat, issued_on=meeting.day, areas=[body.area],
        topics=list(body.topics.all()), is_invented=meeting.is_invented,
    )  # fmt: skip
    opens_to = meeting.minutes.opens_to
    publish_document(actor, document, tier=opens_to if opens_to != Tier.OWN else Tier.NAMED.value)
    document.refresh_from_db()
    if document.tier == Tier.NAMED:
        _open_to_those_invited(meeting, document)
    decision = Decision.objects.create(item=item, document=document)
    item.outcome = Outcome.DECIDED
    item.save(update_fields=["outcome"])
    record(actor, policy.MINUTE, meeting, change="decided", item=item.pk, document=document)
    return decision


def _open_to_those_invited(meeting: Meeting, document: Document) -> None:
    """Where only those who take part may read the minutes, the organisations invited read the decision."""
    invited = meeting.participants.filter(organisation__isnull=False).values("organisation")
    for organisation in Organisation.objects.filter(pk__in=invited):
        share_for_work(document, organisation, purpose=str(meeting.title))


@operation
def add_action(actor: Actor, decision: Decision, *, wording: Mapping[str, str], position: Position, due_on: date,
               issuer: Position | None = None) -> Action:  # fmt: skip
    """Say what a decision asks of a post, until when; with an issuer it lands on that post's desk at once."""
    decision = lock(decision)
    meeting = decision.item.meeting
    require(actor, policy.MINUTE, meeting)
    need_draft(meeting.minutes)
    action = Action(decision=decision, wording=wording, position=position, due_on=due_on)
    check(action)
    action.save()
    record(actor, policy.MINUTE, meeting, change="action added", action=action.pk, position=position.pk, due=due_on)
    if issuer is not None:
        return give_out(actor, action, issuer=issuer)
    put_on_next(action)
    return action
