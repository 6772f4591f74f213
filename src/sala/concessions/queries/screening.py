"""What a screening needs to know of the registers on the day: the place, layers at hand, what is like it, the holder."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
from sala.concessions.calculations.spans import most_at_once
from sala.concessions.models import AreaPurpose, Concession, ConcessionState, ConstraintLayer, Party, Screening
from sala.concessions.queries.assessments import counts_of
from sala.concessions.queries.parties import ultimate_holders
from sala.concessions.redaction import readable
from sala.concessions.states import ENDED
from sala.core import clock
from sala.core.errors import Invalid
from sala.maps.queries.here import areas_met
from sala.places.models import Area
from sala.places.queries import country, latest_boundaries

PURPOSES = [AreaPurpose.REQUESTED.value, AreaPurpose.SURVEYED.value, AreaPurpose.GRANTED.value]
WHOLE = 0.999  # share of a shape within an area of administration that counts as all of it


@dataclass(frozen=True)
class Lie:
    """Where a shape lies in the administration of today.

    area     the smallest area that holds all of it; the country where none does
    shares   area it touches (id) → share of it that lies there, 0 … 1
    inside   share of it within the known boundaries, 0 … 1; None where too few are known to say what lies outside
    """

    area: Area
    shares: Mapping[int, float]
    inside: float | None


def lie_of(shape: GEOSGeometry) -> Lie:
    met = areas_met(shape)
    shares = {area.pk: share for area, _ha, share in met}
    at_rank: dict[int, float] = defaultdict(float)
    for area, _ha, share in met:
        at_rank[area.level.rank] += share
    inside = min(1.0, max(at_rank.values(), default=0.0))
    holding = [area for area, _ha, share in met if share >= WHOLE]
    if holding:
        return Lie(holding[-1], shares, inside)
    whole = country()
    known = inside >= WHOLE or whole.pk in latest_boundaries([whole])
    return Lie(whole, shares, inside if known else None)


@dataclass(frozen=True)
class AtHand:
    """A constraining layer with the edition that is looked at, and the share of the shape of which it says nothing."""

    layer: int
    code: str
    effect: str
    edition: int | None
    sha256: str
    uncovered: float


def layers_at_hand(shape: GEOSGeometry, lie: Lie) -> list[AtHand]:
    """Every constraining layer that is looked at, in the order of its code. lie: of the shape."""
    rows = ConstraintLayer.objects.filter(retired=False).order_by("code")
    told = list(rows.values_list("pk", "code", "effect", "edition", "edition__sha256", "distribution__dataset__place"))
    outside = _outside(shape, {place for *_layer, place in told}, lie)
    return [
        AtHand(pk, code, effect, edition, sha256 or "", outside.get(place, 0.0))
        for pk, code, effect, edition, sha256, place in told
    ]


def _outside(shape: GEOSGeometry, places: set[int], lie: Lie) -> dict[int, float]:
    """Area with a known boundary → share of the shape that lies outside it."""
    known = {pk: 1 - lie.shares[pk] for pk in places & lie.shares.keys()}
    unknown = {lie.area.pk} if lie.inside is None else set()
    if others := places - known.keys() - unknown:
        boundaries = [row.pk for row in latest_boundaries(others).values()]
        with connection.cursor() as cursor:
            cursor.execute(
                "with here as (select st_geomfromewkb(%s) as shape)"
                " select b.area_id, 1 - st_area(st_intersection(b.geometry, here.shape)::geography)"
                " / nullif(st_area(here.shape::geography), 0) from places_boundary b, here where b.id = any(%s)",
                [bytes(shape.ewkb), boundaries],
            )
            known |= {pk: share or 0.0 for pk, share in cursor.fetchall()}
    return {pk: max(0.0, round(share, 4)) for pk, share in known.items()}


def related_parties(holder: Party) -> set[int]:
    """Parties with the same ultimate holder as this one, itself and its doubles included."""
    tops = {pk for pk, _share in ultimate_holders([holder.pk], clock.today())[holder.pk]}
    asked_or_held = Q(grants__isnull=False) | Q(requests__isnull=False)
    everybody = list(
        Party.objects.filter(asked_or_held | Q(pk=holder.pk) | Q(pk__in=tops)).values_list("pk", flat=True)
    )
    found = ultimate_holders(sorted({*everybody, holder.pk}), clock.today())
    return {pk for pk, above in found.items() if tops & {top for top, _share in above}} | {holder.pk}


def neighbours_of(shape: GEOSGeometry, parties: Iterable[int], besides: int | None) -> list[Neighbour]:
    """Grants and requests of these parties that have not ended, with metres to the shape. Of one decision the hectares of
    all these parties count together.
    """
    group = set(parties)
    rows = (
        Concession.objects.filter(Q(grants__holder__in=group) | Q(applicant__in=group), same_as__isnull=True)
        .exclude(state__in=ENDED)
        .exclude(pk=besides or 0)
        .distinct()
        .prefetch_related("grants", "areas__shape")
    )
    distances = _metres(shape, [row.pk for row in rows])
    found = []
    for row in rows:
        grants = [each for each in row.grants.all() if each.holder_id in group]
        grant = max(grants, key=lambda each: (each.decided_on is not None, each.decided_on), default=None)
        area = next((each for each in row.areas.all() if each.is_current and each.purpose in PURPOSES), None)
        decided = [
            each for each in grants if grant and (each.decided_on, each.level) == (grant.decided_on, grant.level)
        ]
        granted = most_at_once((each.valid, each.granted_ha) for each in decided if each.granted_ha)
        size = granted or (area.hectares if area else None) or Decimal(0)
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
