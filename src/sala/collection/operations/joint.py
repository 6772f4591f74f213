"""Going to the same places together: one office proposes it, each of the others agrees or says why not."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.collection import policy
from sala.collection.models import JointAnswer, JointProposal, Verdict, Visit, VisitState
from sala.collection.operations.visits import RESERVED
from sala.core import clock
from sala.core.checking import check, free_address
from sala.core.errors import Conflict, Invalid, Missing
from sala.core.language import required_language
from sala.core.operation import lock, operation
from sala.duties.standing_in import reached_many
from sala.journal.operations import record
from sala.people.models import Position
from sala.people.operations import Letter, queue_messages


@operation
def propose_joint(actor: Actor, visit: Visit, others: Sequence[Visit], *, title: Mapping[str, str], starts_on: date,
                  ends_on: date, minutes: int, note: str = "") -> JointProposal:  # fmt: skip
    """Ask the offices of other visits to go together. Their posts find it on their desks and get a message."""
    visit = lock(visit)
    require(actor, policy.VISIT, visit)
    _must_be_planned(visit)
    asked = [other for other in others if other.pk != visit.pk]
    if not asked:
        words = _("Choose at least one visit of another office.")
        raise Invalid(words, {"others": [words]})
    for other in asked:
        if not sees(actor, other):
            raise Missing(_("Nothing was found. Check its number."))
        _must_be_planned(other)
    if visit.proposals.filter(withdrawn_at__isnull=True, joint__isnull=True, answers__verdict=Verdict.WAITING).exists():
        raise Conflict(_("A proposal for this visit still waits for answers. Withdraw it first."))
    proposal = JointProposal(
        visit=visit, title=title, starts_on=starts_on, ends_on=ends_on, minutes=minutes, note=note,
        position=visit.position, made_at=clock.now(),
    )  # fmt: skip
    check(proposal)
    proposal.save()
    answers = JointAnswer.objects.bulk_create([JointAnswer(proposal=proposal, visit=other) for other in asked])
    record(actor, policy.VISIT, visit, change="joint visit proposed", to=[other.pk for other in asked])
    _tell(actor, {answer: answer.visit.position for answer in answers}, "asked")
    return proposal


@operation
def withdraw_proposal(actor: Actor, proposal: JointProposal) -> None:
    """Nobody is asked any more. What was agreed stands."""
    proposal = lock(proposal)
    require(actor, policy.VISIT, proposal.visit)
    if proposal.withdrawn_at is not None:
        return
    proposal.withdrawn_at = clock.now()
    proposal.save(update_fields=["withdrawn_at"])
    record(actor, policy.VISIT, proposal.visit, change="joint visit no longer proposed")


@operation
def agree_joint(actor: Actor, answer: JointAnswer) -> Visit:
    """The own visit goes into the joint one. Returns that."""
    answer = _taken_up(actor, answer)
    proposal = lock(answer.proposal)
    # in the order of their numbers, so that two who agree at once wait for each other and not crosswise
    rows = {row.pk: row for row in Visit.objects.select_for_update(of=("self",)).filter(pk__in=[proposal.visit_id, answer.visit_id]).order_by("pk")}  # fmt: skip
    lead, own = rows[proposal.visit_id], rows[answer.visit_id]
    _must_be_planned(own)
    if proposal.joint is None:
        _must_be_planned(lead)
        proposal.joint = _begin(proposal, lead)
        proposal.save(update_fields=["joint"])
        _go_into(actor, lead, proposal.joint)
    elif proposal.joint.state != VisitState.PLANNED:
        raise Conflict(_("The joint visit is over or was called off. Plan your own."))
    _go_into(actor, own, proposal.joint)
    _settle(actor, answer, Verdict.AGREED)
    return proposal.joint


@operation
def decline_joint(actor: Actor, answer: JointAnswer, *, reason: str) -> None:
    """The own visit stays as it is."""
    answer = _taken_up(actor, answer)
    if not reason.strip():
        words = _("Say why, so that the other office can plan.")
        raise Invalid(words, {"reason": [words]})
    _settle(actor, answer, Verdict.DECLINED, reason.strip())


def _taken_up(actor: Actor, answer: JointAnswer) -> JointAnswer:
    answer = lock(answer)
    require(actor, policy.VISIT, answer.visit, acting=answer.visit.position_id)
    if answer.verdict != Verdict.WAITING:
        raise Conflict(_("This was answered already."))
    if answer.proposal.withdrawn_at is not None:
        raise Conflict(_("The other office has withdrawn its proposal. Nothing is left to answer."))
    return answer


def _settle(actor: Actor, answer: JointAnswer, verdict: str, reason: str = "") -> None:
    answer.verdict, answer.reason = verdict, reason
    answer.position_id, answer.answered_at = actor.position_id, clock.now()
    answer.save()
    record(
        actor, policy.VISIT, answer.visit, change=f"joint visit {verdict}", reason=reason, proposal=answer.proposal_id
    )
    _tell(actor, {answer: answer.proposal.position}, verdict)


def _begin(proposal: JointProposal, lead: Visit) -> Visit:
    """The joint visit, led by whoever proposed it: the call and the form of a visit stay with that visit."""
    joint = Visit(
        organisation=lead.organisation, position=lead.position, title=proposal.title, purpose=lead.purpose, tier=lead.tier,
        starts_on=proposal.starts_on, ends_on=proposal.ends_on, minutes=proposal.minutes, is_invented=lead.is_invented,
        slug=free_address(Visit, proposal.title, "joint-visit", reserved=RESERVED),
    )  # fmt: skip
    check(joint)
    joint.save()
    return joint


def _go_into(actor: Actor, visit: Visit, joint: Visit) -> None:
    visit.state, visit.joined = VisitState.JOINED, joint
    visit.save(update_fields=["state", "joined"])
    joint.areas.add(*visit.areas.all())
    joint.topics.add(*visit.topics.all())
    record(actor, policy.VISIT, visit, change="visit went into a joint one", joint=joint.pk)
    record(actor, policy.VISIT, joint, change="visit taken in", visit=visit.pk)


def _must_be_planned(visit: Visit) -> None:
    if visit.state != VisitState.PLANNED:
        words = _("“%(visit)s” is not planned any more. Look at it again before you go on.")
        raise Conflict(words % {"visit": visit.title})


def _tell(actor: Actor, told: Mapping[JointAnswer, Position], what: str) -> None:
    """A message to whoever holds these posts, each in the reader's language."""
    reached = reached_many(list(told.values()))
    letters = []
    for answer, post in told.items():
        proposal, link = answer.proposal, settings.BASE_URL.rstrip("/") + answer.proposal.get_absolute_url()
        for person in reached[post.pk].people:
            if person.pk == actor.person_id:
                continue
            with translation.override(person.language or required_language()):
                days = f"{date_format(proposal.starts_on, 'DATE_FORMAT')} – {date_format(proposal.ends_on, 'DATE_FORMAT')}"  # fmt: skip
                office = proposal.visit.organisation if what == "asked" else answer.visit.organisation
                lines = [f"{proposal.title}: {days}", str(office), proposal.note if what == "asked" else answer.reason, link]  # fmt: skip
                text = "\n".join(line for line in lines if line)
                letters.append(Letter(person, answer.visit, f"joint-{what}-{answer.pk}", _title(what), text))
    queue_messages(letters)


def _title(what: str) -> str:
    if what == "asked":
        return _("Another office proposes to go to the same places together")
    return _("They go together with you") if what == Verdict.AGREED else _("They do not go together with you")
