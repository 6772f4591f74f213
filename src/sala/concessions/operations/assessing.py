"""Answering in an assessment, settling where answers differ, and validating the grade by a second person."""

import hashlib
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.collection.models import Reading
from sala.concessions import policy, redaction
from sala.concessions.calculations.assessment import unsettled
from sala.concessions.models import (
    STANDING,
    Answered,
    Assessment,
    AssessmentState,
    AssessmentStep,
    Concession,
    Criterion,
    Respondent,
    Settlement,
)
from sala.concessions.operations.assessment_rounds import need_open
from sala.concessions.operations.regrading import regrade
from sala.concessions.queries.schemes import scheme_of
from sala.core import clock
from sala.core.errors import Conflict, Invalid, Missing, NotPermitted
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import canonical, record
from sala.places.models import Area

UNKNOWN = ""  # the code of an answer by which a respondent says that it does not know


@operation
def answer(
    actor: Actor, assessment: Assessment, *, respondent: str, answers: Mapping[str, str], answered_on: date,
    area: Area | None = None, words: str = "", document: Document | None = None, reading: Reading | None = None,
) -> int:  # fmt: skip
    """Enter what a respondent answers: criterion → code of its answer, UNKNOWN where it does not know.

    An answer of the same respondent (of a village: of the same village) takes the place of the earlier one, which stays
    readable; the same answer again changes nothing. What is not among `answers` stays as it is, and so does evidence of
    which no other is given: words and paper always, the answer to a form as long as it says the same. The holder answers
    for itself, an office for all three.
    Returns how many answers are new.
    """
    row = _locked(assessment)
    _require_answer(actor, row, respondent)
    need_open(row.round)
    _need_current(row)
    if respondent == Respondent.VILLAGE and area is None:
        words_ = _("Say which village answers.")
        raise Invalid(words_, {"area": [words_]})
    if answered_on > clock.today():
        words_ = _("Choose a day up to today.")
        raise Invalid(words_, {"answered_on": [words_]})
    if document is not None and not sees(actor, document):
        raise Missing(_("No such document. Copy the address of its page."))
    area = area if respondent == Respondent.VILLAGE else None
    earlier = {
        each.criterion_id: each
        for each in row.answers.filter(is_current=True, respondent=respondent, area=area).select_related(
            "document", "reading"
        )
    }
    criteria = {each.code: each for each in row.round.version.criteria.all()}
    fresh = []
    for code, said in answers.items():
        each = _asked(criteria, code, respondent)
        points = _points(each, said)
        before = earlier.get(each.pk)
        why = _evidence(before, said, words, document, reading)
        if before is not None and (before.code, before.words, before.document, before.reading) == (said, *why):
            continue
        fresh.append(
            Answered(
                assessment=row, criterion=each, respondent=respondent, area=area, code=said, points=points, words=why[0],
                document=why[1], reading=why[2], answered_on=answered_on, entered_at=clock.now(),
                position_id=actor.position_id, person=actor.person_id,
            )
        )  # fmt: skip
    replaced = [earlier[each.criterion_id].pk for each in fresh if each.criterion_id in earlier]
    Answered.objects.filter(pk__in=replaced).update(is_current=False)
    Answered.objects.bulk_create(fresh)
    if fresh:
        record(actor, policy.ASSESS, row.concession, change="assessment answered", round=row.round_id, respondent=respondent,
               answers=len(fresh), document=document)  # fmt: skip
        regrade(actor, [row.concession_id])
    return len(fresh)


def _evidence(before: Answered | None, said: str, words: str, document: Document | None,
              reading: Reading | None) -> tuple[str, Document | None, Reading | None]:  # fmt: skip
    """Words, paper and answer to a form behind an answer: what is given, else what stood behind the earlier one."""
    if before is None:
        return words, document, reading
    return (
        words or before.words,
        document or before.document,
        reading or (before.reading if said == before.code else None),
    )


def _locked(assessment: Assessment) -> Assessment:
    lock(assessment)
    return Assessment.objects.select_related("round__version", "concession__area", "concession__lead").get(pk=assessment.pk)  # fmt: skip


def _need_current(row: Assessment) -> None:
    if row.state == AssessmentState.SUPERSEDED:
        raise Conflict(_("A later round was validated, so this one stays as it is."))


def _require_answer(actor: Actor, row: Assessment, respondent: str) -> None:
    """The holder answers for the company; every other answer is entered by an office."""
    if respondent == Respondent.COMPANY and redaction.holds(actor, row.concession):
        own = [each.position_id for each in actor.holdings]
        actor.position_id = actor.chosen if actor.chosen in own else own[0]
        return
    require(actor, policy.ASSESS, row.concession)


def _asked(criteria: Mapping[str, Criterion], code: str, respondent: str) -> Criterion:
    each = criteria.get(code)
    if each is None or respondent not in each.ask:
        raise Invalid(_("This respondent is not asked that. Open the page anew and answer again."))
    return each


