"""Facilities follow what becomes of the areas in which they stand."""

from collections.abc import Sequence
from datetime import date

from sala.access.actor import Actor
from sala.core import clock
from sala.core.operation import operation
from sala.journal.operations import record
from sala.places import policy
from sala.places.models import Area, Facility
from sala.places.operations.facilities import keep_keys, last_place, own, settle
from sala.places.queries.areas import locate


@operation
def follow_area(actor: Actor, ended: Area, *, on: date, successors: Sequence[int]) -> list[Facility]:
    """Put the facilities of an area that ended into its successor, from the day on. Returns those that went.

    Of several successors the one in whose boundary the point lies is taken; a facility of which that is not known stays,
    and the register shows it as standing in an area that has ended. Running it twice changes nothing.
    """
    areas = {area.pk: area for area in Area.objects.filter(pk__in=successors, ended_on__isnull=True)}
    moved = []
    for row in Facility.objects.filter(area=ended, is_duplicate=False).order_by("pk"):
        area = next(iter(areas.values())) if len(areas) == 1 else _holding(row, areas)
        if area is None or row.has_closed:
            continue
        facility = own(row)
        last = last_place(facility)
        day = on if last.valid.lower is None or last.valid.lower < on <= clock.today() else clock.today()
        if last.valid.lower is not None and last.valid.lower >= day:
            last.area, facility.area = area, area
            last.save(update_fields=["area"])
        else:
            settle(facility, area, day)
        facility.save()
        keep_keys(facility)
        record(actor, policy.FACILITY_EDIT, facility, change="transfer", on=day, **_ends(ended, area))
        moved.append(facility)
    return moved


def _ends(left: Area, area: Area) -> dict[str, str]:
    return {"left": left.code, "to": area.code}


def _holding(facility: Facility, areas: dict[int, Area]) -> Area | None:
    """The successor in which the point lies, or the one that contains its smallest area."""
    found = locate(facility.point) if facility.point else None
    return next((areas[pk] for pk in found.within() if pk in areas), None) if found else None
