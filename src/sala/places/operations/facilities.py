"""Keeping the registers of facilities: entering, correcting, moving, closing and reopening, codes of other systems.

Every dated change writes FacilityPlace; what stands on the facility itself (area, opened_on, closed_on) follows it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils import formats
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock, lao
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.journal.operations import changed_fields, record
from sala.places import policy
from sala.places.keys import keys_of
from sala.places.models import Area, Facility, FacilityCode, FacilityKind, FacilityName, FacilityPlace, NameKind

PREFIX = "F"  # of codes that the register gives itself
CODE_LOCK = 7_301_979
PLAIN = ("kind", "name", "point", "accuracy_m", "source")  # what may be corrected without a date


@operation
def add_facility(actor: Actor, *, kind: FacilityKind, name: Mapping[str, str], area: Area, code: str = "",
                 opened_on: date | None = None, names: Iterable[str] = (), codes: Mapping[str, str] | None = None,
                 **described: Any) -> Facility:  # fmt: skip
    """Enter a facility. Without a code of its own the register gives it the next number.

    opened_on  empty when nobody knows       names  other spellings       codes  system → code, in force from opening
    described  further fields of Facility
    """
    facility = Facility(kind=kind, name=Translated(name), area=area, code=code.strip().upper() or next_codes(1)[0],
                        opened_on=opened_on, **described)  # fmt: skip
    require(actor, policy.FACILITY_EDIT, facility)
    check_place(area)
    check(facility)
    facility.save()
    FacilityPlace.objects.create(facility=facility, area=area, valid=DateRange(opened_on, None))
    add_names(facility, names)
    for system, value in (codes or {}).items():
        set_code(facility, system, value, opened_on)
    keep_keys(facility)
    record(actor, policy.FACILITY_EDIT, facility, change="registered", kind=kind.code, area=area.pk)
    return facility


@operation
def change_facility(actor: Actor, facility: Facility, *, names: Iterable[str] | None = None,
                    renamed_on: date | None = None, **described: Any) -> Facility:  # fmt: skip
    """Correct what is written of a facility. A former name stays findable.

    names       all other spellings, where they are given      renamed_on  the new name came by decision on this day
    described   fields of PLAIN, and opened_on
    """
    facility = own(facility)
    require(actor, policy.FACILITY_EDIT, facility)
    before, spellings = Facility.objects.get(pk=facility.pk), other_spellings(facility)
    apply_changes(facility, names=names, renamed_on=renamed_on, **described)
    difference = changed_fields(before, facility)
    if (now := other_spellings(facility)) != spellings:
        difference["names"] = [spellings, now]
    if difference:
        record(actor, policy.FACILITY_EDIT, facility, change="changed", fields=difference)
    return facility


@operation
def move_facility(actor: Actor, facility: Facility, *, area: Area, on: date, point: Point | None = None,
                  decision: str = "") -> None:  # fmt: skip
    """The facility works in another place from the day on. Its code stays; the old point goes unless a new one comes."""
    facility = own(facility)
    require(actor, policy.FACILITY_EDIT, facility)
    require(actor, policy.FACILITY_EDIT, Facility(area=area, kind=facility.kind))
    left = facility.area_id
    settle(facility, area, on)
    facility.point, facility.accuracy_m = point, None
    facility.save()
    ends: dict[str, Any] = {"from": left, "to": area.pk}
    record(actor, policy.FACILITY_EDIT, facility, change="moved", on=on, decision=decision, **ends)


@operation
def close_facility(actor: Actor, facility: Facility, *, on: date, successor: Facility | None = None,
                   decision: str = "") -> None:  # fmt: skip
    """The facility works no more from the day on, which may lie ahead; whoever takes over is its successor."""
    facility = own(facility)
    require(actor, policy.FACILITY_EDIT, facility)
    shut(facility, on, successor)
    record(actor, policy.FACILITY_EDIT, facility, change="closed", on=on, decision=decision,
           successor=successor.pk if successor else None)  # fmt: skip


@operation
def reopen_facility(
    actor: Actor, facility: Facility, *, on: date, area: Area | None = None, decision: str = ""
) -> None:
    """The facility works again from the day on, where it was or elsewhere. The time between stays on record."""
    facility = own(facility)
    require(actor, policy.FACILITY_EDIT, facility)
    area = area or facility.area
    require(actor, policy.FACILITY_EDIT, Facility(area=area, kind=facility.kind))
    check_place(area)
    if facility.closed_on is None:
        raise Conflict(_("%(facility)s is not closed.") % {"facility": facility})
    if on < facility.closed_on:
        raise Invalid(
            _("It closed on %(day)s. Choose that day or a later one.") % {"day": _day(facility.closed_on)},
            {"on": [_("Choose the day on which it closed, or a later one.")]},
        )
    last = last_place(facility)
    if on == facility.closed_on and area.pk == last.area_id:
        last.valid = DateRange(last.valid.lower, None)
        last.save(update_fields=["valid"])
    else:
        FacilityPlace.objects.create(facility=facility, area=area, valid=DateRange(on, None))
    facility.area, facility.closed_on, facility.successor = area, None, None
    facility.save()
    record(actor, policy.FACILITY_EDIT, facility, change="reopened", on=on, decision=decision)


@operation
def give_code(actor: Actor, facility: Facility, *, system: str, value: str, start: date | None = None,
              source: str = "") -> FacilityCode:  # fmt: skip
    """A code of another system means the facility from the day on; its former code there ends the day before."""
    facility = own(facility)
    require(actor, policy.FACILITY_EDIT, facility)
    code = set_code(facility, system, value, start, source)
    record(actor, policy.FACILITY_EDIT, facility, change="code given", system=system, value=code.value, start=start)
    return code


@operation
def end_code(actor: Actor, code: FacilityCode, *, on: date) -> None:
    """The code means the facility until the day before; one that would never have held is taken out."""
    facility = own(code.facility)
    require(actor, policy.FACILITY_EDIT, facility)
    code = lock(code)
    if code.valid.upper is not None and code.valid.upper <= on:
        raise Conflict(_("This code has ended already."))
    stop_code(code, on)
    record(actor, policy.FACILITY_EDIT, facility, change="code ended", system=code.system, value=code.value, on=on)


# ---- the pieces, also for lists that are taken in ----------------------------------------------------------------


def own(facility: Facility) -> Facility:
    """The row, held until the transaction ends. Raises Conflict for a duplicate: the other one is to be changed."""
    facility = lock(facility)
    if facility.is_duplicate:
        raise Conflict(
            _("This is %(code)s, entered twice. Change that one.") % {"code": getattr(facility.successor, "code", "")}
        )
    return facility


def check(facility: Facility) -> None:
    """Raise Invalid, field by field, when what is to be saved breaks a rule of the model."""
    try:
        facility.full_clean()
    except ValidationError as error:
        texts = error.message_dict
        raise Invalid(" ".join(text for found in texts.values() for text in found), texts) from error


def check_place(area: Area) -> None:
    if area.has_ended:
        text = _("%(area)s has ended. Choose one of its successors.") % {"area": area}
        raise Invalid(text, {"area": [text]})


def next_codes(count: int) -> list[str]:
    """Numbers that nobody has, held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [CODE_LOCK])
    numbered = Facility.objects.filter(code__regex=rf"^{PREFIX}[0-9]{{1,9}}$")
    last = numbered.aggregate(last=Max(Cast(Substr("code", 2), IntegerField())))["last"] or 0
    return [f"{PREFIX}{number:05d}" for number in range(last + 1, last + count + 1)]