def _points(criterion: Criterion, said: str) -> int | None:
    if said == UNKNOWN:
        return None
    if said not in criterion.answers:
        words = _("Choose one of the answers.")
        raise Invalid(words, {criterion.code: [words]})
    return criterion.answers[said][0]


@operation
def settle_difference(
    actor: Actor, assessment: Assessment, criterion: Criterion, *, points: int, reason: str,
    document: Document | None = None,
) -> Settlement:  # fmt: skip
    """Say what counts where answers contradict each other, with the reason. It holds until one of them is another."""
    row = _locked(assessment)
    require(actor, policy.ASSESS, row.concession)
    _need_current(row)
    said = row.said.get(criterion.code) or {}
    if len(said) < 2:
        raise Conflict(_("Only one answer is known here, so there is nothing to settle."))
    if not min(said.values()) <= points <= max(said.values()):
        words = _("Choose points between the lowest and the highest answer.")
        raise Invalid(words, {"points": [words]})
    if not reason.strip():
        words = _("Give the reason.")
        raise Invalid(words, {"reason": [words]})
    row.settlements.filter(criterion=criterion, is_current=True).update(is_current=False)
    made = Settlement.objects.create(
        assessment=row, criterion=criterion, points=points, reason=reason.strip(), document=document, said=said,
        position_id=actor.position_id, person=actor.person_id, at=clock.now(),
    )  # fmt: skip
    record(actor, policy.ASSESS, row.concession, change="difference settled", round=row.round_id, criterion=criterion.code,
           document=document)  # fmt: skip
    regrade(actor, [row.concession_id])
    return made


def digest_of(assessment: Assessment) -> str:
    """SHA-256 (hex) over what the grade was reckoned from, so that nobody validates what changed meanwhile."""
    return hashlib.sha256(canonical(assessment.inputs).encode()).hexdigest()


@operation
def validate(
    actor: Actor, assessment: Assessment, *, digest: str, reason: str = "", document: Document | None = None
) -> Assessment:
    """Stand for the grade as it is reckoned now. digest: of what the reader had before him (digest_of).

    Another person than those who entered answers or settled differences does it. Raises Conflict while answers
    contradict each other, when something changed meanwhile, and when a later round was validated.
    """
    regrade(actor, [assessment.concession_id])
    row = _locked(assessment)
    require(actor, policy.GRADE, row.concession)
    _need_current(row)
    if row.state == AssessmentState.VALIDATED:
        raise Conflict(_("It is validated already, and nothing changed since."))
    if digest_of(row) != digest:
        raise Conflict(_("Something changed since you opened this page. Look at the grade again, then validate it."))
    _need_second_person(actor, row)
    scheme = scheme_of(row.round.version, row.round.version.criteria.all())
    if unsettled(scheme, row.said, row.inputs["settled"]):
        raise Conflict(_("Answers contradict each other. Settle each of them with its reason first."))
    others = Assessment.objects.select_for_update(of=("self",)).filter(concession=row.concession, state__in=STANDING)
    for other in others.exclude(pk=row.pk).select_related("round"):
        if (other.round.opens_on, other.round_id) > (row.round.opens_on, row.round_id):
            raise Conflict(_("A later round was validated, so this one stays as it is."))
        other.state = AssessmentState.SUPERSEDED
        other.save(update_fields=["state"])
        AssessmentStep.objects.create(
            assessment=other, state=other.state, grade=other.valid_grade, score=other.valid_score, at=clock.now(),
            position_id=actor.position_id,
        )  # fmt: skip
    row.state, row.changed = AssessmentState.VALIDATED, []
    row.valid_grade, row.valid_score = row.grade, row.score
    row.validated_at, row.validated_by_id = clock.now(), actor.position_id
    row.save()
    AssessmentStep.objects.create(
        assessment=row, state=row.state, grade=row.grade, score=row.score, missing=row.missing, reason=reason.strip(),
        document=document, position_id=actor.position_id, at=row.validated_at,
    )  # fmt: skip
    subject = Concession.objects.get(pk=row.concession_id)
    record(actor, policy.GRADE, subject, change="grade validated", round=row.round_id, document=document)
    return row


def _need_second_person(actor: Actor, row: Assessment) -> None:
    """Whoever prepared a grade does not validate it."""
    entered = [
        *row.answers.filter(is_current=True).values_list("person", "position"),
        *row.settlements.filter(is_current=True).values_list("person", "position"),
    ]
    for person, position in entered:
        same = person == actor.person_id if person and actor.person_id else (
            position is not None and position == actor.position_id
        )  # fmt: skip
        if same:
            raise NotPermitted(
                _("You entered answers of this assessment yourself. Ask a second person with the right to validate it.")
            )
