"""From what came in to typed values, what they are about and what a checker should look at.

A reading can be made anew at any time; only its state, and the row of the round it stands for, stay. No two readings
wait for each other but those of one line of corrections or of one expected row, and those are taken in one order:
the line, the expected rows, the readings.
"""

import logging
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from sala.collection import policy
from sala.collection.about import changed
from sala.collection.flags import Flag, flag
from sala.collection.models import (
    AnswerStep,
    Expected,
    ExpectedState,
    Form,
    Reading,
    ReadingState,
    Submission,
    Unread,
)
from sala.collection.operations.hindrances import handed_in_with, is_handed_in
from sala.collection.operations.photos import unopened
from sala.collection.operations.telling import tell_of_correction
from sala.collection.queries.about import (
    Subject,
    expected_about,
    expected_from,
    subject_of_code,
    subject_of_post,
    with_place,
)
from sala.collection.queries.noticing import missing_files, noticed
from sala.collection.queries.told import Told
from sala.collection.states import MOVES, STANDING, Step
from sala.core import clock
from sala.duties.states import WITH_ASKED
from sala.journal.operations import record
from sala.people.queries import actor_of_post

log = logging.getLogger(__name__)

AT_ONCE = 200
CORRECTS_APPROVED = "corrects-approved"
KEPT_BESIDE = (CORRECTS_APPROVED, "corrects-corrected")  # flags of corrections that take no other answer's place
WITH = ("submission__position", "area", "facility", "expected__area", "expected__facility",
        "expected__assignment__position__organisation")  # fmt: skip
STANDING_WITH = ("submission__position", "expected__respondent", "expected__assignment__position")


def read_waiting(limit: int = AT_ONCE) -> int:
    """Read what came in since, oldest first; several workers share it out. Returns how many were read.

    One that cannot be read for a fault of ours is left for the next time and holds up no other.
    """
    done, failed = 0, set[int]()
    while done < limit:
        with transaction.atomic():
            row = (
                Unread.objects.select_for_update(skip_locked=True)
                .exclude(pk__in=failed)
                .order_by("pk")
                .values_list("pk", flat=True)
                .first()
            )
            if row is None:
                break
            if _read_or_tell(row):
                done += 1
            else:
                failed.add(row)
    return done


def read_again(form: int) -> int:
    """A version was put in use: answers whose version was not here may be read by it now. Returns how many wait again."""
    rows = [Unread(pk=pk) for pk in Submission.objects.filter(form=form, version=None).values_list("pk", flat=True)]
    return len(Unread.objects.bulk_create(rows, ignore_conflicts=True))


def read_now(submission: Submission) -> bool:
    """Read an answer whose sender waits for its page, unless another process holds it. Whether it was read."""
    with transaction.atomic():
        held = Unread.objects.select_for_update(skip_locked=True).filter(pk=submission.pk).exists()
        return held and _read_or_tell(submission.pk)


def _read_or_tell(pk: int) -> bool:
    try:
        with transaction.atomic():
            read_submission(_whole(pk))
    except Exception:
        log.exception("answer %s was not read", pk)
        return False
    return True


def _whole(pk: int) -> Submission:
    rows = Submission.objects.select_related("form__owner", "form__level", "form__facility_kind", "version")
    return rows.select_related("position__organisation__area", "said_for__area", "said_for__facility").get(pk=pk)


@transaction.atomic
def read_submission(submission: Submission) -> Reading:
    """Read one submission, for the first time or anew, and settle for what it stands. Its row of Unread goes with it."""
    _hold_line(submission)
    list(Unread.objects.select_for_update().filter(pk=submission.pk))  # a file that comes now waits, and is read after
    kept = Reading.objects.filter(pk=submission.pk).select_related(*WITH).first()
    told = Told(submission)
    subject, expected = _meant(submission, told, kept.expected if kept else None)
    reading = kept or Reading(submission=submission, form=submission.form)
    was_about = kept.subject_type if kept else ""
    reading.expected, reading.area, reading.facility = expected, subject.area, subject.facility
    reading.other = subject.other
    reading.period = expected.period if expected else ""
    reading.office = expected.assignment.position.organisation if expected else submission.form.owner
    asked = expected.respondent if expected else None
    reading.answering_id = asked.organisation_id if asked else None
    reading.values, reading.started_at, reading.ended_at = told.values, told.start, told.end
    where, reading.point, reading.accuracy_m = told.where
    missing = missing_files(submission, told.attachments)
    reading.is_whole = not missing
    reading.read_at = clock.now()
    more = [one for one in kept.flags if one["code"].startswith("corrects-")] if kept else []
    if kept is None or (expected is not None and kept.expected_id is None):
        more += _settle(submission, reading, kept)
    else:
        reading.save()
    reading.flags = [*told.flags, *subject.flags, *more, *noticed(submission, reading, told.version, where, missing)]
    reading.save(update_fields=["flags"])
    changed(reading, was_about)
    Unread.objects.filter(pk=submission.pk).delete()
    if unopened(submission):
        app.configure_task("collection.look_at_photos").defer(submission_id=submission.pk)
    return reading


