"""Everything a finding is reckoned from, read for many concessions in a number of statements that does not grow with them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q

from sala.concessions.calculations.checks import TOLERANCE
from sala.concessions.calculations.facts import Dated, Fact, RuleBook
from sala.concessions.calculations.findings import Case, GrantFacts, Shared
from sala.concessions.calculations.names import name_keys
from sala.concessions.calculations.situations import Signs
from sala.concessions.calculations.spans import holds
from sala.concessions.models import (
    AreaPurpose,
    Commodity,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    ConstraintLayer,
    Grant,
    PartyKind,
    PlannedDevelopment,
)
from sala.concessions.queries.inspections import METRES, Seen, last_seen
from sala.concessions.queries.orders import notices_open
from sala.concessions.queries.overlaps import ALIKE, layers_of_concessions
from sala.concessions.queries.pairs import overlapping_pairs
from sala.concessions.queries.rules import ABOUT, KINDS
from sala.concessions.queries.splitting import parts_of
from sala.documents.models import Rule
from sala.ledger.queries.about import last_paid

TITLE = "title"  # role of a paper
PROVINCE, DISTRICT = 1, 2  # steps below the country

# A boundary is as sure as it was found: what lies outside counts where it reaches further than so many metres.
_OUTSIDE = """
    with asked as materialized (select * from unnest(%(ids)s::bigint[], %(metres)s::float[]) as asked(id, metres))
    select d.concession_id, st_area(st_difference(s.geometry, t.geometry)::geography) / 10000
    from asked
    join concessions_concessionarea d on d.concession_id = asked.id and d.is_current and d.purpose = 'implementation'
    join concessions_areashape s on s.area_id = d.id and s.geometry is not null
    join concessions_concessionarea g on g.concession_id = d.concession_id and g.is_current and g.purpose = 'granted'
    join concessions_areashape t on t.area_id = g.id and t.geometry is not null
    where not st_coveredby(s.geometry, t.geometry)
      and not st_coveredby(s.geometry, st_buffer(t.geometry::geography, asked.metres)::geometry)
