"""Reckoning assessments anew from what the register and the respondents say today; a new fact opens a grade again."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sala.access.actor import Actor
from sala.concessions.calculations import assessment as reckoning
from sala.concessions.calculations.facts_of_grades import points_of
from sala.concessions.models import (
    Answered,
    Assessment,
    AssessmentState,
    AssessmentStep,
    Criterion,
    Settlement,
)
from sala.concessions.queries.facts_of_grades import Facts, facts_of_grades
from sala.concessions.queries.schemes import scheme_of
from sala.core import clock
from sala.core.operation import operation

BATCH = 2000
REGISTER = "register"  # the source of a fact
RECKONED = ["grade", "score", "missing", "points", "said", "reasons", "lifts", "inputs", "changed", "state", "reckoned_at"]  # fmt: skip


@dataclass
class Regraded:
    """How many assessments were looked at, reckoned otherwise, and opened again."""

    looked_at: int = 0
    changed: int = 0
    reopened: int = 0


@operation
def regrade(actor: Actor, concessions: Iterable[int] | None = None) -> Regraded:
    """Reckon the assessments of these concessions (ids), or of all that a later one did not follow.

    May run twice; the second time nothing changes. What was validated is opened again when a fact, an answer or a
    settlement is another one than it was validated on; the validated grade stays readable.
    """
    rows = Assessment.objects.select_for_update(of=("self",)).exclude(state=AssessmentState.SUPERSEDED)
    if concessions is not None:
        rows = rows.filter(concession__in=list(concessions))
    found = list(rows.select_related("round__version").order_by("pk"))
    told = Regraded(looked_at=len(found))
    if not found:
        return told
    pks = [row.pk for row in found]
    facts = facts_of_grades({row.concession_id for row in found}, clock.today())
    answers: dict[int, list[Answered]] = defaultdict(list)
    for answer in Answered.objects.filter(assessment__in=pks, is_current=True).select_related("area", "criterion"):
        answers[answer.assessment_id].append(answer)
    settled: dict[int, list[Settlement]] = defaultdict(list)
    for each in Settlement.objects.filter(assessment__in=pks, is_current=True).select_related("criterion"):
        settled[each.assessment_id].append(each)
    criteria: dict[int, list[Criterion]] = {}
    changed, steps = [], []
    for row in found:
        version = row.round.version
        mine = criteria.setdefault(version.pk, list(version.criteria.all()) if version.pk not in criteria else [])
        step = _reckon(row, mine, facts[row.concession_id], answers[row.pk], settled[row.pk])
        if step is not None:
            changed.append(row)
            steps += [step] if step.state else []
    told.changed = len(changed)
    told.reopened = sum(1 for step in steps if step.state == AssessmentState.REOPENED)
    Assessment.objects.bulk_update(changed, RECKONED, batch_size=BATCH)
    AssessmentStep.objects.bulk_create(steps, batch_size=BATCH)
    return told


def _reckon(
    row: Assessment, criteria: list[Criterion], known: Facts, answers: list[Answered], settled: list[Settlement]
) -> AssessmentStep | None:
    """Bring one assessment up to date. None where nothing changed; a step without a state where no step has to be kept."""
    said = said_of(criteria, known, answers)
    standing = {each.criterion.code: each.points for each in settled if each.said == said[each.criterion.code]}
    inputs = {
        "version": row.round.version.code,
        "facts": {each.fact: known[each.fact] for each in criteria if each.fact},
        "answers": sorted([each.pk, each.criterion.code, each.respondent] for each in answers),
        "settled": standing,
    }
    if inputs == row.inputs:
        return None
    scheme = scheme_of(row.round.version, criteria)
    points = {code: reckoning.counted(sources, standing.get(code)) for code, sources in said.items()}
    found = reckoning.graded(scheme, points)
    open_ones = reckoning.unsettled(scheme, said, standing)
    before = row.grade
    told = differences(row.inputs, inputs) if row.inputs else []
    row.grade, row.score, row.missing = found.grade, found.score, found.missing
    row.points, row.said, row.inputs = points, said, inputs
    row.reasons = reckoning.reasons(scheme, points, open_ones)
    row.lifts = [lift.as_kept() for lift in reckoning.lifts(scheme, points)]
    row.reckoned_at = clock.now()
    step = AssessmentStep(assessment=row, grade=row.grade, score=row.score, missing=row.missing, at=clock.now())
    if row.state in (AssessmentState.VALIDATED, AssessmentState.REOPENED):
        step.state, step.changed = AssessmentState.REOPENED, told
        row.state, row.changed = AssessmentState.REOPENED, _joined(row.changed, told)
    elif row.grade != before:
        step.state = AssessmentState.DRAFT
    return step


def said_of(criteria: list[Criterion], known: Facts, answers: list[Answered]) -> dict[str, dict[str, int]]:
    """Criterion → source → points, of those who know."""
    said: dict[str, dict[str, int]] = {each.code: {} for each in criteria}
    for each in criteria:
        points = points_of(each.steps, known[each.fact]) if each.fact else None
        if points is not None:
            said[each.code][REGISTER] = points
    for answer in answers:
        if answer.points is not None:
            said[answer.criterion.code][answer.source] = answer.points
    return said


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[list[Any]]:
    """What is another one: ["fact", name, old, new], ["answer", criterion, respondent], ["settled", criterion]."""
    told: list[list[Any]] = []
    for name, new in after["facts"].items():
        old = before["facts"].get(name)
        if old != new:
            told.append(["fact", name, old, new])
    earlier = {each[0] for each in before["answers"]}
    now = {each[0] for each in after["answers"]}
    for pk, code, respondent in [*after["answers"], *before["answers"]]:
        if (pk in earlier) != (pk in now) and ["answer", code, respondent] not in told:
            told.append(["answer", code, respondent])
    for code, points in sorted(after["settled"].items()):  # one that lapsed follows from an answer or fact told above
        if before["settled"].get(code) != points:
            told.append(["settled", code])
    return told


def _joined(earlier: list[list[Any]], told: list[list[Any]]) -> list[list[Any]]:
    """What changed since the validation, each once: of a fact the oldest and the newest value."""
    joined = [list(each) for each in earlier]
    for each in told:
        same = next((one for one in joined if one[:2] == each[:2] and (each[0] == "fact" or one == each)), None)
        if same is None:
            joined.append(each)
        elif each[0] == "fact":
            same[3] = each[3]
    return joined
