"""Two entries that are one facility, and two that only look so."""

from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.journal.operations import record
from sala.journal.queries import of_subject
from sala.places import policy
from sala.places.models import Facility, FacilityCode, NotSame
from sala.places.operations.facilities import add_names, keep_keys, own


@operation
def merge_facilities(actor: Actor, facility: Facility, *, into: Facility, reason: str = "") -> Facility:
    """This entry is the same facility as another one, which stays. Returns the one that stays.

    Codes and names move to it, the address of this one leads to it, and what it did not know is taken over. The dated
    places of this entry stay with it as its history.
    """
    if facility.pk == into.pk:
        raise Invalid(_("Choose two different facilities."))
    for row in sorted((facility, into), key=lambda row: row.pk):
        own(row)
    facility, into = own(facility), own(into)
    require(actor, policy.FACILITY_MERGE, facility)
    require(actor, policy.FACILITY_MERGE, into)
    if facility.kind_id != into.kind_id:
        raise Conflict(
            _("%(one)s is a %(kind)s and %(other)s is a %(other_kind)s. Correct the kind first if they are the same.")
            % {"one": facility.code, "kind": facility.kind, "other": into.code, "other_kind": into.kind}
        )
    names = [*facility.name.values(), *facility.names.values_list("text", flat=True)]
    added = add_names(into, names, source=facility.code)
    codes = list(FacilityCode.objects.filter(facility=facility).values_list("pk", flat=True))
    for code in FacilityCode.objects.filter(pk__in=codes):
        code.facility = into
        code.save(update_fields=["facility"])
    taken = _take_over(facility, into)
    followers = list(Facility.objects.filter(successor=facility).exclude(pk=into.pk).values_list("pk", flat=True))
    Facility.objects.filter(pk__in=followers).update(successor=into)
    pointed = into.successor_id == facility.pk
    if pointed:
        into.successor = None
        into.save(update_fields=["successor"])
    before = facility.successor_id
    facility.successor, facility.is_duplicate = into, True
    facility.save()
    keep_keys(into)
    record(actor, policy.FACILITY_MERGE, facility, change="merge", into=into.pk, reason=reason)
    record(actor, policy.FACILITY_MERGE, into, change="merged", duplicate=facility.pk, code=facility.code, codes=codes,
           names=added, taken_over=taken, reason=reason, followers=followers, pointed=pointed, successor=before)  # fmt: skip
    return into


@operation
def part_facilities(actor: Actor, facility: Facility, *, reason: str) -> Facility:
    """Two entries that were merged are two after all: each has again what it brought. Returns the one that comes back.

    What was entered since on the one that stayed stays with it. Raises Conflict where that one was merged itself since, or
    where the merger is not on record.
    """
    pair = {facility.pk, Facility.objects.values_list("successor_id", flat=True).get(pk=facility.pk)} - {None}
    held = {row.pk: row for row in Facility.objects.select_for_update().filter(pk__in=pair).order_by("pk")}
    facility = held[facility.pk]
    stayed = held.get(facility.successor_id or 0)
    require(actor, policy.FACILITY_MERGE, facility)
    if stayed is None:
        raise Conflict(_("%(facility)s was not merged.") % {"facility": facility.code})
    require(actor, policy.FACILITY_MERGE, stayed)
    if not facility.is_duplicate:
        raise Conflict(_("%(facility)s was not merged.") % {"facility": facility.code})
    if stayed.is_duplicate:
        raise Conflict(
            _("%(facility)s was merged into another one since. Undo that first, on the page of that one.")
            % {"facility": stayed.code}
        )
    if not reason.strip():
        raise Invalid("", {"reason": [_("Say why they are two after all.")]})
    told = _merger(facility, stayed)
    for code in FacilityCode.objects.filter(pk__in=told["codes"], facility=stayed):
        code.facility = facility
        code.save(update_fields=["facility"])
    stayed.names.filter(text__in=told["names"], source=facility.code).delete()
    if "point" in told["taken_over"] and stayed.point == facility.point:
        stayed.point, stayed.accuracy_m = None, None
    if told.get("pointed") and stayed.closed_on and stayed.successor_id is None:
        stayed.successor = facility
    stayed.save()
    Facility.objects.filter(pk__in=told.get("followers", []), successor=stayed).update(successor=facility)
    facility.is_duplicate, facility.successor_id = False, told.get("successor")
    facility.save()
    keep_keys(facility)
    keep_keys(stayed)
    one, other = sorted((facility, stayed), key=lambda row: row.pk)
    NotSame.objects.get_or_create(one=one, other=other, defaults={"reason": reason[:300], "decided_at": clock.now()})
    record(actor, policy.FACILITY_MERGE, facility, change="parted", **{"from": stayed.pk}, reason=reason)
    record(actor, policy.FACILITY_MERGE, stayed, change="parted from", other=facility.pk, reason=reason)
    return facility


def _merger(facility: Facility, stayed: Facility) -> dict[str, Any]:
    """What the journal holds of the newest merger of these two. Raises Conflict where it holds none."""
    for event in of_subject("facility", stayed.pk).filter(verb=policy.FACILITY_MERGE):
        told = event.content()
        if told.get("change") == "merged" and told.get("duplicate") == facility.pk:
            return told
    raise Conflict(_("The merger is not on record, so it is not known what each brought. Enter the facility anew."))


def _take_over(facility: Facility, into: Facility) -> list[str]:
    """What the one that stays did not know of itself. Returns the names of the fields."""
    if into.point is not None or facility.point is None:
        return []
    into.point, into.accuracy_m = facility.point, facility.accuracy_m
    into.save()
    return ["point"]


@operation
def keep_apart(actor: Actor, one: Facility, other: Facility, *, reason: str = "") -> NotSame:
    """Two facilities that look like one are two. They are not proposed again."""
    if one.pk == other.pk:
        raise Invalid(_("Choose two different facilities."))
    one, other = sorted((one, other), key=lambda row: row.pk)
    one, other = own(one), own(other)
    require(actor, policy.FACILITY_MERGE, one)
    require(actor, policy.FACILITY_MERGE, other)
    decided, made = NotSame.objects.get_or_create(
        one=one, other=other, defaults={"reason": reason[:300], "decided_at": clock.now()}
    )
    if made:
        for this, that in ((one, other), (other, one)):
            record(actor, policy.FACILITY_MERGE, this, change="kept apart", other=that.pk, reason=reason)
    return decided
