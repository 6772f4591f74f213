"""Facilities that may be one entered twice, and those like one that somebody is about to enter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import Q, QuerySet

from sala.access.actor import Actor, path_ids
from sala.access.scope import visible
from sala.places import policy
from sala.places.keys import keys_of
from sala.places.likeness import Known, Pair, folded_code, like, pairs
from sala.places.models import Area, Facility, FacilityCode, FacilityKind, NotSame

DISTRICT = 2  # rank of the level within which a name tells facilities apart
REACH = 0.01  # degrees around a point in which one like it is looked for


def around(area: Area) -> int:
    """Id of the district of an area, or of the area itself where it is larger than one."""
    return path_ids(area.path)[: DISTRICT + 1][-1]


def known_of(rows: QuerySet[Facility]) -> list[Known]:
    """What two facilities are compared by, in two queries however many there are."""
    codes: dict[int, set[tuple[str, str]]] = {}
    for pk, system, value in FacilityCode.objects.filter(facility__in=rows).values_list("facility", "system", "value"):
        codes.setdefault(pk, set()).add((system, folded_code(value)))
    found = rows.order_by("pk").values_list("pk", "kind_id", "area__path", "keys", "point")
    return [
        Known(
            pk=pk, kind=kind, around=path_ids(path)[: DISTRICT + 1][-1], keys=tuple(keys),
            point=(point.x, point.y) if point else None, codes=frozenset(codes.get(pk, ())),
        )
        for pk, kind, path, keys, point in found
    ]  # fmt: skip


@dataclass(frozen=True)
class Likely:
    """Two facilities that may be one, and why."""

    one: Facility
    other: Facility
    pair: Pair


def likely_pairs(rows: QuerySet[Facility]) -> list[Pair]:
    """Pairs among these that may be one, without those on which somebody decided that they are two."""
    decided = set(NotSame.objects.filter(one__in=rows, other__in=rows).values_list("one_id", "other_id"))
    return [pair for pair in pairs(known_of(rows)) if (pair.one, pair.other) not in decided]


def shown_pairs(some: Iterable[Pair]) -> list[Likely]:
    """The facilities of these pairs, read at once."""
    wanted = list(some)
    ids = {pk for pair in wanted for pk in (pair.one, pair.other)}
    rows = Facility.objects.filter(pk__in=ids).select_related("kind", "area__level").prefetch_related("codes", "names")
    by_id = {row.pk: row for row in rows}
    return [Likely(by_id[pair.one], by_id[pair.other], pair) for pair in wanted]


def within_right(actor: Actor, rows: QuerySet[Facility], verb: str = policy.FACILITY_MERGE) -> QuerySet[Facility]:
    """Those of the rows on which the actor holds the verb."""
    if actor.is_everything:
        return rows
    condition = Q(pk__in=[])
    for one in actor.holdings:
        for grant in one.grants:
            if verb in grant.verbs:
                kept = Q(kind__keepers=[]) | Q(kind__keepers__overlap=path_ids(one.organisation_path))
                condition |= Q(area__path__startswith=grant.area_path) & (kept if grant.organisation_path else Q())
    return rows.filter(condition)


def kinds_within_right(actor: Actor, verb: str = policy.FACILITY_EDIT) -> list[int]:
    """Ids of the kinds of which the actor may keep facilities, somewhere."""
    kinds = FacilityKind.objects.filter(retired=False)
    if actor.is_everything:
        return [kind.pk for kind in kinds]
    houses: set[int] = set()
    for one in actor.holdings:
        for grant in one.grants:
            if verb in grant.verbs and not grant.organisation_path:
                return [kind.pk for kind in kinds]
            if verb in grant.verbs:
                houses |= set(path_ids(one.organisation_path))
    return [kind.pk for kind in kinds if not kind.keepers or houses & set(kind.keepers)]


def like_new(actor: Actor, *, kind: FacilityKind, name: Mapping[str, str], area: Area, names: Iterable[str] = (),
             point: Point | None = None, codes: Mapping[str, str] | None = None, **_more: Any) -> list[Likely]:  # fmt: skip
    """Facilities that may be the one that is about to be entered."""
    district = Area.objects.get(pk=around(area))
    near = Q(area__path__startswith=district.path)
    if point is not None:
        near |= Q(point__bboverlaps=point.buffer(REACH))
    for system, value in (codes or {}).items():
        near |= Q(codes__system=system, codes__value__icontains=folded_code(value))
    rows = visible(actor, Facility).filter(is_duplicate=False, kind=kind)
    rows = Facility.objects.filter(pk__in=rows.filter(near).values("pk"))
    wanted = Known(
        pk=0, kind=kind.pk, around=around(area), keys=tuple(keys_of(kind, area, [*name.values(), *names])),
        point=(point.x, point.y) if point else None,
        codes=frozenset((system, folded_code(value)) for system, value in (codes or {}).items()),
    )  # fmt: skip
    found = like(wanted, known_of(rows))
    by_id = {row.pk: row for row in rows.filter(pk__in=[pair.other for pair in found]).select_related("kind", "area")}
    return [Likely(by_id[pair.other], by_id[pair.other], pair) for pair in found]
