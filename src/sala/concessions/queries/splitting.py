"""Land in parts: grants and requests of one ultimate holder that lie near each other, approved or asked for within a time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models.functions import Coalesce

from sala.concessions.calculations.checks import POWER, TOLERANCE
from sala.concessions.calculations.facts import RuleBook
from sala.concessions.calculations.spans import within_months
from sala.concessions.models import AreaPurpose, Concession, Grant
from sala.concessions.queries.parties import ultimate_holders
from sala.concessions.states import ENDED

PURPOSES = [AreaPurpose.REQUESTED.value, AreaPurpose.GRANTED.value]
NARROWEST_DEGREE = 55_000  # metres of a degree of longitude at 60° north or south; nobody granting land lies beyond

_NEAR = """
    with held as (
        select * from unnest(%(concessions)s::bigint[], %(parties)s::bigint[]) as held(concession_id, party)
    ), granted as (
        select a.id, a.concession_id, held.party from held
        join concessions_concessionarea a on a.concession_id = held.concession_id
        where a.is_current and a.purpose = any(%(purposes)s)
    )
    select distinct one.concession_id, other.concession_id, one.party
    from granted one
    join granted other on other.party = one.party and other.concession_id > one.concession_id
    join concessions_areapiece p on p.area_id = one.id
    join concessions_areapiece q on q.area_id = other.id and st_dwithin(p.geometry, q.geometry, %(degrees)s)
    where st_dwithin(p.geometry::geography, q.geometry::geography, %(metres)s)
"""


@dataclass(frozen=True)
class Part:
    """What a level granted to one ultimate holder in one concession on one day, or is asked for by it.

    size  hectares, of all its parties together        decided_on  of what is only asked for, the day of the request
    """

    concession: int
    reference: str
    path: str
    sector: str
    decided_on: date
    level: str
    size: Decimal


@dataclass(frozen=True)
class Split:
    """Hectares of the concession itself that count, and the other parts: reference → hectares."""

    own: Decimal
    others: dict[str, Decimal]

    @property
    def together(self) -> Decimal:
        return sum(self.others.values(), self.own)


def parts_of(book: RuleBook, today: date) -> dict[int, Split]:
    """Concession → the other parts with which it is more than its level might grant.

    Each part alone is within the power of the level on the day of the last approval; together they are not. Of several
    ultimate holders that of the most hectares is told.
    """
    now = book.on(today, "")
    metres, months = (
        now.number(TOLERANCE, "concession.splitting.metres"),
        now.number(TOLERANCE, "concession.splitting.months"),
    )
    if metres is None or months is None:
        return {}
    parts = _parts(today)
    found: dict[int, Split] = {}
    for (pk, top), others in _near(parts, float(metres)).items():
        beside = [part for other in others for part in parts[other, top]]
        for mine in parts[pk, top]:
            counted = [
                part
                for part in beside
                if part.level == mine.level and within_months(part.decided_on, mine.decided_on, int(months))
            ]
            if _is_split(book, mine, counted):
                told: dict[str, Decimal] = defaultdict(Decimal)
                for part in counted:
                    told[part.reference] += part.size
                split = Split(mine.size, dict(told))
                found[pk] = max(found.get(pk, split), split, key=lambda each: each.together)
    return found


def _parts(today: date) -> dict[tuple[int, int], list[Part]]:
    """(concession, ultimate holder) → its parts; the grants that no other one replaces, of concessions that have not ended,
    and what was asked for where nothing is granted yet.
    """
    rows = (
        Grant.objects.filter(
            concession__same_as__isnull=True,
            granted_ha__isnull=False,
            decided_on__isnull=False,
            replaced_by__isnull=True,
        )
        .exclude(level="")
        .exclude(concession__state__in=ENDED)
    )
    columns = ("concession_id", "concession__reference", "concession__area__path", "concession__sector__code",
               "decided_on", "level", "holder_id", "granted_ha")  # fmt: skip
    held = [*rows.values_list(*columns), *_requests()]
    above = ultimate_holders({row[-2] for row in held}, today)
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for *told, holder, size in held:
        for top, _share in above[holder]:
            sums[(top, *told)] += size
    found: dict[tuple[int, int], list[Part]] = defaultdict(list)
    for (top, *told), size in sums.items():
        found[told[0], top].append(Part(*(*told, size)))
    return found


def _requests() -> list[tuple[Any, ...]]:
    """What was asked for of a level by somebody on a day, with its hectares, where no grant is entered."""
    rows = Concession.objects.filter(
        same_as__isnull=True, grants__isnull=True, applicant__isnull=False, requested_on__isnull=False,
        areas__is_current=True, areas__purpose=AreaPurpose.REQUESTED,
    ).exclude(level="").exclude(state__in=ENDED)  # fmt: skip
    size = Coalesce("areas__stated_ha", "areas__mapped_ha")
    found = rows.annotate(size=size).filter(size__isnull=False)
    return list(found.values_list(
        "pk", "reference", "area__path", "sector__code", "requested_on", "level", "applicant_id", "size",
    ))  # fmt: skip


def _is_split(book: RuleBook, mine: Part, counted: list[Part]) -> bool:
    if not counted:
        return False
    last = max([mine, *counted], key=lambda part: part.decided_on)
    rules = book.on(last.decided_on, mine.path)
    limit = rules.number(POWER, f"concession.{mine.level}.{mine.sector}", f"concession.{mine.level}")
    if limit is None or any(part.size > limit for part in (mine, *counted)):
        return False
    return mine.size + sum((part.size for part in counted), Decimal(0)) > limit


def _near(parts: dict[tuple[int, int], list[Part]], metres: float) -> dict[tuple[int, int], set[int]]:
    """(concession, ultimate holder) → other concessions of that holder whose areas, granted or asked for, lie within so many metres."""
    sizes: dict[int, int] = defaultdict(int)
    for _concession, top in parts:
        sizes[top] += 1
    pairs = [pair for pair in parts if sizes[pair[1]] > 1]
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    if pairs:
        concessions, parties = zip(*pairs, strict=True)
        asked: dict[str, Any] = {"concessions": list(concessions), "parties": list(parties), "metres": metres,
                 "degrees": metres / NARROWEST_DEGREE, "purposes": PURPOSES}  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_NEAR, asked)
            for one, other, top in cursor.fetchall():
                found[one, top].add(other)
                found[other, top].add(one)
    return found
