"""Rounds of assessment and grades for programs, seen as on their pages; how grades come about is open to everybody."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Query, Router, Schema

from sala.access.request import Request
from sala.concessions import redaction
from sala.concessions.api.judging import PageQuery
from sala.concessions.forms.assessment import NarrowRoundForm
from sala.concessions.models import Assessment, AssessmentRound, CriteriaVersion, FieldClass, Respondent
from sala.concessions.queries.assessments import (
    answers_of,
    assessments_in,
    of_concession,
    rounds_for,
    tally,
)
from sala.concessions.words import assessment as wording
from sala.core.errors import Invalid, Missing

router = Router(tags=["concessions"])


class RoundOut(Schema):
    slug: str
    name: dict[str, str]
    version: str
    place: str
    sector: str | None
    office: str
    opens_on: date
    due_on: date
    is_closed: bool
    url: str
    is_invented: bool


class RoundPage(Schema):
    count: int
    items: list[RoundOut]


class RoundQuery(PageQuery):
    """What narrows the lines: codes of a place and a sector, a letter or "none", a state; as on the page."""

    place: str = ""
    sector: str = ""
    grade: str = ""
    state: str = ""
    differs: bool = False


class AssessmentLine(Schema):
    """grade: as reckoned now ("none": not gradable); validated: the letter that an office stands for, empty before."""

    concession: str
    grade: str
    score: Decimal | None
    missing: Decimal
    state: str
    validated: str
    validated_at: datetime | None


class RoundDetail(RoundOut):
    """counts: grade → concessions that the caller reads; missing: per cent of the weight unknown, on average.

    differing: how many have answers that contradict each other
    """

    counts: dict[str, int]
    missing: Decimal | None
    differing: int
    count: int
    items: list[AssessmentLine]


class AnswerOut(Schema):
    """answer: code of the version's choices; empty where the respondent does not know. village: code of its place."""

    criterion: str
    respondent: str
    village: str | None
    answer: str
    points: int | None
    words: str
    answered_on: date


class AssessmentOut(Schema):
    """What is closed to the caller is null: to the holder all but its own answers, to others who answered what.

    points: criterion → 0–4, null where nothing is known; said: criterion → source → points
    reasons, lifts, changed: in words, in the caller's language
    """

    round: str
    state: str
    is_open: bool
    grade: str | None
    score: Decimal | None
    missing: Decimal | None
    validated: str | None
    validated_at: datetime | None
    points: dict[str, int | None] | None
    said: dict[str, dict[str, int]] | None
    reasons: list[str] | None
    lifts: list[str] | None
    changed: list[str] | None
    answers: list[AnswerOut] | None
    url: str


class AssessmentsOut(Schema):
    count: int
    items: list[AssessmentOut]


class CriterionOut(Schema):
    """ask: respondents that are asked; fact: what the register knows itself; choices: answers with their points."""

    code: str
    group: str
    name: dict[str, str]
    weight: int
    effort: int
    ask: list[str]
    fact: str
    choices: list[dict[str, Any]]


class VersionOut(Schema):
    """grades: [letter, least score] each, the best first; caps: no better grade while a criterion has fewer points."""

    code: str
    name: dict[str, str]
    valid_from: date
    certainty: str
    source: str
    missing_limit: int
    contradiction: int
    grades: list[tuple[str, int]]
    caps: list[dict[str, Any]]
    criteria: list[CriterionOut]


@router.get("/assessment-rounds", response=RoundPage)
def assessment_rounds(request: Request, query: Query[PageQuery]) -> Any:
    """Rounds that the caller sees, the newest first."""
    rows = rounds_for(request.actor)
    return {"count": rows.count(), "items": [_round(request, row) for row in rows[query.slice()]]}


