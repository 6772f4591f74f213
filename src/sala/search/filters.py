"""By what a search is narrowed, and as which condition on a search row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sala.access.actor import Actor
from sala.access.scope import Tier
from sala.core import clock
from sala.search.analysis import quoted

NEWEST, RELEVANCE = "newest", "relevance"


@dataclass(frozen=True)
class Filters:
    """Empty values do not narrow. place and owner are codes; bbox is west, south, east, north in degrees.

    home_place, home_topics  what the front door is for, as a silent first narrowing: a place's code; topics of which
                             one must match, where an object has any
    """

    noun: str = ""
    kind: str = ""
    topic: str = ""
    place: str = ""
    owner: str = ""
    year: int | None = None
    tier: str = ""
    bbox: tuple[float, float, float, float] | None = None
    sort: str = RELEVANCE
    home_place: str = ""
    home_topics: Sequence[str] = field(default=())

    def narrows(self) -> bool:
        return self != Filters(sort=self.sort)


@dataclass
class Condition:
    """SQL over the row `r`, joined by AND, with its parameters."""

    terms: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, term: str, **values: Any) -> None:
        self.terms.append(term)
        self.values |= values

    def __str__(self) -> str:
        return " and ".join(self.terms) or "true"


def released(actor: Actor) -> Condition:
    """Rows past their release, or whose owners the actor is one of."""
    condition = Condition()
    if not actor.is_everything:
        condition.add(
            "(r.not_before is null or r.not_before <= %(now)s or r.before && %(audiences)s::varchar[])",
            now=clock.now(), audiences=sorted(actor.audiences),
        )  # fmt: skip
    return condition


def readable(actor: Actor) -> str:
    """SQL of the audiences' part of permission, where the query does not hold them. Goes with `released`."""
    return "true" if actor.is_everything else "r.audiences && %(audiences)s::varchar[]"


def with_audiences(actor: Actor, query: str) -> str:
    """The tsquery, for rows of the actor's audiences only."""
    if actor.is_everything:
        return query
    return f"({query}) & ({' | '.join(quoted(f'@{audience}') for audience in sorted(actor.audiences))})"


def narrowed(
    condition: Condition, filters: Filters, places: dict[str, int], owner_id: int | None, actor: Actor
) -> Condition:
    """Add the filters. places: ids of the place codes named; a code that is nowhere finds nothing."""
    for name in ("noun", "kind"):
        if getattr(filters, name):
            condition.add(f"r.{name} = %({name})s", **{name: getattr(filters, name)})
    if filters.topic:
        condition.add("%(topic)s = any(r.topics)", topic=filters.topic)
    if filters.home_topics:
        condition.add(
            "(r.topics && %(home_topics)s::varchar[] or r.topics = '{}')", home_topics=list(filters.home_topics)
        )
    for name in ("place", "home_place"):
        if getattr(filters, name):
            condition.add(f"r.area_ids @> array[%({name})s::bigint]", **{name: places.get(getattr(filters, name), -1)})
    if filters.owner:
        condition.add("r.owner_id = %(owner)s", owner=-1 if owner_id is None else owner_id)
    if filters.year is not None:
        condition.add("r.year = %(year)s", year=filters.year)
    if filters.tier and sees_tiers(actor):
        condition.add("r.tier = %(tier)s", tier=filters.tier if filters.tier in set(Tier) else "")
    if filters.bbox:
        west, south, east, north = filters.bbox
        condition.add(
            "r.extent && st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)",
            west=west, south=south, east=east, north=north,
        )  # fmt: skip
    return condition


def sees_tiers(actor: Actor) -> bool:
    """To the public everything found is public; the tier tells staff what may be passed on."""
    return actor.is_government or actor.is_everything
