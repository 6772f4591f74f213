"""Who is invited, and how many women and men came. Counts only: no person is named."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.bodies import policy
from sala.bodies.models import Meeting, Participant
from sala.bodies.states import MeetingState
from sala.core.checking import check
from sala.core.errors import Conflict
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.models import Organisation, Position

COUNTS = ("women", "men", "unstated")


@operation
def invite(actor: Actor, meeting: Meeting, *, organisation: Organisation | None = None, position: Position | None = None,
           label: str = "", is_guest: bool = True) -> Participant:  # fmt: skip
    """Invite an office, one of its posts, or guests described by a few words; also those who came uninvited."""
    meeting = lock(meeting)
    require(actor, policy.CONVENE, meeting)
    if meeting.state in (MeetingState.APPROVED, MeetingState.CANCELLED):
        raise Conflict(_("This meeting is closed. Nobody more can be entered."))
    if position is not None:
        organisation = position.organisation
    participant = Participant(
        meeting=meeting, organisation=organisation, position=position, label=label.strip(), is_guest=is_guest
    )
    check_described(participant)
    try:
        with transaction.atomic():
            participant.save()
    except IntegrityError as error:
        raise Conflict(_("This office or post is invited already.")) from error
    record(actor, policy.CONVENE, meeting, change="invited", organisation=organisation.pk if organisation else None,
           position=position.pk if position else None)  # fmt: skip
    return participant


def check_described(participant: Participant) -> None:
    if participant.organisation is None and not participant.label:
        raise Conflict(_("Name an organisation or a post, or say in a few words who else."))
    if participant.organisation is not None and participant.label:
        raise Conflict(_("Name an organisation or a post, or say in a few words who else: one of the two."))
    if participant.organisation is None:
        check(participant)


@operation
def uninvite(actor: Actor, participant: Participant) -> None:
    """Take somebody off the list before the meeting is called."""
    participant = lock(participant)
    meeting = lock(participant.meeting)
    require(actor, policy.CONVENE, meeting)
    if meeting.state != MeetingState.DRAFT:
        raise Conflict(_("The invitation has gone out. Whoever does not come is counted with nought."))
    organisation = participant.organisation_id
    participant.delete()
    record(actor, policy.CONVENE, meeting, change="uninvited", organisation=organisation)


@operation
def note_attendance(actor: Actor, meeting: Meeting, counts: Mapping[int, Mapping[str, int]]) -> None:
    """Write down how many came: participant id → women, men, unstated."""
    meeting = lock(meeting)
    require(actor, policy.MINUTE, meeting)
    if meeting.state != MeetingState.HELD:
        raise Conflict(_("Who came is written down after the meeting and before its minutes are approved."))
    for participant in meeting.participants.select_for_update(of=("self",)):
        if given := counts.get(participant.pk):
            for name in COUNTS:
                setattr(participant, name, given.get(name) or 0)
            participant.save(update_fields=list(COUNTS))
    record(actor, policy.MINUTE, meeting, change="attendance noted")