def _hold_line(submission: Submission) -> None:
    """Nobody reads another answer of the same line of corrections until this transaction ends."""
    names = sorted({submission.instance_id, submission.deprecated_id} - {""})
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"answer {name}"])


# ---- what it is about, and what it stands for ---------------------------------------------------------------------


def _meant(submission: Submission, told: Told, kept: Expected | None) -> tuple[Subject, Expected | None]:
    """What the answer is about, and the row that expects it. Said by its question, else by who sent it."""
    form, day = submission.form, timezone.localdate(submission.received_at)
    earlier = _corrected(submission)
    path, code = _code(form, told)
    question, place = _answer_to(form.place_question, told)

    def at_place(subject: Subject) -> Subject:
        return with_place(subject, place, question, day) if form.place_question else subject

    subject = at_place(subject_of_code(form, code, path, day)) if code else Subject()
    if subject.is_known:
        for row in (kept, submission.said_for, earlier.expected if earlier else None):
            if row and subject.is_that_of(row):
                return _at(subject, row), row
        found = expected_about(form, subject)
        return _at(subject, found), found
    if code:
        return subject, None
    row = kept or submission.said_for or (earlier.expected if earlier else None)
    row = row or expected_from(form, submission.position)
    if row is not None:
        subject = at_place(Subject.of(row))
        if not subject.by_place or subject.is_that_of(row):
            return subject, row
        return subject, expected_about(form, subject)  # another place answers than the one that was asked
    if form.about == "nothing":
        return Subject(), None
    if earlier and earlier.area:
        return at_place(Subject.of(earlier)), None
    subject = at_place(subject_of_post(form, submission.position, day))
    if subject.is_known:
        found = expected_about(form, subject)
        return _at(subject, found), found
    return Subject(flags=(flag("subject-not-said"),)), None


def _at(subject: Subject, row: Expected | None) -> Subject:
    """The subject at the place of the row that expects it, where the answer itself does not say which place answers."""
    if subject.by_place is not None:
        return subject
    if row is not None:
        return replace(subject, area=row.area)
    return replace(subject, flags=subject.flags or (flag("place-not-said"),))


def _code(form: Form, told: Told) -> tuple[str, str]:
    """(path of the question that names the subject, its answer); empty where there is none."""
    return ("", "") if form.about == "nothing" else _answer_to(form.subject_question, told)


def _answer_to(name: str, told: Told) -> tuple[str, str]:
    """(path of the question of this name, its answer); empty where there is none."""
    for each in told.version.questions() if name and told.version is not None else []:
        if each["name"] == name:
            return each["path"], str(told.values.get(each["path"]) or "").strip()
    return "", ""


def _corrected(submission: Submission) -> Reading | None:
    """The reading of the answer that this one says it corrects."""
    if not submission.deprecated_id:
        return None
    rows = Reading.objects.filter(submission__instance_id=submission.deprecated_id, form=submission.form)
    return rows.select_related(*WITH).first()


def _settle(submission: Submission, reading: Reading, kept: Reading | None) -> list[Flag]:
    """For what the answer stands: nothing before it, an answer that it replaces, or one beside it. Saves the reading."""
    earlier = _corrected(submission)
    rows = {row for row in (reading.expected_id, earlier.expected_id if earlier else None) if row}
    held = {row.pk: row for row in Expected.objects.select_for_update(of=("self",)).filter(pk__in=rows).order_by("pk")}
    if earlier:
        earlier = Reading.objects.select_for_update(of=("self",)).select_related(*STANDING_WITH).get(pk=earlier.pk)
    standing = _standing(reading)
    found: list[Flag] = []
    if kept is not None:  # its row of a round was found later: its state stays, unless another stands there
        if kept.state in STANDING and standing is not None:
            reading.state = ReadingState.DOUBLE
    elif _is_corrected_already(submission):
        reading.state = ReadingState.REPLACED
    else:
        found, replaced = _what_it_replaces(submission, earlier, standing)
        for each in replaced:
            _replace(each, submission)
        beside = standing is not None and standing not in replaced
        if beside or any(one["code"] in KEPT_BESIDE for one in found):
            reading.state = ReadingState.DOUBLE
    reading.save()
    for row in held.values():
        follow(row)
    if earlier is not None and any(one["code"] == CORRECTS_APPROVED for one in found):
        tell_of_correction(
            reading,
            earlier if earlier.state == ReadingState.APPROVED else standing or earlier,
            leaving_out=submission.person_id,
        )
    return found


