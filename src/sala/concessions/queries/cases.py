"""Everything a finding is reckoned from, read for many concessions in a number of statements that does not grow with them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from sala.concessions.calculations.facts import Dated, Fact, RuleBook
from sala.concessions.calculations.findings import Case, GrantFacts, Shared
from sala.concessions.calculations.names import name_keys
from sala.concessions.calculations.situations import Signs
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
from sala.concessions.queries.inspections import last_seen
from sala.concessions.queries.orders import notices_open
from sala.concessions.queries.overlaps import layers_of_concessions
from sala.concessions.queries.pairs import overlapping_pairs
from sala.concessions.queries.rules import ABOUT, KINDS
from sala.concessions.queries.splitting import parts_of
from sala.documents.models import Rule
from sala.ledger.queries.about import last_paid

ALIKE = Decimal("0.8")  # share of the union of two areas that both have in common

_OUTSIDE = """
    select d.concession_id, st_area(st_difference(s.geometry, t.geometry)::geography) / 10000
    from concessions_concessionarea d
    join concessions_areashape s on s.area_id = d.id and s.geometry is not null
    join concessions_concessionarea g on g.concession_id = d.concession_id and g.is_current and g.purpose = 'granted'
    join concessions_areashape t on t.area_id = g.id and t.geometry is not null
    where d.is_current and d.purpose = 'implementation' and not st_coveredby(s.geometry, t.geometry) and {which}
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


def _outside(ids: list[int] | None) -> dict[int, Decimal]:
    """Concession → hectares of its developed area that lie outside the granted one."""
    which = "d.concession_id = any(%(ids)s)" if ids is not None else "true"
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE.format(which=which), {"ids": ids})
        return {pk: _hectares(ha) for pk, ha in cursor.fetchall()}


def _hectares(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def known(book: RuleBook, ids: Iterable[int] | None = None, *, today: date) -> list[Known]:
    """Cases of these concessions, or of all; entries that are doubles of others are left out."""
    wanted = sorted(set(ids)) if ids is not None else None
    entries = Concession.objects.filter(same_as__isnull=True).select_related("area", "sector").order_by("pk")
    rows = list(entries if wanted is None else entries.filter(pk__in=wanted))
    within = {"concession__in": [row.pk for row in rows]} if wanted is not None else {}
    commodities, papers = (
        _sets(Commodity.objects.filter(is_current=True, **within), "commodity__code"),
        _sets(ConcessionDocument.objects.filter(**within), "role__code"),
    )
    grants = _lists(Grant.objects.filter(**within).select_related("holder", "body"))
    areas = _lists(ConcessionArea.objects.filter(is_current=True, **within))
    plan = _lists(PlannedDevelopment.objects.filter(year__lte=today.year, **within).order_by("year"))
    outside = _outside(wanted)
    overlaps, layers = _overlaps(wanted), _layers(wanted)
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
            commodities=frozenset(commodities[row.pk]), state=row.state, papers=frozenset(papers[row.pk]),
            grants=[_grant(grant, today) for grant in grants[row.pk]],
            mapped_ha=granted.mapped_ha if granted else None, accuracy=granted.accuracy if granted else "",
            developed_ha=developed.hectares if developed else None, outside_ha=outside.get(row.pk),
            overlaps=overlaps[row.pk], layers=layers[row.pk], twins=twins[row.pk],
            split_with=split.others if split else {}, split_ha=split.own if split else None,
        )  # fmt: skip
        told = paid.get(row.pk), seen.get(row.pk, (None, None)), notices.get(row.pk)
        signs = _signs(row, case, grants[row.pk], areas[row.pk], plan[row.pk], today, *told)
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


def _holds(grant: Grant, today: date) -> bool:
    since, until = grant.valid.lower, grant.valid.upper
    return (since is None or since <= today) and (until is None or today < until)


def _grant(grant: Grant, today: date) -> GrantFacts:
    said = (grant.body_name, *(grant.body.name.values() if grant.body else ()))
    return GrantFacts(
        number=grant.pk, granted_ha=grant.granted_ha, decided_on=grant.decided_on, signed_on=grant.signed_on,
        level=grant.level, months=grant.term_months, is_current=_holds(grant, today),
        body=_body(said), valid=grant.valid,
    )  # fmt: skip


@lru_cache(maxsize=1000)  # few bodies approve very many grants
def _body(said: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name_keys(said))


def _signs(
    row: Concession, case: Case, grants: list[Grant], areas: list[ConcessionArea], plan: list[PlannedDevelopment],
    today: date, paid_on: date | None, seen: tuple[date | None, date | None], notice_due: date | None,
) -> Signs:  # fmt: skip
    ends = [grant.ends_on for grant in grants if grant.ends_on]
    developed = next((area for area in areas if area.purpose == AreaPurpose.IMPLEMENTATION), None)
    return Signs(
        state=row.state, ends_on=max(ends, default=None),
        has_grant=any(_holds(grant, today) for grant in grants),
        has_agreement=bool(case.papers & {"agreement", "decision"}), has_holder=bool(grants),
        has_area=any(area.hectares for area in areas),
        disputed=any(area.purpose == AreaPurpose.DISPUTED for area in areas),
        title_to_person="title" in case.papers and any(grant.holder.kind == PartyKind.PERSON for grant in grants),
        developed_ha=case.developed_ha, planned_ha=plan[-1].hectares if plan else None,
        seen_on=max(filter(None, [developed.measured_on if developed else None, seen[1]]), default=None), paid_on=paid_on,
        inspected_on=seen[0], notice_due=notice_due,
    )  # fmt: skip


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


def _layers(wanted: list[int] | None) -> dict[int, list[Shared]]:
    layers = ConstraintLayer.objects.filter(retired=False).in_bulk()
    found: dict[int, list[Shared]] = defaultdict(list)
    if layers:
        for pk, layer, ha in layers_of_concessions(wanted, list(layers)):
            row = layers[layer]
            found[pk].append(Shared(row.code, ha, effect=row.effect, edition=row.edition_id))
    return found


def _twins(rows: list[Concession], grants: dict[int, list[Any]], wanted: list[int] | None) -> dict[int, dict[str, str]]:
    """Entries that may be the same: one name key in one area, or one holder with hectares within one per cent there."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    everybody = rows
    if wanted is not None:
        areas = {row.area_id for row in rows}
        everybody = list(Concession.objects.filter(same_as__isnull=True, area__in=areas))
        missing = [row.pk for row in everybody if row.pk not in grants]
        grants = {**grants, **_lists(Grant.objects.filter(concession__in=missing).select_related("holder"))}
    by_name: dict[tuple[int, str], list[Concession]] = defaultdict(list)
    by_holder: dict[tuple[int, int], list[tuple[Concession, Decimal]]] = defaultdict(list)
    for row in everybody:
        for key in row.keys:
            by_name[row.area_id, key].append(row)
        for grant in grants.get(row.pk, []):
            if grant.granted_ha:
                by_holder[row.area_id, grant.holder_id].append((row, grant.granted_ha))
    mine = {row.pk for row in rows}
    for same in by_name.values():
        for one in same:
            if one.pk in mine:
                found[one.pk] |= {other.reference: "name" for other in same if other.pk != one.pk}
    for held in by_holder.values():
        for row, size in held:
            if row.pk in mine:
                for other, its in held:
                    if other.pk != row.pk and abs(size - its) * 100 <= size:
                        found[row.pk].setdefault(other.reference, "holder")
    return found