@router.get("/assessment-rounds/{slug}", response=RoundDetail)
def assessment_round(request: Request, slug: str, query: Query[RoundQuery]) -> Any:
    """One round with counts and lines of the concessions whose grades the caller reads."""
    row = rounds_for(request.actor).filter(slug=slug).first()
    if row is None:
        raise Missing
    asked = {name: getattr(query, name) for name in ("place", "sector", "grade", "state")}
    asked |= {"differs": "on"} if query.differs else {}
    form = NarrowRoundForm(asked, actor=request.actor, version=row.version)
    if not form.is_valid():
        raise Invalid(fields={name: [str(text) for text in texts] for name, texts in form.errors.items()})
    rows = assessments_in(request.actor, row, form.wanted())
    told = tally(rows, row.area)
    return _round(request, row) | {
        "counts": dict(told.grades), "missing": told.missing and round(told.missing, 2), "count": told.number, "differing": told.differing,
        "items": [_line(each) for each in rows[query.slice()]],
    }  # fmt: skip


def _round(request: Request, row: AssessmentRound) -> dict[str, Any]:
    return {
        "slug": row.slug, "name": row.name, "version": row.version.code, "place": row.area.code,
        "sector": row.sector.code if row.sector else None, "office": row.owner.code, "opens_on": row.opens_on,
        "due_on": row.due_on, "is_closed": row.closed_at is not None,
        "url": request.build_absolute_uri(row.get_absolute_url()), "is_invented": row.is_invented,
    }  # fmt: skip


def _line(row: Assessment) -> dict[str, Any]:
    return {
        "concession": row.concession.reference, "grade": row.grade, "score": row.score, "missing": row.missing,
        "state": row.state, "validated": row.valid_grade, "validated_at": row.validated_at,
    }  # fmt: skip


@router.get("/concessions/{reference}/assessments", response=AssessmentsOut)
def assessments(request: Request, reference: str) -> Any:
    """Assessments of one concession, the newest round first, as far as they are open to the caller."""
    rows = redaction.readable(request.actor, FieldClass.BASICS).filter(same_as__isnull=True)
    found = rows.filter(reference=reference.upper()).first()
    if found is None:
        raise Missing
    judged = FieldClass.JUDGEMENT in redaction.classes_of(request.actor, found)
    holder = redaction.holds(request.actor, found)
    if not judged and not holder:
        raise Missing
    office = judged and redaction.reads_by_office(request.actor, found)
    items = []
    for row in of_concession(found):
        row.concession = found
        items.append(_assessment(request, row, judged=judged, office=office, holder=holder))
    return {"count": len(items), "items": items}


def _assessment(request: Request, row: Assessment, *, judged: bool, office: bool, holder: bool) -> dict[str, Any]:
    named = wording.Named.of(row.round.version) if judged else None
    answers = answers_of(row) if office else answers_of(row, Respondent.COMPANY) if holder else None
    judgement = {
        "grade": row.grade, "score": row.score, "missing": row.missing, "validated": row.valid_grade,
        "validated_at": row.validated_at, "points": row.points, "reasons": wording.reasons(row, named),
        "lifts": wording.lifts(row, named), "changed": wording.changes(row.changed, named, in_full=office),
    } if named else dict.fromkeys(
        ("grade", "score", "missing", "validated", "validated_at", "points", "reasons", "lifts", "changed")
    )  # fmt: skip
    return judgement | {
        "round": row.round.slug, "state": row.state, "is_open": row.round.closed_at is None,
        "said": row.said if office else None,
        "answers": None if answers is None else [
            {"criterion": each.criterion.code, "respondent": each.respondent,
             "village": each.area.code if each.area else None, "answer": each.code, "points": each.points,
             "words": each.words, "answered_on": each.answered_on}
            for each in answers
        ],
        "url": request.build_absolute_uri(row.get_absolute_url()),
    }  # fmt: skip


@router.get("/assessment-criteria/{code}", response=VersionOut)
def assessment_criteria(request: Request, code: str) -> Any:
    """A version of the criteria: what is asked of whom, weights, limits and caps. Open to everybody."""
    row = CriteriaVersion.objects.filter(code=code).first()
    if row is None:
        raise Missing
    return {
        **{name: getattr(row, name) for name in ("code", "name", "valid_from", "certainty", "source", "missing_limit", "contradiction", "grades", "caps")},
        "criteria": [
            {**{name: getattr(each, name) for name in ("code", "group", "name", "weight", "effort", "fact", "choices")},
             "ask": sorted(each.ask)}
            for each in row.criteria.all()
        ],
    }  # fmt: skip
