"""Keeping today's tree in step with the dated truth: parents, paths and ends follow Parenthood.

Changes of the tree are made one at a time (an advisory lock), because two moves side by side can make a circle.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.journal.operations import record
from sala.places import policy
from sala.places.models import Area, AreaCode, Facility, Parenthood, Succession
from sala.search.operations import refresh

TREE_LOCK = 7_301_978


def hold_tree() -> None:
    """Wait until no other transaction changes the tree; held until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [TREE_LOCK])


def plant(area: Area, parent: Area, start: date) -> None:
    """Save a new area under its parent from the day on."""
    area.parent, area.path = parent, ""
    check(area)
    area.save()
    area.path = f"{parent.path}{area.pk}/"
    area.save(update_fields=["path"])
    Parenthood.objects.create(area=area, parent=parent, valid=DateRange(start, None))


def check(area: Area) -> None:
    """Raise Invalid, field by field, when what is to be saved breaks a rule of the model."""
    try:
        area.full_clean(exclude=["path"])
    except ValidationError as error:
        raise Invalid(_("Correct the marked fields and send it again."), error.message_dict) from error


def current_parenthood(area: Area, on: date) -> Parenthood:
    """The row that holds on the day and to no later day. Raises Invalid, saying which date stands in the way."""
    last = Parenthood.objects.filter(area=area).order_by("-valid").select_related("parent").first()
    if last is None:
        raise Invalid(_("%(area)s contains everything else and cannot be changed this way.") % {"area": area})
    if last.valid.upper is not None:
        raise Invalid(
            _("%(area)s ends on %(day)s according to a change already on record. Choose an area that lasts longer.")
            % {"area": area, "day": last.valid.upper}
        )
    if last.valid.lower is not None and last.valid.lower >= on:
        raise Invalid(
            _(
                "%(area)s has belonged to %(parent)s since %(day)s only. Choose a later date, or correct that change first."
            )
            % {"area": area, "parent": last.parent, "day": last.valid.lower}
        )
    return last


def move(area: Area, parent: Area, on: date) -> Area:
    """Put an area under another parent from the day on. Returns the parent it leaves."""
    row = current_parenthood(area, on)
    close(row, on)
    Parenthood.objects.create(area=area, parent=parent, valid=DateRange(on, None))
    return row.parent


def close(row: Parenthood, on: date) -> None:
    row.valid = DateRange(row.valid.lower, on)
    row.save(update_fields=["valid"])


def end(area: Area, on: date) -> None:
    """The area exists no more from the day on, nor do its codes mean it."""
    close(current_parenthood(area, on), on)
    for code in AreaCode.objects.filter(area=area, valid__endswith__isnull=True):
        end_code(code, on)


def give_codes(area: Area, codes: Mapping[str, str], on: date) -> None:
    """Codes (system → value) that mean the area from the day on; its former code in the same system ends."""
    for system, value in codes.items():
        other = AreaCode.objects.filter(
            system=system, value__iexact=value, valid__overlap=DateRange(on, None)
        ).exclude(area=area)  # fmt: skip
        if (taken := other.select_related("area").first()) is not None:
            raise Conflict(
                _("The code %(value)s (%(system)s) belongs to %(area)s. Give another one.")
                % {"value": value, "system": system, "area": taken.area}
            )
        for old in AreaCode.objects.filter(area=area, system=system, valid__endswith__isnull=True):
            end_code(old, on)
        AreaCode.objects.create(area=area, system=system, value=value, valid=DateRange(on, None))


def end_code(code: AreaCode, on: date) -> None:
    """The code means its area until the day before. One that began later never did."""
    if code.valid.lower is not None and code.valid.lower >= on:
        code.delete()
        return
    code.valid = DateRange(code.valid.lower, on)
    code.save(update_fields=["valid"])


@operation
def bring_up_to_date(actor: Actor, areas: Iterable[Area] | None = None) -> list[Area]:
    """Make parent, path and end of these areas (default: all) those of today. Returns the areas that changed.

    A change with a later date waits; the daily job calls this without areas, and running it twice changes nothing.
    Each area that ends is recorded with its successors, so that whatever hangs on it can follow.
    """
    hold_tree()
    today = clock.today()
    rows = Parenthood.objects.select_related("parent").order_by("area_id", "valid")
    if areas is not None:
        rows = rows.filter(area__in=[area.pk for area in areas])
    last: dict[int, Parenthood] = {}
    for row in rows:
        if row.valid.lower is None or row.valid.lower <= today or row.area_id not in last:
            last[row.area_id] = row
    changed = []
    for area in Area.objects.filter(pk__in=last).order_by("level__rank", "pk"):
        row = last[area.pk]
        ended = row.valid.upper if row.valid.upper is not None and row.valid.upper <= today else None
        if area.parent_id == row.parent_id and area.ended_on == ended:
            continue
        if area.parent_id != row.parent_id:
            area.parent = row.parent
            _repath(area, row.parent)
        ends = area.ended_on is None
        area.ended_on = ended
        area.save(update_fields=["parent", "ended_on"])
        changed.append(area)
        if ends and ended is not None:
            successors = Succession.objects.filter(predecessor=area, on=ended).values_list("successor_id", flat=True)
            record(actor, policy.ENDED, area, on=ended, successors=sorted(set(successors)))
    for area in changed:
        refresh_subtree(area)
    return changed


def _repath(area: Area, parent: Area) -> None:
    """Paths of an area and of all below it, under this parent."""
    old = Area.objects.values_list("path", flat=True).get(pk=area.pk)
    above = Area.objects.values_list("path", flat=True).get(pk=parent.pk)
    new = f"{above}{area.pk}/"
    if above.startswith(old):
        raise Invalid(_("%(area)s cannot be placed inside itself. Choose another parent.") % {"area": area})
    Area.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
    area.path = new


def refresh_subtree(area: Area) -> None:
    """The search names the place of each area and facility, so the whole subtree is written anew."""
    path = Area.objects.values_list("path", flat=True).get(pk=area.pk)
    for below in Area.objects.filter(path__startswith=path).select_related("level", "parent"):
        refresh(below)
    for facility in Facility.objects.filter(area__path__startswith=path).select_related("kind", "area"):
        refresh(facility)
