"""What a screening needs to know of the registers on the day: the place, layers at hand, what is like it, the holder."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.concessions.calculations.checks import Neighbour
from sala.concessions.models import AreaPurpose, Concession, ConcessionState, ConstraintLayer, Party, Screening
from sala.concessions.queries.assessments import counts_of
from sala.concessions.queries.cases import ALIKE
from sala.concessions.queries.parties import ultimate_holders
from sala.concessions.redaction import readable
from sala.concessions.states import ENDED
from sala.core import clock
from sala.core.errors import Invalid
from sala.maps.queries.here import places_of
from sala.places.models import Area
from sala.places.queries import country, latest_boundaries

PURPOSES = [AreaPurpose.REQUESTED.value, AreaPurpose.SURVEYED.value, AreaPurpose.GRANTED.value]
WHOLE = 0.999  # share of a shape within an area of administration that counts as all of it


@dataclass(frozen=True)
class Lie:
    """Where a shape lies in the administration of today.

    area     the smallest area that holds all of it; the country where none does
    touched  ids of every area it touches
    inside   share of it within the known boundaries, 0 … 1; None where too few are known to say what lies outside
    """

    area: Area
    touched: frozenset[int]
    inside: float | None


def lie_of(shape: GEOSGeometry) -> Lie:
    places = places_of(shape)
    shares: dict[int, float] = defaultdict(float)
    ranks = dict(Area.objects.filter(pk__in=[row["id"] for row in places]).values_list("pk", "level__rank"))
    for row in places:
        shares[ranks[row["id"]]] += row["share"]
    inside: float | None = min(1.0, max(shares.values(), default=0.0))
    whole = country()
    if inside is not None and inside < WHOLE and whole.pk not in latest_boundaries([whole]):
        inside = None
    holding = [row["id"] for row in places if row["share"] >= WHOLE]
    area = Area.objects.select_related("level").get(pk=holding[-1]) if holding else whole
    return Lie(area, frozenset(ranks), inside)


@dataclass(frozen=True)
class AtHand:
    """A constraining layer, and the share of the shape of which it says nothing."""

    layer: ConstraintLayer
    uncovered: float


def layers_at_hand(shape: GEOSGeometry) -> list[AtHand]:
    """Every constraining layer that is looked at, in the order of its code."""
    rows = list(
        ConstraintLayer.objects.filter(retired=False)
        .select_related("edition", "distribution__dataset__place", "legal_basis")
        .order_by("code")
    )
    boundaries = latest_boundaries({row.distribution.dataset.place_id for row in rows})
    outside = _outside(shape, {row.pk for row in boundaries.values()})
    found = []
    for row in rows:
        boundary = boundaries.get(row.distribution.dataset.place_id)
        found.append(AtHand(row, outside.get(boundary.pk, 0.0) if boundary else 0.0))
    return found


def _outside(shape: GEOSGeometry, boundaries: set[int]) -> dict[int, float]:
    """Boundary → share of the shape that lies outside it."""
    if not boundaries:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "with here as (select st_geomfromewkb(%s) as shape) select b.id, case when st_covers(b.geometry, here.shape)"
            " then 0 else 1 - st_area(st_intersection(b.geometry, here.shape)::geography)"
            " / nullif(st_area(here.shape::geography), 0) end from places_boundary b, here where b.id = any(%s)",
            [bytes(shape.ewkb), sorted(boundaries)],
        )
        return {pk: max(0.0, round(float(share or 0), 4)) for pk, share in cursor.fetchall()}


def alike(shape: GEOSGeometry, ids: list[int], besides: int | None) -> dict[int, float]:
    """Concession → shared part of the union of its current granted or requested shape and this one, of those asked."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "with here as (select st_geomfromewkb(%s) as shape)"
            " select a.concession_id, max(st_area(st_intersection(s.geometry, here.shape))"
            " / nullif(st_area(st_union(s.geometry, here.shape)), 0))"
            " from concessions_areashape s join concessions_concessionarea a on a.id = s.area_id, here"
            " where a.concession_id = any(%s) and a.concession_id <> %s and a.is_current and a.purpose = any(%s)"
            " and s.geometry && here.shape group by 1",
            [bytes(shape.ewkb), ids, besides or 0, PURPOSES],
        )
        return {pk: round(float(share), 4) for pk, share in cursor.fetchall() if share and share > float(ALIKE)}


