"""Facilities: those of a day, of a kind and a place; how many; by words."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock, lao
from sala.core.language import says
from sala.places.models import Area, Facility, FacilityKind, FacilityPlace

OPEN, CLOSED = "open", "closed"
SYSTEMS = "facility_code_systems"  # the fact of the pack that names the code systems of facilities


def registered() -> QuerySet[Facility]:
    """All facilities, open and closed, each once."""
    return Facility.objects.filter(is_duplicate=False)


def open_on(day: date) -> QuerySet[Facility]:
    """The facilities that worked on the day. Their `area` is today's: ask place_on for that of the day."""
    return registered().filter(Exists(FacilityPlace.objects.filter(facility=OuterRef("pk"), valid__contains=day)))


def facilities_of(kind: FacilityKind | str | None, path: str, day: date | None = None) -> QuerySet[Facility]:
    """The facilities of a kind (None: of every kind) that worked in an area (its path; empty: anywhere) on a day.

    Where a facility stood on that day counts, so that a school that moved later is asked where it was. The area's own
    tree is today's.
    """
    places = FacilityPlace.objects.filter(
        facility=OuterRef("pk"), valid__contains=day or clock.today(), area__path__startswith=path
    )
    rows = registered().filter(Exists(places))
    if kind is None:
        return rows
    return rows.filter(kind__code=kind) if isinstance(kind, str) else rows.filter(kind=kind)


def place_on(facility: Facility, day: date) -> Area | None:
    """Where the facility worked on the day; None when it did not."""
    row = FacilityPlace.objects.filter(facility=facility, valid__contains=day).select_related("area").first()
    return row.area if row else None


def stays(facility: Facility) -> Facility:
    """The facility itself, or the one that it turned out to be."""
    return facility.successor if facility.is_duplicate and facility.successor else facility


def find_facilities(actor: Actor, *, kind: str = "", place: str = "", state: str = "", q: str = "",
                    day: date | None = None) -> QuerySet[Facility]:  # fmt: skip
    """The register narrowed: by codes of the kind and of a place with all in it, open or closed, and words.

    q  each word stands in a name, in an other spelling or in a code; a whole code of any system finds its facility
    """
    today = day or clock.today()
    rows = visible(actor, Facility).filter(is_duplicate=False)
    if kind:
        rows = rows.filter(kind__code=kind)
    if place:
        area = Area.objects.filter(code__iexact=lao.digits(place)).first()
        rows = rows.filter(area__path__startswith=area.path) if area else rows.none()
    if state == OPEN:
        rows = rows.filter(pk__in=open_on(today).values("pk"))
    elif state == CLOSED:
        rows = rows.filter(closed_on__lte=today)
    for word in lao.stored(q).split():
        rows = rows.filter(_says(word))
    return rows


def _says(word: str) -> Q:
    code = lao.digits(word)
    named = says("name", word) | Q(code__icontains=code)
    also = Facility.objects.filter(
        Q(names__text__icontains=word) | Q(names__key__contains=lao.normalise(word)) | Q(codes__value__icontains=code)
    )
    return named | Q(pk__in=also.values("pk"))


def counts_here(actor: Actor, area: Area) -> list[dict[str, Any]]:
    """How many facilities of each kind work in an area today: kind and count, in the pack's order."""
    rows = facilities_of(None, area.path).filter(pk__in=visible(actor, Facility).values("pk"))
    counted = dict(rows.order_by().values_list("kind").annotate(count=Count("pk")))
    kinds = FacilityKind.objects.filter(pk__in=counted)
    return [{"kind": kind, "count": counted[kind.pk]} for kind in kinds]
