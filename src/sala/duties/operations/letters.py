"""The letter of a call: an issued paper with number, fingerprint and check page, in each language the call is written in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core import clock
from sala.core.errors import Conflict, Overtaken
from sala.core.operation import lock, operation
from sala.documents.models import IssuedKind
from sala.documents.operations import LaidOut, issue_document, lay_out, withdraw_issued
from sala.documents.working_days import Calendar, working_days_between
from sala.duties import policy
from sala.duties.due import Due, reckon
from sala.duties.models import Assignment, Call, CallLetter, CallState
from sala.duties.operations.speaking import require_speaking_for
from sala.duties.queries.letters import newest_letter, written_languages
from sala.journal.operations import record

TEMPLATE = "duties/pdf/circular.html"
NAMED_IN_THE_LETTER = 6  # posts asked; more of them stand in an annex


@dataclass(frozen=True)
class Prepared:
    """A letter laid out with what the call said then, before anything is locked."""

    due: Due
    follows: CallLetter | None
    paper: LaidOut


def prepare_letter(actor: Actor, call: Call, assignment: Assignment | None = None) -> Prepared:
    """Lay the letter out: the long part, in which the call stays free to be changed. It says what holds now."""
    due, follows = _may_be_written(actor, call, assignment)
    paper = lay_out(
        call.issuer.organisation, kind=IssuedKind.LETTER, title=call.title, template=TEMPLATE,
        languages=written_languages(call), context=_context(call, assignment, due, follows), is_invented=call.is_invented,
    )  # fmt: skip
    return Prepared(due, follows, paper)


@operation
def issue_letter(actor: Actor, call: Call, *, assignment: Assignment | None = None,
                 prepared: Prepared | None = None) -> CallLetter:  # fmt: skip
    """Write the circular of a call that runs; with an assignment, the letter that tells its post another date.

    A letter whose date does not hold any more is replaced: the old paper is withdrawn and names the new one.
    prepared  the letter as `prepare_letter` made it: it is issued with the words and the date it was laid out with.
    Raises Overtaken when another letter of the call or another paper of the office was issued since.
    """
    call = lock(call)
    if assignment is not None:
        assignment = lock(assignment)
    due, follows = _may_be_written(actor, call, assignment, prepared.due if prepared else None)
    if prepared and prepared.follows != follows:
        raise Overtaken(_("Another letter of this call was issued meanwhile. Ask for this one again."))
    context = None if prepared else _context(call, assignment, due, follows)
    paper = issue_document(
        actor, call.issuer.organisation, kind=IssuedKind.LETTER, title=call.title, template=TEMPLATE,
        languages=written_languages(call), context=context, subject=call, tier=call.tier, is_invented=call.is_invented,
        acting=call.issuer_id, laid_out=prepared.paper if prepared else None,
    )  # fmt: skip
    letter = CallLetter.objects.create(
        call=call, assignment=assignment, paper=paper, due_on=due.last, follows=follows, made_at=clock.now()
    )
    if follows is not None and follows.assignment_id == letter.assignment_id:
        reason = _("Replaced by No. %(number)s") % {"number": paper.number}
        withdraw_issued(actor, follows.paper, reason=reason, acting=call.issuer_id)
    record(actor, policy.ISSUE, call, change="letter", paper=paper.pk, due=due.last,
           assignment=assignment.pk if assignment else None)  # fmt: skip
    return letter


def _may_be_written(actor: Actor, call: Call, assignment: Assignment | None,
                    due: Due | None = None) -> tuple[Due, CallLetter | None]:  # fmt: skip
    """The date the letter says and the letter it follows, where the rules allow one. due: of one laid out before."""
    require_speaking_for(actor, call.issuer)
    if call.state != CallState.ISSUED:
        raise Conflict(_("A letter is written for a call that runs. Issue the call first."))
    if assignment is not None and (assignment.call_id != call.pk or not assignment.is_open):
        raise Conflict(_("This assignment is not open any more, so there is nothing to write to its post."))
    due = due or _due(call, assignment)
    before = newest_letter(call, assignment)
    circular = before if assignment is None else newest_letter(call)
    refuse_a_repetition(before or circular, due)
    return due, before or circular or (newest_letter(call.replaces) if call.replaces else None)


def _due(call: Call, assignment: Assignment | None) -> Due:
    due_on = assignment.due_on if assignment is not None else call.due_on
    assert due_on is not None
    return reckon(due_on)


def refuse_a_repetition(before: CallLetter | None, due: Due) -> None:
    """A post is not written to twice with the same words."""
    if before is not None and before.due_on == due.last:
        raise Conflict(
            _("Letter No. %(number)s says the same. Withdraw it first if something in it is wrong.")
            % {"number": before.paper.number}
        )


def _context(call: Call, assignment: Assignment | None, due: Due, follows: CallLetter | None) -> dict:
    rows = call.assignments.filter(pk=assignment.pk) if assignment is not None else call.assignments.all()
    asked: Sequence[Assignment] = list(
        rows.select_related("position__organisation__area").order_by(
            "position__organisation__area__code", "position__organisation__code", "id"
        )
    )
    return {
        "call": call,
        "assignment": assignment,
        "asked": asked,
        "has_annex": len(asked) > NAMED_IN_THE_LETTER,
        "due": due,
        "left": working_days_between(clock.today(), due.last, Calendar()),
        "follows": follows,
        "replaces_it": follows is not None and follows.assignment_id == (assignment.pk if assignment else None),
        "office": call.issuer.organisation,
    }
