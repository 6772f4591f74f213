"""Minutes that offices ask of places in a year, from the visits and the expected answers that the reader may know of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from sala.access.actor import Actor, path_ids
from sala.access.scope import Tier, visible
from sala.collection.burden import Asked, Stay, burden, saved
from sala.collection.models import Expected, ExpectedState, Visit, VisitState
from sala.collection.queries.visits import smallest_in, within
from sala.core import clock
from sala.people.models import Organisation
from sala.places.models import Area

COUNTED = (VisitState.PLANNED, VisitState.DONE)


@dataclass
class Line:
    """One place and what is asked of it. minutes: by ministry (its number)"""

    area: Area
    minutes: dict[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.minutes.values())


def stay_of(visit: Visit) -> Stay:
    """visit  with its organisation, its areas, and those of what it took in"""
    return Stay(
        house=ministry(visit.organisation.path), areas=frozenset(area.pk for area in visit.areas.all()), minutes=visit.minutes,
        parts=tuple(stay_of(part) for part in visit.taken_in.all()),
        asked=(visit.call_id, visit.form_id) if visit.call_id else None,
    )  # fmt: skip


def ministry(path: str) -> int:
    """The organisation at the top of a path."""
    return path_ids(path)[0]


def with_parts(rows: Iterable[int]) -> list[Visit]:
    """Visits by their numbers, loaded as stay_of wants them."""
    loaded = Visit.objects.filter(pk__in=list(rows)).select_related("organisation")
    return list(
        loaded.prefetch_related("areas", "taken_in__organisation", "taken_in__areas", "taken_in__taken_in__areas")
    )


def saved_by(visit: Visit) -> int:
    """Minutes that a joint visit spares all its places together, beside what its parts would have taken."""
    [loaded] = with_parts([visit.pk])
    places = {area.pk: path_ids(area.path) for area in smallest_in(loaded.areas.all()).only("path")}
    return saved(stay_of(loaded), places)


def would_save(visits: Iterable[Visit], minutes: int) -> int:
    """The same for visits that are not joint yet, if a joint one took so many minutes at each place."""
    loaded = with_parts(visit.pk for visit in visits)
    parts = tuple(stay_of(visit) for visit in loaded)
    joint = Stay(house=0, areas=frozenset(pk for part in parts for pk in part.areas), minutes=minutes, parts=parts)
    places = smallest_in({area for visit in loaded for area in visit.areas.all()}).only("path")
    return saved(joint, {area.pk: path_ids(area.path) for area in places})


def burden_of(actor: Actor, ground: Area, year: int) -> tuple[list[Line], dict[int, Organisation]]:
    """Each smallest place in the ground of which something is asked, the most burdened first; and the ministries.

    An answer counts in the year in which it is due, a visit in the year in which it begins.
    """
    places = {area.pk: area for area in smallest_in([ground]).select_related("parent")}
    asked = _asked(actor, Q(area__path__startswith=ground.path), year)
    others = Area.objects.filter(pk__in={one.place for one in asked} - places.keys()).select_related("parent")
    places.update({area.pk: area for area in others})
    chains = {pk: path_ids(area.path) for pk, area in places.items()}
    found = burden(chains, _stays(actor, within(ground), year), asked)
    lines = [Line(places[pk], minutes) for pk, minutes in found.items()]  # type: ignore[arg-type]
    lines.sort(key=lambda line: (-line.total, line.area.code))
    houses = Organisation.objects.in_bulk({house for line in lines for house in line.minutes})
    return lines, dict(sorted(houses.items(), key=lambda item: item[1].code))


def visits_and_minutes(actor: Actor, place: Area) -> tuple[list[Visit], int]:
    """Visits to come to a place without smaller ones, and the minutes that all ask of it this year."""
    today = clock.today()
    first, last = today.replace(month=1, day=1), today.replace(month=12, day=31)
    rows = visible(actor, Visit).filter(within(place), state__in=COUNTED, ends_on__gte=first).order_by().values("pk")
    found = list(Visit.objects.filter(pk__in=rows).select_related("organisation").order_by("starts_on", "pk"))
    begun = [visit.pk for visit in found if first <= visit.starts_on <= last]
    stays = [stay_of(visit) for visit in with_parts(begun)] if begun else []
    minutes = burden(
        {place.pk: path_ids(place.path)}, stays, _asked(actor, Q(area__path__startswith=place.path), today.year)
    )
    coming = [visit for visit in found if visit.state == VisitState.PLANNED and visit.ends_on >= today]
    return coming, sum(minutes.get(place.pk, {}).values())


def minutes_this_year(actor: Actor, places: Iterable[Area]) -> dict[int, int]:
    """Place → minutes that all offices ask of it this year, as far as the reader may know of them."""
    chains = {area.pk: path_ids(area.path) for area in places}
    year = clock.today().year
    around = {pk for chain in chains.values() for pk in chain}
    found = burden(chains, _stays(actor, Q(areas__in=around), year), _asked(actor, Q(area__in=chains), year))
    return {pk: sum(houses.values()) for pk, houses in found.items()}


def by_house(lines: Iterable[Line]) -> Mapping[int, int]:
    """Ministry → minutes of all these places together."""
    found: dict[int, int] = {}
    for line in lines:
        for house, minutes in line.minutes.items():
            found[house] = found.get(house, 0) + minutes
    return found


def _stays(actor: Actor, there: Q, year: int) -> list[Stay]:
    """there: which visits, by their areas"""
    rows = visible(actor, Visit).filter(state__in=COUNTED, starts_on__range=(date(year, 1, 1), date(year, 12, 31)))
    ids = list(rows.filter(there).order_by().values_list("pk", flat=True))
    return [stay_of(visit) for visit in with_parts(ids)] if ids else []


def _asked(actor: Actor, there: Q, year: int) -> list[Asked]:
    """Answers that are expected, of public rounds and of those whose answers the reader sees, told by place and form.

    What will not come is not counted, nor is what is given in another round. there: of which places
    """
    here = there & Q(assignment__due_on__range=(date(year, 1, 1), date(year, 12, 31)))
    seen = visible(actor, Expected).filter(here).order_by().values("pk")
    rows = Expected.objects.filter(
        Q(assignment__call__tier=Tier.PUBLIC) | Q(pk__in=seen), here, given_in__isnull=True, form__minutes__gt=0
    ).exclude(state=ExpectedState.WAIVED)
    grouped = rows.order_by().values_list("area", "form__owner__path", "assignment__call", "form", "form__minutes")
    return [
        Asked(area, ministry(path), call, form, minutes, count)
        for area, path, call, form, minutes, count in grouped.annotate(count=Count("pk"))
    ]
