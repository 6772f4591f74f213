"""Steps on an answer that came in: approve, return with reasons, comment, set aside, open again, take the double.

Each holds the expected row first and the reading then, as the reading of a new answer does, so that neither waits for
the other in a circle. What was sent is never changed: a correction is a new answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.collection import policy
from sala.collection.about import changed
from sala.collection.models import AnswerStep, Expected, ExpectedState, Reading, ReadingState, Submission
from sala.collection.operations.hindrances import held_by_part, is_own, refuse_hindered
from sala.collection.operations.reading import CORRECTS_APPROVED, follow
from sala.collection.operations.telling import tell_checker, tell_sender
from sala.collection.states import MOVES, STANDING, Step
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.journal.operations import record, record_many

Remarks = Sequence[Mapping[str, str]]

MOST_AT_ONCE = 5000
WITH = (
    "office__area", "submission__position__organisation", "form", "expected__respondent__organisation",
    "expected__assignment__position__organisation",
)  # fmt: skip

CHANGES = {
    Step.APPROVE: "answer approved", Step.RETURN: "answer returned", Step.REOPEN: "answer opened again",
    Step.SET_ASIDE: "answer set aside", Step.TAKE: "answer taken", Step.COMMENT: "answer commented",
    Step.REPLACE: "answer replaced",
}  # fmt: skip


@dataclass(frozen=True)
class Approved:
    """Of many: how many were approved, and how many were left because something was to be looked at, because somebody
    else had settled them, because their part of the round was handed in, and because the actor gave them himself."""

    approved: int
    flagged: int
    settled: int
    handed_in: int = 0
    own: int = 0


@operation
def approve(actor: Actor, submission: Submission, *, note: str = "") -> Reading:
    """The answer is taken as it is; it may go into an edition. Whoever gave it leaves that to another person."""
    reading = _held(actor, submission, Step.APPROVE)
    _move(actor, reading, Step.APPROVE, note=note)
    return reading


@operation
def approve_many(actor: Actor, submissions: Iterable[int], *, flagged: bool = False) -> Approved:
    """Approve answers that wait to be checked. flagged: those with something to look at as well.

    Raises NotPermitted when one of them came to an office that the actor does not check for; then none is approved.
    """
    ids = sorted(set(submissions))[:MOST_AT_ONCE]
    rows = Reading.objects.filter(pk__in=ids)
    expected = rows.filter(expected__isnull=False).values("expected")
    list(Expected.objects.select_for_update(of=("self",)).filter(pk__in=expected).order_by("pk").values_list("pk"))
    held = list(rows.select_for_update(of=("self",)).select_related(*WITH).order_by("pk").defer("values", "submission__xml"))  # fmt: skip
    for office in {reading.office for reading in held}:
        require(actor, policy.REVIEW, _office(office))
    open_ones = [reading for reading in held if reading.state == ReadingState.RECEIVED]
    with_office = [reading for reading in open_ones if not held_by_part(reading, Step.APPROVE)]
    of_others = [reading for reading in with_office if not is_own(actor, reading)]
    chosen = [reading for reading in of_others if flagged or not reading.flags]
    _approve(actor, chosen)
    return Approved(
        len(chosen), len(of_others) - len(chosen), len(held) - len(open_ones),
        handed_in=len(open_ones) - len(with_office), own=len(with_office) - len(of_others),
    )  # fmt: skip


def _approve(actor: Actor, chosen: list[Reading]) -> None:
    """The same step on many, in few statements."""
    now, keys = clock.now(), [reading.pk for reading in chosen]
    Reading.objects.filter(pk__in=keys).update(state=ReadingState.APPROVED, settled_at=now)
    AnswerStep.objects.bulk_create(
        AnswerStep(submission_id=pk, before=ReadingState.RECEIVED, step=Step.APPROVE, after=ReadingState.APPROVED,
                   at=now, position_id=actor.position_id, person_id=actor.person_id)
        for pk in keys
    )  # fmt: skip
    rows = [reading.expected_id for reading in chosen if reading.expected_id]
    said = Expected.objects.filter(Q(pk__in=rows) | Q(given_in__in=rows)).exclude(state=ExpectedState.WAIVED)
    said.update(state=ReadingState.APPROVED)
    for reading in chosen:
        if reading.subject_id is not None:
            reading.state, reading.settled_at = ReadingState.APPROVED, now
            changed(reading)
    subjects = Submission.objects.defer("xml").in_bulk(keys)
    record_many(actor, policy.REVIEW, [(subjects[pk], {"change": CHANGES[Step.APPROVE]}) for pk in keys])


@operation
def return_(actor: Actor, submission: Submission, *, reason: str = "", remarks: Remarks = ()) -> Reading:
    """Send the answer back with reasons, to the whole or to single questions; whoever sent it is told.

    remarks  [{"path", "label", "reason"}]
    """
    reading = _held(actor, submission, Step.RETURN)
    if not reason.strip() and not remarks:
        raise Invalid(_("Say what must be corrected: beside a question, or for the whole answer."))
    step = _move(actor, reading, Step.RETURN, note=reason, remarks=remarks)
    tell_sender(reading, step, leaving_out=actor.person_id)
    return reading


@operation
def comment(actor: Actor, submission: Submission, *, note: str, remarks: Remarks = ()) -> AnswerStep:
    """A word on the answer that leaves it as it stands, by those who check it or by those who sent it; the others are told."""
    reading = _locked(submission)
    checks = can(actor, policy.REVIEW, _office(reading.office))
    if checks:
        require(actor, policy.REVIEW, _office(reading.office))
    else:
        require(actor, policy.SEND, answering_post(actor, reading))
    if not note.strip() and not remarks:
        raise Invalid(_("Write your comment first."))
    step = _write(actor, reading, Step.COMMENT, reading.state, note, remarks)
    tell = tell_sender if checks else tell_checker
    tell(reading, step, leaving_out=actor.person_id)
    return step


@operation
def set_aside(actor: Actor, submission: Submission, *, reason: str) -> Reading:
    """The answer counts for nothing (a trial, a wrong form); it stays readable. What was expected waits again."""
    reading = _held(actor, submission, Step.SET_ASIDE)
    _say_why(reason)
    step = _move(actor, reading, Step.SET_ASIDE, note=reason)
    tell_sender(reading, step, leaving_out=actor.person_id)
    return reading


@operation
def reopen(actor: Actor, submission: Submission, *, reason: str) -> Reading:
    """Take an approval back, or bring an answer back that was set aside."""
    reading = _held(actor, submission, Step.REOPEN)
    _say_why(reason)
    if reading.state == ReadingState.SET_ASIDE and _other_standing(reading) is not None:
        raise Conflict(
            _("Another answer about the same stands now. Set that one aside first, or leave this one as it is.")
        )
    _move(actor, reading, Step.REOPEN, note=reason)
    return reading


@operation
def take(actor: Actor, submission: Submission, *, reason: str = "") -> Reading:
    """Take this answer instead of the other about the same, which is then replaced by it; a correction that was kept
    beside an approved answer, instead of that one."""
    rows = Reading.objects.filter(_line(submission), expected__isnull=False).values("expected")
    list(Expected.objects.select_for_update(of=("self",)).filter(pk__in=rows).order_by("pk").values_list("pk"))
    reading = _held(actor, submission, Step.TAKE)
    _check(reading, Step.TAKE)
    for other in _instead_of(reading):
        refuse_hindered(actor, other, Step.TAKE)
        _move(actor, other, Step.REPLACE, note=reason)
    _move(actor, reading, Step.TAKE, note=reason)
    return reading


def answering_post(actor: Actor, reading: Reading) -> Submission:
    """The answer as one that the actor's post sent, where a round asks that post and another typed it in; else as it is."""
    asked = reading.expected.respondent if reading.expected else None
    if asked is None or asked.pk not in actor.position_ids:
        return reading.submission
    return Submission(form_id=reading.form_id, position=asked)


