"""Answers to forms that become answers of an assessment, and leave it when they no longer stand."""

from collections.abc import Iterable
from typing import Any

from sala.access.actor import Actor, command
from sala.collection.models import Reading, ReadingState
from sala.concessions import policy
from sala.concessions.models import Answered, Assessment, AssessmentState, Criterion, Respondent
from sala.concessions.operations.assessing import UNKNOWN
from sala.concessions.operations.regrading import regrade
from sala.core import clock
from sala.core.operation import operation
from sala.journal.operations import record
from sala.places.models import Area

NOUN = "concession"
VILLAGE_QUESTION = "village"  # of a village's form: the code of the village that answers


def take_answer(reading: Reading) -> None:
    """An approved answer about a concession enters its open rounds; one that is no longer approved, or is about another
    concession now, leaves them. The same twice changes nothing."""
    taken = Answered.objects.filter(reading=reading, is_current=True)
    if reading.state == ReadingState.APPROVED or taken.exists():
        follow(command("answer to a form"), reading)


@operation
def follow(actor: Actor, reading: Reading) -> None:
    """Bring what the open rounds took from this answer up to date."""
    rows = list(_asked_by(reading)) if reading.state == ReadingState.APPROVED else []
    stale = Answered.objects.filter(reading=reading, is_current=True).exclude(assessment__in=[row.pk for row in rows])
    left = set(stale.values_list("assessment__concession", flat=True))
    stale.update(is_current=False)
    entered = {row.concession_id for row in rows if _enter(actor, row, reading)}
    regrade(actor, left | entered)


def _asked_by(reading: Reading) -> Iterable[Assessment]:
    """Assessments of the concession in open rounds whose criteria are asked by this form."""
    if reading.subject_type != NOUN or reading.subject_id is None:
        return []
    rows = Assessment.objects.filter(concession=reading.subject_id, round__closed_at__isnull=True).exclude(
        state=AssessmentState.SUPERSEDED
    )
    rows = rows.select_for_update(of=("self",)).select_related("round__version", "concession").order_by("pk")
    return [row for row in rows if _respondent(row, reading) is not None]


def _respondent(row: Assessment, reading: Reading) -> str | None:
    """Whose answer the form is; forms are named by the id in their workbook."""
    forms = row.round.version.forms
    return next((who for who in Respondent.values if forms.get(who) == reading.form.form_id), None)


def _enter(actor: Actor, row: Assessment, reading: Reading) -> bool:
    """Take what the form asks for the criteria. What was answered otherwise by the same respondent stays readable."""
    respondent = _respondent(row, reading) or ""
    area = _village(reading) if respondent == Respondent.VILLAGE else None
    sent = reading.submission
    fresh = []
    for criterion in row.round.version.criteria.all():
        path = criterion.ask.get(respondent)
        if path is None:
            continue
        code, points = _said(criterion, _value(reading, path))
        fresh.append(
            Answered(
                assessment=row, criterion=criterion, respondent=respondent, area=area, code=code, points=points,
                words=str(_value(reading, "remarks") or ""), reading=reading,
                answered_on=(reading.ended_at or sent.received_at).date(), entered_at=clock.now(),
                position_id=sent.position_id, person=sent.person_id,
            )
        )  # fmt: skip
    current = row.answers.filter(respondent=respondent, area=area, is_current=True)
    known = {each.criterion_id: each for each in current}
    fresh = [each for each in fresh if not _same(known.get(each.criterion_id), each)]
    current.filter(criterion__in=[each.criterion_id for each in fresh]).update(is_current=False)
    Answered.objects.bulk_create(fresh)
    if fresh:
        record(actor, policy.ASSESS, row.concession, change="assessment answered", round=row.round_id,
               respondent=respondent, answers=len(fresh), submission=reading.pk)  # fmt: skip
    return bool(fresh)


def _same(known: Answered | None, fresh: Answered) -> bool:
    return known is not None and (known.code, known.words, known.reading_id) == (
        fresh.code,
        fresh.words,
        fresh.reading_id,
    )


def _said(criterion: Criterion, value: Any) -> tuple[str, int | None]:
    known = criterion.answers.get(value) if isinstance(value, str) else None
    return (value, known[0]) if known else (UNKNOWN, None)


def _value(reading: Reading, path: str) -> Any:
    """The value of a question; a path may leave out the groups it stands in."""
    ending = f"/{path.strip('/')}"
    return next((value for each, value in reading.values.items() if each.endswith(ending)), None)


def _village(reading: Reading) -> Area | None:
    """The village that answers, by its code; where the form names none, the place of the concession."""
    code = _value(reading, VILLAGE_QUESTION)
    found = Area.objects.filter(code=str(code).strip(), ended_on__isnull=True).first() if code else None
    return found or reading.area
