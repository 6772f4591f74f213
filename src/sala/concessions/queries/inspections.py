"""Inspections as a reader sees them, and what they are checked by."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from sala.access.actor import Actor
from sala.concessions.calculations.inspections import Limits
from sala.concessions.models import Activity, Concession, Inspection
from sala.concessions.queries.rules import facts_of
from sala.concessions.redaction import readable_by_office
from sala.documents.models import RuleKind
from sala.places.models import Area

METRES, INSIDE = "concession.inspection.metres", "concession.inspection.inside"
ACCURACY, PHOTO_DAYS = "concession.inspection.accuracy", "concession.inspection.photo-days"


def inspections_for(actor: Actor, *, place: Area | None = None, activity: str = "", odd: bool = False,
                    q: str = "") -> QuerySet[Inspection]:  # fmt: skip
    """Inspections of concessions that the actor reads by office, the newest first. odd: with something that does not fit.

    They tell of place, boundary, hectares, papers and people at once, so no class that is opened opens them.
    """
    rows = Inspection.objects.filter(concession__in=readable_by_office(actor).order_by().values("pk"))
    if place is not None:
        rows = rows.filter(concession__area__path__startswith=place.path)
    if activity:
        rows = rows.filter(activity=activity)
    if odd:
        rows = rows.exclude(flags=[])
    if q:
        rows = rows.filter(Q(concession__reference__iexact=q.strip()) | Q(team__icontains=q.strip()))
    rows = rows.select_related("concession__area", "entered_by__organisation", "document", "reading")
    return rows.order_by("-inspected_on", "-pk")


def limits_of(concession: Concession, accuracy: str, day: date) -> tuple[Limits, list[int]]:
    """What the rules of the day allow at this place, by how the granted area was found; and the rules used."""
    facts = facts_of(concession.area, day)
    usual = Limits()
    found = {
        "metres": facts.find(RuleKind.TOLERANCE, f"{METRES}.{accuracy}", METRES),
        "inside": facts.find(RuleKind.TOLERANCE, INSIDE),
        "accuracy_m": facts.find(RuleKind.TOLERANCE, ACCURACY),
        "photo_days": facts.find(RuleKind.TOLERANCE, PHOTO_DAYS),
    }
    told = {name: fact.number for name, fact in found.items() if fact is not None and fact.number is not None}
    limits = Limits(
        metres=float(told.get("metres", usual.metres)), inside=float(told.get("inside", usual.inside)),
        accuracy_m=float(told.get("accuracy_m", usual.accuracy_m)), photo_days=int(told.get("photo_days", usual.photo_days)),
    )  # fmt: skip
    return limits, sorted(fact.id for fact in found.values() if fact is not None)


@dataclass(frozen=True)
class Seen:
    """Days of the last inspection that counts, of the last one that saw work, and of the last one that saw none."""

    last: date | None = None
    worked: date | None = None
    idle: date | None = None


def last_seen(ids: Collection[int] | None) -> dict[int, Seen]:
    """Concession → what its inspections saw, and when; one statement."""
    rows = Inspection.objects.filter(is_current=True)
    if ids is not None:
        rows = rows.filter(concession__in=ids)
    last = rows.order_by().values("concession").annotate(
        day=Max("inspected_on"), worked=Max("inspected_on", filter=Q(activity=Activity.YES)),
        idle=Max("inspected_on", filter=Q(activity=Activity.NO)),
    )  # fmt: skip
    return {row["concession"]: Seen(row["day"], row["worked"], row["idle"]) for row in last}
