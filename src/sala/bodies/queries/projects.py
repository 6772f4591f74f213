"""Projects by place, topic, state and partner, and those that are like another one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sala.access.actor import Actor, path_ids
from sala.access.scope import visible
from sala.bodies.calculations import Undertaking, similar
from sala.bodies.models import Project
from sala.core import lao
from sala.core.language import says
from sala.core.models import Term
from sala.places.models import Area


def within(area: Area) -> Q:
    """Projects that work in a place: in a part of it, or in a larger one around it."""
    return Q(areas__path__startswith=area.path) | Q(areas__in=path_ids(area.path))


def projects_for(actor: Actor, *, place: str = "", topic: str = "", state: str = "", kind: str = "", partner: str = "",
                 q: str = "") -> QuerySet[Project]:  # fmt: skip
    """Projects the actor may see, narrowed by codes and by words in the title; the newest first."""
    rows = visible(actor, Project)
    if place:
        area = Area.objects.filter(code=place).first()
        rows = rows.filter(within(area)) if area else rows.none()
    for lookup, value in {
        "topics__code": topic,
        "state": state,
        "kind": kind,
        "partners__organisation__code": partner,
    }.items():
        if value:
            rows = rows.filter(**{lookup: value})
    if q:
        rows = rows.filter(says("title", lao.stored(q)))
    ids = rows.values("pk")
    chosen = visible(actor, Project).filter(pk__in=ids).select_related("owner")
    return chosen.prefetch_related("areas", "partners__organisation", "topics").order_by("-starts_on", "slug")


@dataclass(frozen=True)
class Similar:
    """A project like another one: in which places, on which topics, on how many common days (None: without end)."""

    project: Project
    areas: list[Area]
    topics: list[Term]
    days: int | None


def similar_projects(actor: Actor, *, areas: Iterable[Area], topics: Iterable[Term], start: date, end: date | None,
                     leaving_out: int | None = None) -> list[Similar]:  # fmt: skip
    """Projects the actor may see that do something like it at the same time in the same places."""
    areas, topics = list(areas), list(topics)
    if not areas or not topics:
        return []
    near = Q()
    for area in areas:
        near |= within(area)
    rows = (
        visible(actor, Project).filter(near, topics__in=topics).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=start))
    )
    if end:
        rows = rows.filter(starts_on__lte=end)
    found = Project.objects.filter(pk__in=rows.exclude(pk=leaving_out or 0).values("pk")).select_related("owner")
    others = {row.pk: row for row in found.prefetch_related("areas", "topics", "partners__organisation")}
    wanted = Undertaking(
        leaving_out, frozenset(area.path for area in areas), start, end, frozenset(term.code for term in topics)
    )
    by_path = {area.path: area for area in [*areas, *(area for row in others.values() for area in row.areas.all())]}
    by_code = {term.code: term for term in topics}
    return [
        Similar(
            others[like.key],  # type: ignore[index]
            [by_path[path] for path in sorted(like.areas)],
            [by_code[code] for code in sorted(like.topics)],
            like.days,
        )
        for like in similar(wanted, map(as_undertaking, others.values()))
    ]


def as_undertaking(project: Project) -> Undertaking:
    return Undertaking(
        project.pk,
        frozenset(area.path for area in project.areas.all()),
        project.starts_on,
        project.ends_on,
        frozenset(term.code for term in project.topics.all()),
    )