def apply_changes(facility: Facility, *, names: Iterable[str] | None = None, renamed_on: date | None = None,
                  **described: Any) -> None:  # fmt: skip
    """Write corrections on a facility that is held already."""
    if unknown := set(described) - {*PLAIN, "opened_on"}:
        raise TypeError(f"not to be corrected: {', '.join(sorted(unknown))}")
    old = facility.name
    opened = described.pop("opened_on", facility.opened_on)
    for field, value in described.items():
        setattr(facility, field, Translated(value) if field == "name" else value)
    moved = opened != facility.opened_on
    facility.opened_on = opened
    check(facility)
    if moved:
        _set_beginning(facility)
    facility.save()
    if names is not None:
        _replace_spellings(facility, names)
    for language, text in old.items():
        if facility.name.get(language) != text:
            _keep_name(facility, text, language, renamed_on)
    keep_keys(facility)


def _set_beginning(facility: Facility) -> None:
    first = facility.places.first()
    if first is None or (facility.opened_on and first.valid.upper and facility.opened_on >= first.valid.upper):
        text = _("A move or a closing is on record before that day. Choose an earlier one.")
        raise Invalid(text, {"opened_on": [text]})
    first.valid = DateRange(facility.opened_on, first.valid.upper)
    first.save(update_fields=["valid"])


def _keep_name(facility: Facility, text: str, language: str, until: date | None) -> None:
    kind = NameKind.FORMER if until else NameKind.ALIAS
    FacilityName.objects.update_or_create(
        facility=facility, text=text[:200], kind=kind,
        defaults={"key": lao.normalise(text)[:200], "language": language, "until": until},
    )  # fmt: skip


def other_spellings(facility: Facility) -> list[str]:
    return list(FacilityName.objects.filter(facility=facility, kind=NameKind.ALIAS).values_list("text", flat=True))


def _replace_spellings(facility: Facility, names: Iterable[str]) -> None:
    wanted = spellings(names)
    FacilityName.objects.filter(facility=facility, kind=NameKind.ALIAS).exclude(text__in=wanted).delete()
    add_names(facility, wanted)


def spellings(names: Iterable[str]) -> list[str]:
    """Each spelling once, as it is stored."""
    return list(dict.fromkeys(filter(None, (lao.stored(name).strip()[:200] for name in names))))


