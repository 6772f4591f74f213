"""Two entries that are one facility, and two that only look so."""

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.journal.operations import record
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
    Facility.objects.filter(successor=facility).update(successor=into)
    if into.successor_id == facility.pk:
        into.successor = None
        into.save(update_fields=["successor"])
    facility.successor, facility.is_duplicate = into, True
    facility.save()
    keep_keys(into)
    record(actor, policy.FACILITY_MERGE, facility, change="merge", into=into.pk, reason=reason)
    record(actor, policy.FACILITY_MERGE, into, change="merged", duplicate=facility.pk, code=facility.code, codes=codes,
           names=added, taken_over=taken, reason=reason)  # fmt: skip
    return into


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