# ---- shared ------------------------------------------------------------------------------------------------------


def _locked(submission: Submission) -> Reading:
    row = Reading.objects.filter(pk=submission.pk).values_list("expected", flat=True).first()
    if row is None and not Reading.objects.filter(pk=submission.pk).exists():
        raise Conflict(_("This answer has only just come in and is still being read. Try again in a minute."))
    if row:
        Expected.objects.select_for_update(of=("self",)).get(pk=row)
    reading = Reading.objects.select_for_update(of=("self",)).select_related(*WITH).get(pk=submission.pk)
    if reading.expected_id != row:  # it was read anew meanwhile
        raise Conflict(_("This answer has only just come in and is still being read. Try again in a minute."))
    return reading


def _held(actor: Actor, submission: Submission, step: Step) -> Reading:
    reading = _locked(submission)
    require(actor, policy.REVIEW, _office(reading.office))
    refuse_hindered(actor, reading, step)
    return reading


def _office(office: Any) -> Any:
    if office is None:
        raise Conflict(_("No office checks this answer. Ask the organisation whose form it is."))
    return office


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why; it is kept with the answer.")]})


def _check(reading: Reading, step: Step) -> None:
    if reading.state not in MOVES[step][0]:
        words = _("This answer stands at “%(state)s” now, so this cannot be done to it. Open it again to see what happened.")  # fmt: skip
        raise Conflict(words % {"state": reading.get_state_display()})


def _move(actor: Actor, reading: Reading, step: Step, *, note: str = "", remarks: Remarks = ()) -> AnswerStep:
    _check(reading, step)
    before, reading.state = reading.state, MOVES[step][1]
    reading.settled_at = None if reading.state in (ReadingState.RECEIVED, ReadingState.DOUBLE) else clock.now()
    reading.save(update_fields=["state", "settled_at"])
    made = _write(actor, reading, step, before, note, remarks)
    if reading.expected_id:
        follow(Expected.objects.get(pk=reading.expected_id))
    changed(reading)
    return made


def _write(actor: Actor, reading: Reading, step: Step, before: str, note: str, remarks: Remarks) -> AnswerStep:
    made = AnswerStep.objects.create(
        submission=reading.submission, before=before, step=step, after=reading.state, at=clock.now(),
        position_id=actor.position_id, person_id=actor.person_id, note=note.strip(),
        remarks=[dict(remark) for remark in remarks],
    )  # fmt: skip
    record(actor, policy.REVIEW, reading.submission, change=CHANGES[step], step=made.pk, remarks=len(remarks))
    return made


def _line(submission: Submission) -> Q:
    """Readings of all answers of its line of corrections."""
    root = submission.root_id or submission.pk
    return Q(pk=root) | Q(submission__root=root)


def _instead_of(reading: Reading) -> list[Reading]:
    """What stands for the same row, and the approved answer that it corrects, wherever that stands."""
    same = Q(expected=reading.expected_id) if reading.expected_id else Q(pk__in=[])
    if any(one["code"] == CORRECTS_APPROVED for one in reading.flags):
        same |= _line(reading.submission)
    rows = Reading.objects.select_for_update(of=("self",)).filter(same, state__in=STANDING).exclude(pk=reading.pk)
    return list(rows.select_related(*WITH).order_by("pk"))


def _other_standing(reading: Reading) -> Reading | None:
    if reading.expected_id is None:
        return None
    rows = Reading.objects.select_for_update(of=("self",)).filter(expected=reading.expected_id, state__in=STANDING)
    return rows.exclude(pk=reading.pk).first()