"""


@dataclass
class Known:
    """A case with the signs of its situation."""

    pk: int
    case: Case
    signs: Signs


def rule_book() -> RuleBook:
    """Every rule about concessions with its days."""
    rows = Rule.objects.filter(kind__in=KINDS, key__startswith=ABOUT).select_related("area")
    return RuleBook(
        Dated(
            Fact(row.pk, row.kind, row.key, row.number, row.value.get("unit", ""), row.area.path if row.area else "", row.certainty),
            row.valid.lower, row.valid.upper,
        )
        for row in rows
    )  # fmt: skip


def _outside(rows: list[Concession], areas: Mapping[int, list[ConcessionArea]], book: RuleBook, today: date) -> dict[int, Decimal]:  # fmt: skip
    """Concession → hectares of its developed area that lie outside the granted one, where it reaches out by more than the
    metres that the rules leave to how the two were found.
    """
    metres: dict[int, float] = {}
    for row in rows:
        found = {area.purpose: area.accuracy for area in areas.get(row.pk, ())}
        if AreaPurpose.GRANTED in found and AreaPurpose.IMPLEMENTATION in found:
            now = book.on(today, row.area.path)
            both = (found[AreaPurpose.GRANTED], found[AreaPurpose.IMPLEMENTATION])
            metres[row.pk] = max(float(now.number(TOLERANCE, f"{METRES}.{each}", METRES) or 0) for each in both)
    if not metres:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE, {"ids": list(metres), "metres": list(metres.values())})
        return {pk: _hectares(ha) for pk, ha in cursor.fetchall()}


def _hectares(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def known(book: RuleBook, ids: Iterable[int] | None = None, *, today: date) -> list[Known]:
    """Cases of these concessions, or of all; entries that are doubles of others are left out."""
    wanted = sorted(set(ids)) if ids is not None else None
    entries = Concession.objects.filter(same_as__isnull=True).select_related("area", "sector").order_by("pk")
    rows = list(entries if wanted is None else entries.filter(pk__in=wanted))
    within = {"concession__in": [row.pk for row in rows]} if wanted is not None else {}
    commodities = _sets(Commodity.objects.filter(is_current=True, **within), "commodity__code")
    papers = _lists(
        ConcessionDocument.objects.filter(**within)
        .select_related("role", "issued_to", "document")
        .only("concession", "issued_on", "role__code", "issued_to__kind", "document__issued_on")
    )
    grants = _lists(Grant.objects.filter(**within).select_related("holder", "body"))
    areas = _lists(ConcessionArea.objects.filter(is_current=True, **within))
    plan = _lists(PlannedDevelopment.objects.filter(year__lte=today.year, **within).order_by("year"))
    outside = _outside(rows, areas, book, today)
    least = book.on(today, "").number(TOLERANCE, "concession.sliver.hectares") or Decimal(0)
    overlaps, layers = _overlaps(wanted), _layers(wanted, least)
    paid = last_paid("concession", [row.pk for row in rows] if wanted is not None else None)
    seen, notices = last_seen(wanted), notices_open(wanted)
    twins, parts = _twins(rows, grants, wanted), parts_of(book, today)
    found = []
    for row in rows:
        mine = {area.purpose: area for area in areas[row.pk]}
        granted, developed = mine.get(AreaPurpose.GRANTED), mine.get(AreaPurpose.IMPLEMENTATION)
        for shared in overlaps[row.pk]:
            if granted and _is_one_area(granted.mapped_ha, shared):
                twins[row.pk].setdefault(shared.key, "area")
        split = parts.get(row.pk)
        case = Case(
            reference=row.reference, version=row.version, path=row.area.path, sector=row.sector.code,
            commodities=frozenset(commodities[row.pk]), state=row.state, papers=frozenset(paper.role.code for paper in papers[row.pk]),
            grants=[_grant(grant, today) for grant in grants[row.pk]],
            mapped_ha=granted.mapped_ha if granted else None, accuracy=granted.accuracy if granted else "",
            developed_ha=developed.hectares if developed else None, outside_ha=outside.get(row.pk),
            overlaps=overlaps[row.pk], layers=layers[row.pk], twins=twins[row.pk],
            split_with=split.others if split else {}, split_ha=split.own if split else None,
        )  # fmt: skip
        told = paid.get(row.pk), seen.get(row.pk, Seen()), notices.get(row.pk)
        signs = _signs(row, case, grants[row.pk], areas[row.pk], papers[row.pk], plan[row.pk], today, *told)
        found.append(Known(row.pk, case, signs))
    return found


def _is_one_area(size: Decimal | None, shared: Shared) -> bool:
    """Whether two areas share so much of their union that they are one drawn twice."""
    if not size or not shared.other_ha:
        return False
    return shared.ha > ALIKE * (size + shared.other_ha - shared.ha)


def _sets(rows: Any, column: str) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for pk, code in rows.values_list("concession_id", column):
        found[pk].add(code)
    return found


def _lists(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.concession_id].append(row)
    return found


def _grant(grant: Grant, today: date) -> GrantFacts:
    said = (grant.body_name, *(grant.body.name.values() if grant.body else ()))
    return GrantFacts(
        number=grant.pk, granted_ha=grant.granted_ha, decided_on=grant.decided_on, signed_on=grant.signed_on,
        level=grant.level, months=grant.term_months, is_current=holds(grant.valid, today),
        body=_body(said), valid=grant.valid,
    )  # fmt: skip


@lru_cache(maxsize=1000)  # few bodies approve very many grants
def _body(said: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name_keys(said))


def _signs(
    row: Concession, case: Case, grants: list[Grant], areas: list[ConcessionArea], papers: list[ConcessionDocument],
    plan: list[PlannedDevelopment], today: date, paid_on: date | None, seen: Seen, notice_due: date | None,
) -> Signs:  # fmt: skip
    ends = [grant.ends_on for grant in grants if grant.ends_on]
    developed = next((area for area in areas if area.purpose == AreaPurpose.IMPLEMENTATION), None)
    measured = developed.measured_on if developed and developed.hectares is not None else None
    found_none = measured if developed and developed.hectares == 0 else None
    titles = [paper for paper in papers if paper.role.code == TITLE and _to_a_person(paper, grants)]
    return Signs(
        state=row.state, ends_on=max(ends, default=None),
        has_grant=any(holds(grant.valid, today) for grant in grants),
        has_agreement=bool(case.papers & {"agreement", "decision"}), has_holder=bool(grants),
        has_area=any(area.hectares for area in areas),
        disputed=any(area.purpose == AreaPurpose.DISPUTED for area in areas),
        title_to_person=bool(titles),
        title_on=max(filter(None, (paper.issued_on or paper.document.issued_on for paper in titles)), default=None),
        developed_ha=case.developed_ha, planned_ha=plan[-1].hectares if plan else None,
        seen_on=_last(None if found_none else measured, seen.worked), worked_on=seen.worked,
        idle_on=_last(found_none, seen.idle), paid_on=paid_on, inspected_on=_last(found_none, seen.last), notice_due=notice_due,
    )  # fmt: skip


def _last(*days: date | None) -> date | None:
    return max(filter(None, days), default=None)


def _to_a_person(title: ConcessionDocument, grants: list[Grant]) -> bool:
    """In whose name a land title is; where nobody entered it, in the name of who was granted the land."""
    holders = [title.issued_to] if title.issued_to else [grant.holder for grant in grants]
    return any(holder.kind == PartyKind.PERSON for holder in holders)


def _overlaps(wanted: list[int] | None) -> dict[int, list[Shared]]:
    pairs = overlapping_pairs(wanted)
    others = Concession.objects.in_bulk({other for _one, other, _ha in pairs})
    sizes = dict(
        ConcessionArea.objects.filter(concession__in=others, is_current=True, purpose=AreaPurpose.GRANTED).values_list(
            "concession_id", "mapped_ha"
        )
    )
    found: dict[int, list[Shared]] = defaultdict(list)
    for one, other, ha in pairs:
        found[one].append(Shared(others[other].reference, ha, sizes.get(other)))
    return found


def _layers(wanted: list[int] | None, least: Decimal) -> dict[int, list[Shared]]:
    """Concession → layers that it lies in. least: hectares below which a part of a feature is a sliver."""
    layers = ConstraintLayer.objects.filter(retired=False).in_bulk()
    found: dict[int, list[Shared]] = defaultdict(list)
    if layers:
        for pk, met in layers_of_concessions(wanted, list(layers), least):
            row = layers[met.layer]
            found[pk].append(
                Shared(
                    row.code, met.ha, effect=row.effect, edition=row.edition_id,
                    slivers=met.sliver_count, sliver_ha=met.sliver_ha,
                )
            )  # fmt: skip
    return found


def _twins(rows: list[Concession], grants: dict[int, list[Any]], wanted: list[int] | None) -> dict[int, dict[str, str]]:
    """Entries that may be the same: of one name key in one province, or of one holder with hectares within one per cent in
    one district. One that is known of a wider place only is compared with all that lies within it.
    """
    found: dict[int, dict[str, str]] = defaultdict(dict)
    everybody = rows
    if wanted is not None:
        keys = {key for row in rows for key in row.keys}
        holders = {grant.holder_id for row in rows for grant in grants.get(row.pk, [])}
        alike = Q(keys__overlap=sorted(keys)) | Q(pk__in=Grant.objects.filter(holder__in=holders).values("concession"))
        others = Concession.objects.filter(alike, same_as__isnull=True).exclude(pk__in=wanted).select_related("area")
        everybody = [*rows, *others]
        missing = Grant.objects.filter(concession__in=[row.pk for row in everybody if row.pk not in grants])
        grants = {**grants, **_lists(missing.select_related("holder"))}
    by_name: dict[str, list[Concession]] = defaultdict(list)
    by_holder: dict[int, list[tuple[Concession, Decimal]]] = defaultdict(list)
    for row in everybody:
        for key in row.keys:
            by_name[key].append(row)
        for grant in grants.get(row.pk, []):
            if grant.granted_ha:
                by_holder[grant.holder_id].append((row, grant.granted_ha))
    mine = {row.pk for row in rows}
    for same in by_name.values():
        for one, other in _meeting(same, PROVINCE):
            if one.pk in mine:
                found[one.pk][other.reference] = "name"
    for held in by_holder.values():
        sizes: dict[int, list[Decimal]] = defaultdict(list)
        for row, size in held:
            sizes[row.pk].append(size)
        for one, other in _meeting([row for row, _size in held], DISTRICT):
            near = any(abs(size - its) * 100 <= size for size in sizes[one.pk] for its in sizes[other.pk])
            if one.pk in mine and near:
                found[one.pk].setdefault(other.reference, "holder")
    return found


def _meeting(rows: list[Concession], depth: int) -> Iterator[tuple[Concession, Concession]]:
    """Each with each other that lies in one area of so many steps below the country, or in a wider one around it."""
    there: dict[tuple[str, ...], dict[int, Concession]] = defaultdict(dict)
    around: dict[tuple[str, ...], dict[int, Concession]] = defaultdict(dict)
    for row in {row.pk: row for row in rows}.values():
        steps = tuple(row.area.path.strip("/").split("/"))[: depth + 1]
        there[steps][row.pk] = row
        for length in range(1, len(steps)):
            around[steps[:length]][row.pk] = row  # what lies within a wider area
    for steps, here in there.items():
        wider = (there[steps[:length]] for length in range(1, len(steps)) if steps[:length] in there)
        others = {pk: row for rows in (here, around.get(steps, {}), *wider) for pk, row in rows.items()}
        for one in here.values():
            for other in others.values():
                if other.pk != one.pk:
                    yield one, other