def _standing(reading: Reading) -> Reading | None:
    """The other answer that stands for the same row."""
    if reading.expected_id is None:
        return None
    rows = Reading.objects.select_for_update(of=("self",)).filter(expected=reading.expected_id, state__in=STANDING)
    return rows.exclude(pk=reading.pk).select_related(*STANDING_WITH).first()


def _what_it_replaces(submission: Submission, earlier: Reading | None, standing: Reading | None) -> tuple[list[Flag], list[Reading]]:  # fmt: skip
    """Flags, and the readings that this answer replaces: the one it corrects, and one that was returned for the same.

    What was approved and handed in with its part of the round stays; whoever checks takes the correction instead of it.
    """
    replaced: list[Reading] = []
    found: list[Flag] = []
    if submission.deprecated_id and earlier is None:
        found.append(flag("corrects-unknown"))
    elif earlier and not _may_correct(submission, earlier):
        found.append(flag("corrects-foreign"))
    elif earlier and earlier.state == ReadingState.REPLACED:
        found.append(flag("corrects-corrected"))
    elif earlier and earlier.state == ReadingState.APPROVED and _stays(earlier.expected):
        found.append(flag(CORRECTS_APPROVED))
    elif earlier and earlier.state in MOVES[Step.REPLACE][0]:
        found += [one for one in earlier.flags if one["code"] == CORRECTS_APPROVED]  # of a correction kept beside
        replaced.append(earlier)
    if standing and standing not in replaced and standing.state == ReadingState.RETURNED and _may_correct(submission, standing):  # fmt: skip
        replaced.append(standing)
    return found, replaced


def _stays(row: Expected | None) -> bool:
    """Whether its part of the round was handed in, or one of another round that is answered with it."""
    return is_handed_in(row) or handed_in_with(row) is not None


def _may_correct(submission: Submission, earlier: Reading) -> bool:
    """The house that sent it may correct it, the one that answers, and the office that gathers it (which types in what
    came on paper)."""
    house = submission.position.organisation_id
    return house in (earlier.submission.position.organisation_id, earlier.office_id, earlier.answering_id)


def _is_corrected_already(submission: Submission) -> bool:
    """Its correction came before it, from the same house."""
    rows = Submission.objects.filter(deprecated_id=submission.instance_id, form=submission.form)
    return rows.filter(position__organisation=submission.position.organisation_id, reading__isnull=False).exists()


def _replace(earlier: Reading, submission: Submission) -> None:
    before, earlier.state, earlier.settled_at = earlier.state, ReadingState.REPLACED, clock.now()
    earlier.save(update_fields=["state", "settled_at"])
    changed(earlier)
    AnswerStep.objects.create(
        submission=earlier.submission, before=before, step=Step.REPLACE, after=earlier.state, at=clock.now(),
        position=submission.position, person_id=submission.person_id,
    )  # fmt: skip
    record(
        actor_of_post(submission.position), policy.SEND, earlier.submission, change="answer replaced",
        correction=submission.pk,
    )  # fmt: skip


def _came_at(submission: Submission, expected: Expected) -> datetime:
    """When it came, for what is in time. A day before the round was opened is a slip: the day of typing counts then."""
    if submission.handed_in_on is None:
        return submission.received_at
    opened = expected.assignment.call.opens_on
    return submission.received_at if opened and submission.handed_in_on < opened else submission.came_at


def follow(expected: Expected) -> None:
    """A row of a round, and those that are answered with it, say how the answer stands that stands for it.

    What was handed in without an answer, with a reason, stays so until the part is returned and the answer waited for again.
    """
    standing = Reading.objects.filter(expected=expected, state__in=STANDING).select_related("submission").first()
    if expected.state == ExpectedState.WAIVED and is_handed_in(expected):
        standing = None
    if standing is not None:
        expected.state = standing.state
        expected.received_at = expected.received_at or _came_at(standing.submission, expected)
    else:
        expected.state = ExpectedState.WAIVED if expected.waived_at else ExpectedState.WAITING
        expected.received_at = None
    expected.save(update_fields=["state", "received_at"])
    also = Expected.objects.filter(given_in=expected)
    also = also.exclude(~Q(assignment__state__in=WITH_ASKED), state=ExpectedState.WAIVED)
    if standing is None:
        also = also.filter(~Q(state=ExpectedState.WAIVED))
    also.update(state=expected.state if standing else ExpectedState.WAITING, received_at=expected.received_at)