def add_names(facility: Facility, names: Iterable[str], source: str = "") -> list[str]:
    """Further spellings, each once and none that is a name already. Returns those that were new."""
    known = {*facility.name.values(), *facility.names.values_list("text", flat=True)}
    fresh = [text for text in spellings(names) if text not in known]
    FacilityName.objects.bulk_create(
        [
            FacilityName(facility=facility, text=text, key=lao.normalise(text)[:200], source=source[:200])
            for text in fresh
        ]
    )
    return fresh


def keep_keys(facility: Facility) -> None:
    """Bring `keys` up to date with all names."""
    texts = [*facility.name.values(), *FacilityName.objects.filter(facility=facility).values_list("text", flat=True)]
    keys = keys_of(facility.kind, facility.area, texts)
    if keys != facility.keys:
        facility.keys = keys
        facility.save(update_fields=["keys"])


def last_place(facility: Facility) -> FacilityPlace:
    return FacilityPlace.objects.filter(facility=facility).order_by("-valid").select_related("area")[0]


def settle(facility: Facility, area: Area, on: date) -> None:
    """Put an open facility in another place from the day on; the caller saves it."""
    check_place(area)
    if facility.has_closed:
        raise Conflict(_("%(facility)s is closed. Reopen it in its new place.") % {"facility": facility})
    if facility.area_id == area.pk:
        raise Conflict(_("%(facility)s is in %(area)s already.") % {"facility": facility, "area": area})
    if on > clock.today():
        text = _("A move is entered on its first day or later. Come back on %(day)s.") % {"day": _day(on)}
        raise Invalid(text, {"on": [text]})
    last = last_place(facility)
    if last.valid.lower is not None and on <= last.valid.lower:
        text = _("It has been in %(area)s since %(day)s. Choose a later day.") % {
            "area": last.area, "day": _day(last.valid.lower)}  # fmt: skip
        raise Invalid(text, {"on": [text]})
    upper = last.valid.upper
    last.valid = DateRange(last.valid.lower, on)
    last.save(update_fields=["valid"])
    FacilityPlace.objects.create(facility=facility, area=area, valid=DateRange(on, upper))
    facility.area = area


def shut(facility: Facility, on: date, successor: Facility | None = None) -> None:
    """Close a facility. Its codes go on to mean it, so that an old list still finds it."""
    if facility.has_closed:
        raise Conflict(
            _("%(facility)s closed on %(day)s. Reopen it first.")
            % {"facility": facility, "day": _day(facility.closed_on)}
        )
    if successor is not None and (successor.is_duplicate or successor.pk == facility.pk):
        text = _("Choose another facility as the successor.")
        raise Invalid(text, {"successor": [text]})
    last = last_place(facility)
    if last.valid.lower is not None and on <= last.valid.lower:
        text = _("It has worked since %(day)s. Choose a later day.") % {"day": _day(last.valid.lower)}
        raise Invalid(text, {"on": [text]})
    facility.closed_on, facility.successor = on, successor
    check(facility)
    last.valid = DateRange(last.valid.lower, on)
    last.save(update_fields=["valid"])
    facility.save()


def set_code(facility: Facility, system: str, value: str, start: date | None, source: str = "") -> FacilityCode:
    """The code as it is kept. Raises Conflict when it means another facility in that time."""
    value = lao.digits(lao.stored(value)).strip()
    former = FacilityCode.objects.filter(facility=facility, system=system.strip(), valid__endswith__isnull=True)
    if start is None and former:
        start = clock.today()
    valid = DateRange(start, None)
    code = FacilityCode(facility=facility, system=system.strip(), value=value, valid=valid, source=source[:200])
    try:
        code.clean_fields()
    except ValidationError as error:
        raise Invalid(_("Correct the code, then send it again."), error.message_dict) from error
    same = FacilityCode.objects.filter(system=code.system, value__iexact=value, valid__overlap=valid)
    taken = same.select_related("facility").first()
    if taken is not None and taken.facility_id == facility.pk:
        raise Conflict(_("It has this code already."), {"value": [_("It has this code already.")]})
    if taken is not None:
        text = _("The code %(value)s (%(system)s) belongs to %(facility)s (%(code)s). Look whether it is the same one.") % {
            "value": value, "system": code.system, "facility": taken.facility, "code": taken.facility.code}  # fmt: skip
        raise Conflict(text, {"value": [text]})
    for old in former:
        stop_code(old, start or clock.today())
    code.save()
    return code


def stop_code(code: FacilityCode, on: date) -> None:
    """The code means its facility until the day before. One that began later never did."""
    if code.valid.lower is not None and code.valid.lower >= on:
        code.delete()
        return
    code.valid = DateRange(code.valid.lower, on)
    code.save(update_fields=["valid"])


def _day(day: date | None) -> str:
    return formats.date_format(day, "DATE_FORMAT") if day else ""