def related_parties(holder: Party) -> set[int]:
    """Parties with the same ultimate holder as this one, itself and its doubles included."""
    tops = {pk for pk, _share in ultimate_holders([holder.pk], clock.today())[holder.pk]}
    everybody = list(
        Party.objects.filter(Q(grants__isnull=False) | Q(pk=holder.pk) | Q(pk__in=tops)).values_list("pk", flat=True)
    )
    found = ultimate_holders(sorted({*everybody, holder.pk}), clock.today())
    return {pk for pk, above in found.items() if tops & {top for top, _share in above}} | {holder.pk}


def neighbours_of(shape: GEOSGeometry, parties: Iterable[int], besides: int | None) -> list[Neighbour]:
    """Grants and requests of these parties that have not ended, with metres to the shape."""
    rows = (
        Concession.objects.filter(grants__holder__in=list(parties), same_as__isnull=True)
        .exclude(state__in=ENDED)
        .exclude(pk=besides or 0)
        .distinct()
        .prefetch_related("grants", "areas__shape")
    )
    distances = _metres(shape, [row.pk for row in rows])
    found = []
    for row in rows:
        grant = max(row.grants.all(), key=lambda each: (each.decided_on is not None, each.decided_on), default=None)
        area = next((each for each in row.areas.all() if each.is_current and each.purpose in PURPOSES), None)
        size = (grant.granted_ha if grant else None) or (area.hectares if area else None) or Decimal(0)
        found.append(
            Neighbour(
                row.reference,
                size,
                distances.get(row.pk),
                (grant.decided_on if grant else None) or row.requested_on,
                (grant.level if grant else "") or row.level,
            )
        )
    return found


def _metres(shape: GEOSGeometry, ids: list[int]) -> dict[int, float]:
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "with here as (select st_geomfromewkb(%s)::geography as shape)"
            " select a.concession_id, min(st_distance(p.geometry::geography, here.shape))"
            " from concessions_areapiece p join concessions_concessionarea a on a.id = p.area_id, here"
            " where a.concession_id = any(%s) and a.is_current and a.purpose = any(%s) group by 1",
            [bytes(shape.ewkb), ids, PURPOSES],
        )
        return {pk: float(metres) for pk, metres in cursor.fetchall()}


def ended_badly(parties: Iterable[int]) -> int:
    """How many concessions of these parties were terminated."""
    return (
        Concession.objects.filter(grants__holder__in=list(parties), state=ConcessionState.TERMINATED).distinct().count()
    )


def grades_of(parties: Iterable[int]) -> dict[str, int]:
    """Grades that stand for concessions of these parties → how many of each."""
    held = Concession.objects.filter(grants__holder__in=list(parties), same_as__isnull=True).distinct()
    return counts_of(held.values_list("pk", flat=True))


def screenings_for(actor: Actor) -> Any:
    rows = visible(actor, Screening).select_related("owner", "area", "concession")
    return rows.order_by("-made_at", "-pk")


def shown_references(actor: Actor, references: Iterable[str]) -> dict[str, Concession]:
    """The concessions among these that the actor may see with their boundaries, by reference."""
    rows = readable(actor, "shape").filter(reference__in=list(references)).select_related("lead")
    return {row.reference: row for row in rows}


def shape_of_concession(concession: Concession) -> Any:
    """Its current boundaries: granted before surveyed before requested. Raises Invalid where none is known."""
    shapes = {
        row.purpose: row.shape.geometry
        for row in concession.areas.filter(is_current=True, shape__geometry__isnull=False).select_related("shape")
    }
    for purpose in (AreaPurpose.GRANTED, AreaPurpose.SURVEYED, AreaPurpose.REQUESTED):
        if purpose in shapes:
            return shapes[purpose]
    raise Invalid(_("No boundaries of this concession are known. Enter them first, or draw the area here."))
