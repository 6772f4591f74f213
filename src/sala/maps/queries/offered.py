"""Which theme maps a front door offers, and which front doors there are to curate for."""

from django.db.models import F, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import subjects
from sala.maps.models import ThemeMap

ON_HOME = 12  # maps of a home page; the others are in the list


def front_doors() -> list[tuple[str, str]]:
    """Code and name of each front door. They stand above this part, so they are looked up as a noun."""
    rows = subjects.by_noun("portal").model_class._default_manager.all()
    return [(row.code, str(row)) for row in rows]  # type: ignore[attr-defined]


def maps_offered(actor: Actor, portal: str) -> QuerySet[ThemeMap]:
    """Theme maps of this front door (its code) and of every one that the actor sees: by topic, its own ones first."""
    return (
        visible(actor, ThemeMap)
        .filter(portal__in=["", portal])
        .select_related("topic")
        .order_by(F("topic__order").asc(nulls_last=True), "-portal", "code")
    )


def maps_of_home(actor: Actor, portal: str, topics: tuple[str, ...]) -> list[ThemeMap]:
    """Published ones for a home page: its own, and those of its topics (codes; none: of every topic) that stand everywhere."""
    rows = maps_offered(actor, portal).filter(is_published=True)
    if topics:
        rows = rows.filter(~Q(portal="") | Q(topic__code__in=topics))
    return list(rows[:ON_HOME])
