"""Grants in parts: those of one ultimate holder that lie near each other and were approved within a time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from sala.concessions.calculations.checks import POWER, TOLERANCE
from sala.concessions.calculations.facts import RuleBook
from sala.concessions.calculations.spans import within_months
from sala.concessions.models import Grant
from sala.concessions.queries.parties import ultimate_holders
from sala.concessions.states import ENDED

NARROWEST_DEGREE = 55_000  # metres of a degree of longitude at 60° north or south; nobody granting land lies beyond

_NEAR = """
    with held as (
        select * from unnest(%(concessions)s::bigint[], %(parties)s::bigint[]) as held(concession_id, party)
    ), granted as (
        select a.id, a.concession_id, held.party from held
        join concessions_concessionarea a on a.concession_id = held.concession_id
        where a.is_current and a.purpose = 'granted'
    )
    select distinct one.concession_id, other.concession_id
    from granted one
    join granted other on other.party = one.party and other.concession_id > one.concession_id
    join concessions_areapiece p on p.area_id = one.id
    join concessions_areapiece q on q.area_id = other.id and st_dwithin(p.geometry, q.geometry, %(degrees)s)
    where st_dwithin(p.geometry::geography, q.geometry::geography, %(metres)s)
"""


@dataclass(frozen=True)
class Part:
    """A grant that may be one of several parts. size: hectares"""

    concession: int
    reference: str
    path: str
    sector: str
    size: Decimal
    decided_on: date
    level: str


def parts_of(book: RuleBook, today: date) -> dict[int, dict[str, Decimal]]:
    """Concession → the other parts (reference → hectares) with which it is more than its level might grant.

    Each part alone is within the power of the level on the day of the last approval; together they are not.
    """
    now = book.on(today, "")
    metres, months = (
        now.number(TOLERANCE, "concession.splitting.metres"),
        now.number(TOLERANCE, "concession.splitting.months"),
    )
    if metres is None or months is None:
        return {}
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
               "granted_ha", "decided_on", "level", "holder_id")  # fmt: skip
    parts, held = {}, []
    for *told, holder in rows.values_list(*columns):
        parts[told[0]] = Part(*told)
        held.append((told[0], holder))
    near = _near(held, float(metres), today)
    found: dict[int, dict[str, Decimal]] = {}
    for pk, others in near.items():
        mine = parts[pk]
        counted = [
            parts[other]
            for other in others
            if parts[other].level == mine.level and within_months(parts[other].decided_on, mine.decided_on, int(months))
        ]
        if _is_split(book, mine, counted):
            found[pk] = {other.reference: other.size for other in counted}
    return found


def _is_split(book: RuleBook, mine: Part, counted: list[Part]) -> bool:
    if not counted:
        return False
    last = max([mine, *counted], key=lambda part: part.decided_on)
    rules = book.on(last.decided_on, mine.path)
    limit = rules.number(POWER, f"concession.{mine.level}.{mine.sector}", f"concession.{mine.level}")
    if limit is None or any(part.size > limit for part in (mine, *counted)):
        return False
    return mine.size + sum((part.size for part in counted), Decimal(0)) > limit


def _near(held: list[tuple[int, int]], metres: float, today: date) -> dict[int, set[int]]:
    """Concession → others with an ultimate holder in common whose granted areas lie within so many metres."""
    above = ultimate_holders({holder for _concession, holder in held}, today)
    pairs = [(concession, top) for concession, holder in held for top, _share in above[holder]]
    sizes: dict[int, int] = defaultdict(int)
    for _concession, top in pairs:
        sizes[top] += 1
    pairs = [pair for pair in pairs if sizes[pair[1]] > 1]
    found: dict[int, set[int]] = defaultdict(set)
    if pairs:
        concessions, parties = zip(*pairs, strict=True)
        asked: dict[str, Any] = {"concessions": list(concessions), "parties": list(parties), "metres": metres,
                 "degrees": metres / NARROWEST_DEGREE}  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_NEAR, asked)
            for one, other in cursor.fetchall():
                found[one].add(other)
                found[other].add(one)
    return found
