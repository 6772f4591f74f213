"""Assessments as pages show them: one with its criteria and who said what; rounds with their counts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.models import Expected, ExpectedState
from sala.concessions import redaction
from sala.concessions.calculations.assessment import unsettled
from sala.concessions.models import (
    STANDING,
    Answered,
    Assessment,
    AssessmentRound,
    AssessmentState,
    Concession,
    CriteriaVersion,
    Criterion,
    FieldClass,
    Respondent,
    Settlement,
)
from sala.concessions.queries.schemes import scheme_of
from sala.concessions.words.assessment import SOURCES, value_of
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.duties.models import Call
from sala.places.models import Area

CLASSES = (FieldClass.BASICS, FieldClass.PLACE, FieldClass.JUDGEMENT)
GRADED_BY = tuple(SOURCES)  # columns of the table of one assessment


@dataclass
class Cell:
    """What one source says of one criterion. points None: it does not know."""

    text: str
    points: int | None
    answer: Answered | None = None


@dataclass
class Line:
    """One criterion. cells: source → what it says; of villages one each. differs: contradicts, and nobody settled it."""

    criterion: Criterion
    group: str
    points: int | None
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    differs: bool = False
    contradicts: bool = False
    settlement: Settlement | None = None

    @property
    def in_order(self) -> list[tuple[Any, list[Cell]]]:
        return [(SOURCES[source], self.cells.get(source, [])) for source in GRADED_BY]


def lines_of(row: Assessment, *, in_full: bool) -> list[Line]:
    """The criteria in their order. in_full: with what each source says, for those who read the concession by office."""
    version = row.round.version
    criteria = list(version.criteria.all())
    groups = {group["code"]: str(Translated.kept(group["name"])) for group in version.groups}
    found = {each.code: Line(each, groups[each.group], row.points.get(each.code)) for each in criteria}
    if not in_full:
        return list(found.values())
    for each in criteria:
        if each.fact and row.inputs:
            value = row.inputs["facts"].get(each.fact)
            said = row.said.get(each.code, {}).get("register")
            found[each.code].cells["register"] = [Cell(value_of(each.fact, value), said)]
    for answer in answers_of(row):
        found[answer.criterion.code].cells.setdefault(answer.respondent, []).append(cell_of(answer))
    settled = (row.inputs or {}).get("settled", {})
    scheme = scheme_of(version, criteria)
    for code in unsettled(scheme, row.said, {}):
        found[code].contradicts = True
        found[code].differs = code not in settled
    for settlement in row.settlements.filter(is_current=True).select_related("criterion", "document", "position"):
        if settlement.criterion.code in settled:
            found[settlement.criterion.code].settlement = settlement
    return list(found.values())


def answers_of(row: Assessment, respondent: str = "") -> list[Answered]:
    rows = row.answers.filter(is_current=True).select_related("criterion", "area", "document", "position__organisation")
    return list((rows.filter(respondent=respondent) if respondent else rows).order_by("criterion__order", "respondent"))


def cell_of(answer: Answered) -> Cell:
    known = answer.criterion.answers.get(answer.code)
    text = str(known[1]) if known else ""
    if answer.area:
        text = f"{answer.area.name}: {text}"
    return Cell(text, answer.points, answer)


def evidence(actor: Actor, answers: Iterable[Answered]) -> dict[int, Document]:
    """Papers behind the answers that the actor may open, by id."""
    wanted = {answer.document_id for answer in answers if answer.document_id}
    return visible(actor, Document).in_bulk(wanted) if wanted else {}


def asked_of(row: Assessment, respondent: str, area: Area | None = None) -> list[tuple[Criterion, Answered | None]]:
    """What a respondent is asked, with what it answered. area: of a village, the one whose answers are meant."""
    mine = {answer.criterion_id: answer for answer in answers_of(row, respondent) if answer.area == area}
    return [(each, mine.get(each.pk)) for each in row.round.version.criteria.all() if respondent in each.ask]


def villages_of(row: Assessment) -> list[Area]:
    """Villages that answered, and those that the concession affects."""
    affected = row.concession.villages.values("area")
    answered = row.answers.filter(is_current=True, area__isnull=False).values("area")
    return list(Area.objects.filter(Q(pk__in=affected) | Q(pk__in=answered)).order_by("code"))


def of_concession(concession: Concession) -> list[Assessment]:
    """Its assessments, those of the newest round first."""
    rows = concession.assessments.select_related("round__version", "validated_by__organisation")
    return list(rows.order_by("-round__opens_on", "-round_id"))


def standing_grades(ids: Iterable[int]) -> dict[int, Assessment]:
    """Concession → the assessment whose validated grade stands for it."""
    rows = Assessment.objects.filter(concession__in=list(ids), state__in=STANDING).select_related("round__version")
    return {row.concession_id: row for row in rows}


OPENED_AGAIN, NEVER = "reopened", "never"  # what a list may ask for beside a letter


def letters() -> list[str]:
    """Letters of every version of the criteria, each once, the best first."""
    found: dict[str, None] = {}
    for grades in CriteriaVersion.objects.order_by("-valid_from").values_list("grades", flat=True):
        found |= dict.fromkeys(letter for letter, _least in grades)
    return list(found)


def graded_as(wanted: str) -> Q:
    """Condition on concessions whose standing grade it is; those opened again; those of which none was validated yet."""
    standing = Assessment.objects.filter(concession=OuterRef("pk"), state__in=STANDING)
    if wanted == NEVER:
        return ~Q(Exists(standing))
    if wanted == OPENED_AGAIN:
        return Q(Exists(standing.filter(state=AssessmentState.REOPENED)))
    return Q(Exists(standing.filter(valid_grade=wanted)))


def counts_of(ids: Iterable[int]) -> dict[str, int]:
    """Standing grade → how many of these concessions have it, the best letter first."""
    rows = Assessment.objects.filter(concession__in=list(ids), state__in=STANDING).order_by().values_list("valid_grade")
    return dict(sorted(rows.annotate(number=Count("pk")).values_list("valid_grade", "number")))


def asks_company(actor: Actor, concession: Concession) -> list[Assessment]:
    """Open rounds in which the holder is asked about the concession."""
    if not redaction.holds(actor, concession):
        return []
    rows = concession.assessments.filter(
        round__closed_at__isnull=True, round__version__criteria__ask__has_key=Respondent.COMPANY.value
    )
    return list(rows.select_related("round").distinct().order_by("-round__opens_on"))


def rounds_for(actor: Actor) -> QuerySet[AssessmentRound]:
    return visible(actor, AssessmentRound).select_related("version", "owner", "area", "sector")


def calls_of(actor: Actor, row: AssessmentRound) -> list[tuple[Call, int, int]]:
    """Calls by which the round asks for forms, as far as the actor sees them: (call, answers expected, approved)."""
    calls = list(visible(actor, Call).filter(subject_type="assessment-round", subject_id=row.pk).order_by("id"))
    counts = Expected.objects.filter(assignment__call__in=[call.pk for call in calls]).order_by()
    told = counts.values_list("assignment__call").annotate(
        expected=Count("pk"), approved=Count("pk", filter=Q(state=ExpectedState.APPROVED))
    )
    found = {pk: numbers for pk, *numbers in told}
    return [(call, *found.get(call.pk, (0, 0))) for call in calls]


@dataclass(frozen=True)
class Wanted:
    """What narrows the lines of a round."""

    place: Area | None = None
    sector: Term | None = None
    grade: str = ""
    state: str = ""
    differs: bool = False


CONTRADICTED = [["differs"]]  # what the reasons hold where answers contradict each other and nobody settled it


def assessments_in(actor: Actor, row: AssessmentRound, wanted: Wanted = Wanted()) -> QuerySet[Assessment]:
    """Assessments of a round, of concessions whose grades the actor reads."""
    readable = redaction.readable(actor, *CLASSES).filter(same_as__isnull=True)
    rows = Assessment.objects.filter(round=row, concession__in=readable)
    if wanted.place:
        rows = rows.filter(concession__area__path__startswith=wanted.place.path)
    if wanted.sector:
        rows = rows.filter(concession__sector=wanted.sector)
    if wanted.grade:
        rows = rows.filter(grade=wanted.grade)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.differs:
        rows = rows.filter(reasons__contains=CONTRADICTED)
    return rows.select_related("concession__area", "concession__sector").order_by("concession__reference")


@dataclass
class Tally:
    """Numbers of concessions: by grade, by state, and by grade for each part of the place and each sector.

    missing  per cent of the weight of which nothing is known, on average; None of none
    differing  how many have answers that contradict each other
    """

    number: int = 0
    grades: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    areas: list[tuple[Any, Counter[str]]] = field(default_factory=list)
    sectors: list[tuple[Any, Counter[str]]] = field(default_factory=list)
    missing: Decimal | None = None
    differing: int = 0


def tally(rows: QuerySet[Assessment], inside: Area) -> Tally:
    """Counts over these assessments, in four statements however many there are."""
    told = Tally(differing=rows.filter(reasons__contains=CONTRADICTED).count())
    parts = {area.path: area for area in inside.children.filter(ended_on__isnull=True)}
    areas: dict[str, Counter[str]] = {path: Counter() for path in parts}
    sectors: dict[int, Counter[str]] = {}
    missing = Decimal(0)
    values = rows.order_by().values_list("grade", "state", "missing", "concession__area__path", "concession__sector")
    for grade, state, share, path, sector in values.iterator(chunk_size=2000):
        told.number += 1
        told.grades[grade] += 1
        told.states[state] += 1
        missing += share
        part = next((each for each in parts if path.startswith(each)), "")
        areas.setdefault(part, Counter())[grade] += 1
        sectors.setdefault(sector, Counter())[grade] += 1
    if told.number:
        told.missing = missing / told.number
    told.areas = [(parts.get(path), count) for path, count in areas.items() if count]
    names = Term.objects.filter(pk__in=sectors).order_by("order").in_bulk()
    told.sectors = [(term, sectors[pk]) for pk, term in names.items()]
    return told
