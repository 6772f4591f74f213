"""The register as a list: narrowed, added up and redacted in a number of statements that does not depend on its rows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from sala.access.actor import Actor
from sala.concessions import redaction
from sala.concessions.calculations.terms import last_day
from sala.concessions.models import (
    AreaPurpose,
    Assessment,
    Concession,
    ConcessionArea,
    FieldClass,
    Grant,
    Party,
    Situation,
)
from sala.concessions.queries.assessments import graded_as, standing_grades
from sala.concessions.queries.lacking import LACKS, lacking
from sala.concessions.states import GRANTED
from sala.core import clock, lao
from sala.core.language import says, sorted_by
from sala.core.models import Term
from sala.ledger.calculations import Band
from sala.ledger.queries.about import aged_by_subject, late_subjects
from sala.places.models import Area

MANY = 2000  # concessions of which an index brings the first page sooner than sorting them does
FEW = 3  # a public total of fewer records than this is not told


@dataclass(frozen=True)
class Narrowing:
    """What narrows the list. `classes` are the classes of fields that have to be open for a row to be looked at.

    ending  in force, and the last day of a grant lies within so many months     since  entered or changed since the day
    """

    place: Area | None = None
    sector: Term | None = None
    commodity: Term | None = None
    kind: str = ""
    state: str = ""
    holder: Party | None = None
    applicant: Party | None = None
    year: int | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    lacks: str = ""
    grade: str = ""
    arrears: str = ""
    level: str = ""
    situation: str = ""
    ending: int | None = None
    since: date | None = None
    q: str = ""
    order: str = "reference"

    @property
    def classes(self) -> list[str]:
        found = [FieldClass.BASICS]
        if self.place or self.order == "place":
            found.append(FieldClass.PLACE)
        if self.holder or self.applicant:
            found.append(FieldClass.HOLDER)
        if self.year or self.level or self.ending or self.order == "ends":
            found.append(FieldClass.TERMS)
        if self.least is not None or self.most is not None or self.order == "hectares":
            found.append(FieldClass.HECTARES)
        if self.grade or self.situation:
            found.append(FieldClass.JUDGEMENT)
        if self.arrears:
            found.append(FieldClass.MONEY)
        lack = LACKS.get(self.lacks)
        return [str(name) for name in [*found, *(lack.classes if lack else ())]]


@dataclass(frozen=True)
class Totals:
    """number   concessions found             granted, developed  hectares of those whose hectares the reader reads
    counted  how many of them have a figure   is_few  too few to be told to everybody: then the rest is None
    """

    number: int
    granted: Decimal | None = None
    developed: Decimal | None = None
    counted: int = 0
    is_few: bool = False

    @property
    def share(self) -> float | None:
        """Developed of granted; None where one of them is not known."""
        return float(self.developed / self.granted) if self.granted and self.developed is not None else None


@dataclass
class Line:
    """One line of the list, with what the reader may know of it; the rest is None and `closed` says so.

    late  (currency, what is past its due date), of accounts that the reader may know of
    """

    concession: Concession
    classes: frozenset[FieldClass]
    place: Area | None = None
    holders: list[Party] = field(default_factory=list)
    granted: Decimal | None = None
    developed: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    assessed: Assessment | None = None
    late: list[tuple[str, int]] = field(default_factory=list)

    def reads(self, field_class: str) -> bool:
        return field_class in self.classes


# The last grants of a concession: those that no other one replaces.
_LAST = Grant.objects.filter(replaced_by__isnull=True)


def of_level(code: str) -> Q:
    """Granted by this level: as the last grants say, else as the entry itself does."""
    by_grant = _LAST.filter(level=code).values("concession")
    said = _LAST.exclude(level="").values("concession")
    return Q(pk__in=by_grant) | Q(level=code) & ~Q(pk__in=said)


def register(actor: Actor, wanted: Narrowing) -> QuerySet[Concession]:
    """Concessions that the actor reads, as they were asked for; doubles are left out."""
    rows = redaction.readable(actor, *wanted.classes).filter(same_as__isnull=True)
    if wanted.place:
        reached = Concession.objects.filter(places__area__path__startswith=wanted.place.path).values("pk")
        rows = rows.filter(Q(area__path__startswith=wanted.place.path) | Q(pk__in=reached))
    if wanted.sector:
        rows = rows.filter(sector=wanted.sector)
    if wanted.commodity:
        grown = Concession.objects.filter(commodities__commodity=wanted.commodity, commodities__is_current=True)
        rows = rows.filter(pk__in=grown.values("pk"))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.holder:
        rows = rows.filter(pk__in=Grant.objects.filter(holder=wanted.holder).values("concession"))
    if wanted.applicant:
        rows = rows.filter(applicant=wanted.applicant)
    if wanted.year:
        begun = Q(starts_on__year=wanted.year) | Q(starts_on__isnull=True, decided_on__year=wanted.year)
        rows = rows.filter(pk__in=Grant.objects.filter(begun).values("concession"))
    if wanted.least is not None:
        rows = rows.filter(figures__granted_ha__gte=wanted.least)
    if wanted.most is not None:
        rows = rows.filter(figures__granted_ha__lte=wanted.most)
    if wanted.lacks:
        rows = rows.filter(lacking(wanted.lacks))
    if wanted.grade:
        rows = rows.filter(graded_as(wanted.grade))
    if wanted.arrears:
        rows = rows.filter(pk__in=late_subjects(redaction.accounts_open(actor), clock.today()))
    if wanted.level:
        rows = rows.filter(of_level(wanted.level))
    if wanted.situation:
        called = Situation.objects.filter(code=wanted.situation, until__isnull=True)
        rows = rows.filter(pk__in=called.values("concession"))
    if wanted.ending:
        window = (clock.today(), last_day(clock.today(), wanted.ending))
        rows = rows.filter(state__in=GRANTED, pk__in=_LAST.filter(ends_on__range=window).values("concession"))
    if wanted.since:
        rows = rows.filter(changed_at__date__gte=wanted.since)
    for word in lao.stored(wanted.q).split():
        rows = rows.filter(says("name", word) | Q(reference__icontains=lao.digits(word)))
    return rows


def in_order(rows: QuerySet[Concession], order: str, *, number: int = MANY) -> QuerySet[Concession]:
    """number: of the rows, where it is known. For few the database would walk the whole register by its references."""
    if order == "hectares":
        return rows.order_by(F("figures__granted_ha").desc(nulls_last=True), "reference")
    if order == "ends":
        return rows.order_by(F("figures__ends_on").asc(nulls_last=True), "reference")
    if order == "place":
        return rows.order_by("area__code", "reference")
    if order == "name":
        return rows.order_by(sorted_by("name"), "reference")
    if order == "changed":
        return rows.order_by("-changed_at", "reference")
    return rows.order_by("reference" if number >= MANY else Concat("reference", Value("")))


def whole(ids: Iterable[int]) -> list[Concession]:
    """These concessions in this order, with what a line shows. A list is sorted by numbers; only a page of it is read whole."""
    order = list(ids)
    rows = Concession.objects.select_related("area__parent", "sector", "lead").in_bulk(order)
    return [rows[pk] for pk in order]


def totals(actor: Actor, rows: QuerySet[Concession]) -> Totals:
    """Number and hectares of what was found, in one statement. Hidden hectares are in no sum."""
    reading = redaction.condition(actor, FieldClass.HECTARES)
    found = rows.order_by().aggregate(
        number=Count("pk"), counted=Count("figures__granted_ha", filter=reading),
        granted=Sum("figures__granted_ha", filter=reading), developed=Sum("figures__developed_ha", filter=reading),
    )  # fmt: skip
    number, counted = found["number"], found["counted"]
    if not actor.has_post and not actor.is_everything and 0 < number < FEW:
        return Totals(number, is_few=True)
    if not actor.has_post and not actor.is_everything and counted < FEW:
        return Totals(number)
    return Totals(number, found["granted"], found["developed"], counted)


def lines(actor: Actor, rows: Sequence[Concession], only: Collection[FieldClass] = tuple(FieldClass)) -> list[Line]:
    """The lines of one page, with what the reader may know, in a few statements for all of them.

    only  the classes that are shown; nothing of the others is reckoned
    """
    classes = redaction.classes_of_many(actor, rows)
    found = {row.pk: Line(row, classes[row.pk].intersection(only)) for row in rows}
    for line in found.values():
        line.place = line.concession.area if line.reads(FieldClass.PLACE) else None
    for grant in _LAST.filter(
        concession__in=_reading(found, FieldClass.HOLDER, FieldClass.HECTARES, FieldClass.TERMS)
    ).select_related("holder"):
        _tell(found[grant.concession_id], grant)
    sizes = ConcessionArea.objects.filter(
        purpose=AreaPurpose.IMPLEMENTATION, is_current=True, concession__in=_reading(found, FieldClass.HECTARES)
    )
    for area in sizes:
        found[area.concession_id].developed = area.hectares
    judged = _reading(found, FieldClass.JUDGEMENT)
    for pk, row in standing_grades(judged).items() if judged else ():
        found[pk].assessed = row
    if money := _reading(found, FieldClass.MONEY):
        for pk, sums in late_of(actor, money).items():
            found[pk].late = sums
    return [found[row.pk] for row in rows]


def late_of(actor: Actor, concessions: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """Concession → [(currency, what is past its due date)], on accounts that the reader may know of."""
    accounts = redaction.accounts_open(actor).filter(subject_id__in=concessions)
    late = {}
    for (_noun, pk), by_currency in aged_by_subject(accounts, clock.today()).items():
        sums = {code: sum(ages.values()) - ages[Band.CURRENT] for code, ages in by_currency.items()}
        late[pk] = sorted((code, amount) for code, amount in sums.items() if amount)
    return late


def _reading(found: dict[int, Line], *field_classes: str) -> list[int]:
    return [pk for pk, line in found.items() if any(line.reads(name) for name in field_classes)]


def _tell(line: Line, grant: Grant) -> None:
    if line.reads(FieldClass.HOLDER) and grant.holder not in line.holders:
        line.holders.append(grant.holder)
    if line.reads(FieldClass.HECTARES) and grant.granted_ha is not None:
        line.granted = (line.granted or Decimal(0)) + grant.granted_ha
    if line.reads(FieldClass.TERMS):
        line.starts_on = min(filter(None, [line.starts_on, grant.starts_on]), default=None)
        line.ends_on = max(filter(None, [line.ends_on, grant.ends_on]), default=None)


def years(actor: Actor) -> list[Any]:
    """Years in which grants of readable concessions began, the newest first."""
    rows = Grant.objects.filter(
        concession__in=redaction.readable(actor, FieldClass.BASICS, FieldClass.TERMS).values("pk")
    )
    found = rows.filter(starts_on__isnull=False).order_by().values_list("starts_on__year", flat=True).distinct()
    return sorted(found, reverse=True)


def like_names(actor: Actor, keys: Sequence[str], leaving_out: int = 0) -> list[Concession]:
    """Concessions the actor reads that bear one of these names in some spelling; the first of them."""
    rows = redaction.readable(actor, FieldClass.BASICS, FieldClass.PLACE).filter(
        same_as__isnull=True, keys__overlap=list(keys)
    )
    return list(rows.exclude(pk=leaving_out).select_related("area", "sector")[:12]) if keys else []
