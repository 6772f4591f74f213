"""Dated changes of the tree: split, merge, rename, transfer. Each keeps what was before it.

History is in Succession, Parenthood, AreaName (former names) and the ranges of AreaCode; nothing is overwritten that a
question about an earlier day still needs. A date in the past corrects the register; one in the future waits for its day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock, lao
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.places import policy
from sala.places.models import Area, AreaName, NameKind, Succession, SuccessionKind
from sala.places.operations import tree
from sala.places.queries import areas_on, children_on, parent_on


@dataclass(frozen=True)
class NewArea:
    """An area that a change brings into being.

    members  areas one level below that belong to it from the first day
    codes    its codes in other systems: system → value
    """

    code: str
    name: Translated
    members: Sequence[Area] = ()
    label_point: Point | None = None
    codes: Mapping[str, str] = field(default_factory=dict)


@operation
def split(actor: Actor, area: Area, *, on: date, into: Sequence[NewArea], continues: bool,
          decision: str = "") -> list[Area]:  # fmt: skip
    """Form new areas out of this one from the day on. Returns them.

    continues  the area goes on beside them with what it keeps; otherwise it ends, and each of its members must be placed
    A new area may also take members from neighbours of the same level: these go on, and are its origins too.
    """
    tree.hold_tree()
    area = lock(area)
    require(actor, policy.CHANGE, area)
    parent = tree.current_parenthood(area, on).parent
    _check_new(into)
    origins = _origins(actor, area, into, on)
    if not continues:
        if len(into) < 2:
            raise Invalid(_("An area that ends is split into two or more. Add the second, or let the area go on."))
        placed = {member.pk for new in into for member in new.members}
        left = [str(child) for child in children_on(area, on).order_by("code") if child.pk not in placed]
        if left:
            raise Invalid(
                _("Say to which new area each of these goes: %(names)s.") % {"names": ", ".join(left)},
            )
    made, moved = [], []
    for new in into:
        formed = _form(actor, new, area, parent, on)
        made.append(formed)
        for origin in {area.pk: area, **{row.pk: row for row in origins[new.code]}}.values():
            _succeed(SuccessionKind.SPLIT, on, origin, formed, decision)
        for member in new.members:
            tree.move(member, formed, on)
            moved.append(member)
    if not continues:
        tree.end(area, on)
    touched = {origin.pk: origin for rows in origins.values() for origin in rows} | {area.pk: area}
    for origin in touched.values():
        successors = [new.pk for new in made if new.origins.filter(predecessor=origin, on=on).exists()]
        record(actor, policy.CHANGE, origin, change="split", on=on, successors=successors, decision=decision,
               moved=[member.pk for member in moved])  # fmt: skip
    for formed in made:
        came_from = list(formed.origins.values_list("predecessor_id", flat=True))
        record(actor, policy.CHANGE, formed, change="formed", on=on, predecessors=came_from, decision=decision)
    tree.bring_up_to_date(actor, [area, *moved])
    return made


@operation
def merge(actor: Actor, areas: Sequence[Area], *, into: Area | NewArea, on: date, decision: str = "") -> Area:
    """End these areas on the day and place what they contained in another one, which exists or is new. Returns it."""
    tree.hold_tree()
    ending = [lock(area) for area in areas if not (isinstance(into, Area) and area.pk == into.pk)]
    if not ending or (isinstance(into, NewArea) and len(ending) < 2):
        raise Invalid(_("Choose at least two areas to merge."))
    for area in ending:
        require(actor, policy.CHANGE, area)
    if isinstance(into, NewArea):
        survivor = _merged(actor, ending, into, on)
    else:
        survivor = lock(into)
        require(actor, policy.CHANGE, survivor)
        tree.current_parenthood(survivor, on)
    if len({area.level_id for area in [*ending, survivor]}) > 1:
        raise Invalid(_("Only areas of the same level can be merged. Choose again."))
    moved = []
    for area in ending:
        for child in children_on(area, on):
            tree.move(child, survivor, on)
            moved.append(child)
        tree.end(area, on)
        _succeed(SuccessionKind.MERGE, on, area, survivor, decision)
        record(actor, policy.CHANGE, area, change="merge", on=on, successors=[survivor.pk], decision=decision)
    record(actor, policy.CHANGE, survivor, change="merged", on=on, predecessors=[area.pk for area in ending],
           moved=[child.pk for child in moved], decision=decision)  # fmt: skip
    tree.bring_up_to_date(actor, [*ending, *moved])
    return survivor


@operation
def transfer(actor: Actor, area: Area, *, parent: Area, on: date, decision: str = "",
             codes: Mapping[str, str] | None = None) -> None:  # fmt: skip
    """Move an area, with all inside it, to another parent from the day on. `codes` are those it gets with the move."""
    tree.hold_tree()
    area = lock(area)
    require(actor, policy.CHANGE, area)
    require(actor, policy.CHANGE, parent)
    row = tree.current_parenthood(area, on)
    if row.parent_id == parent.pk:
        raise Conflict(_("%(area)s belongs to %(parent)s already.") % {"area": area, "parent": parent})
    if parent.level_id != row.parent.level_id:
        raise Invalid(
            _("%(area)s can only move to another area of the level “%(level)s”. Choose one.")
            % {"area": area, "level": row.parent.level}
        )
    _check_lasts(parent, on)
    old = tree.move(area, parent, on)
    tree.give_codes(area, codes or {}, on)
    details: dict[str, Any] = {"from": old.pk, "to": parent.pk, "codes": dict(codes or {})}
    _succeed(SuccessionKind.TRANSFER, on, area, area, decision, details)
    record(actor, policy.CHANGE, area, change="transfer", on=on, decision=decision, **details)
    tree.bring_up_to_date(actor, [area])


@operation
def close_area(actor: Actor, area: Area, *, on: date, decision: str = "") -> None:
    """End an area of which nothing is left and that no other one takes in. What it contained is moved or ended first."""
    tree.hold_tree()
    area = lock(area)
    require(actor, policy.CHANGE, area)
    tree.current_parenthood(area, on)
    left = [str(child) for child in children_on(area, on).order_by("code")]
    if left:
        raise Conflict(
            _("%(area)s still contains %(names)s. Move or end them first, or merge it with another area.")
            % {"area": area, "names": ", ".join(left[:5])}
        )
    tree.end(area, on)
    record(actor, policy.CHANGE, area, change="closed", on=on, decision=decision)
    tree.bring_up_to_date(actor, [area])


@operation
def rename(actor: Actor, area: Area, *, name: Translated, on: date, decision: str = "") -> None:
    """Give an area another name from the day on; the former one stays findable."""
    tree.hold_tree()
    area = lock(area)
    require(actor, policy.CHANGE, area)
    if area.has_ended:
        raise Conflict(_("%(area)s has ended. Its name stays as it was.") % {"area": area})
    if on > clock.today():
        raise Invalid(_("A new name is entered on its first day or later. Come back on %(day)s.") % {"day": on})
    if area.valid_from and on < area.valid_from:
        raise Invalid(
            _("%(area)s exists since %(day)s. Choose that day or a later one.") % {"area": area, "day": area.valid_from}
        )
    later = Succession.objects.filter(kind=SuccessionKind.RENAME, predecessor=area, on__gte=on).first()
    if later:
        raise Invalid(_("It was renamed on %(day)s already. Choose a later date.") % {"day": later.on})
    before = area.name
    if before == name:
        raise Invalid(_("This is the name it has now. Write the new one."))
    for code, text in before.items():
        if name.get(code) != text:
            AreaName.objects.update_or_create(
                area=area, text=text, kind=NameKind.FORMER,
                defaults={"key": lao.normalise(text), "language": code, "until": on, "source": decision[:200]},
            )  # fmt: skip
    area.name = name
    tree.check(area)
    area.save()
    details: dict[str, Any] = {"from": dict(before), "to": dict(name)}
    _succeed(SuccessionKind.RENAME, on, area, area, decision, details)
    record(actor, policy.CHANGE, area, change="rename", on=on, decision=decision, **details)
    tree.refresh_subtree(area)


def _check_new(into: Sequence[NewArea]) -> None:
    codes = [new.code for new in into]
    taken = [code for code in codes if codes.count(code) > 1 or Area.objects.filter(code__iexact=code).exists()]
    if not codes:
        raise Invalid(_("Name at least one new area."))
    if taken:
        raise Invalid(_("The code %(code)s is in use. Give a new area a code of its own.") % {"code": taken[0]})
    members = [member.pk for new in into for member in new.members]
    if len(members) != len(set(members)):
        raise Invalid(_("An area can belong to one new area only. Choose again."))


def _origins(actor: Actor, area: Area, into: Sequence[NewArea], on: date) -> dict[str, list[Area]]:
    """Per new area (by code): the areas whose members it takes. Each must be of the split area's level."""
    found: dict[str, list[Area]] = {}
    for new in into:
        for member in new.members:
            origin = parent_on(member, on)
            if origin is None or origin.level_id != area.level_id:
                raise Invalid(
                    _("%(member)s does not belong to an area of the level “%(level)s” on %(day)s. Choose others.")
                    % {"member": member, "level": area.level, "day": on}
                )
            if origin.pk != area.pk:
                require(actor, policy.CHANGE, origin)
            found.setdefault(new.code, []).append(origin)
        found.setdefault(new.code, [])
    return found


def _form(actor: Actor, new: NewArea, like: Area, parent: Area, on: date) -> Area:
    formed = Area(level_id=like.level_id, code=new.code, name=new.name, label_point=new.label_point, valid_from=on,
                  is_invented=like.is_invented)  # fmt: skip
    tree.plant(formed, parent, on)
    tree.give_codes(formed, new.codes, on)
    return formed


def _merged(actor: Actor, ending: Sequence[Area], into: NewArea, on: date) -> Area:
    """The new area that merged ones become; they must lie in one parent."""
    _check_new([into])
    parents = {parent.pk: parent for area in ending if (parent := tree.current_parenthood(area, on).parent)}
    if len(parents) > 1:
        raise Invalid(
            _("These lie in different areas. Transfer them into one first, or merge them into one that exists.")
        )
    return _form(actor, into, ending[0], next(iter(parents.values())), on)


def _check_lasts(area: Area, on: date) -> None:
    """The area exists on the day and is not to end later."""
    if not areas_on(on).filter(pk=area.pk).exists():
        raise Invalid(_("%(area)s does not exist on %(day)s. Choose another area or date.") % {"area": area, "day": on})
    if area.parenthoods.filter(valid__startswith__gt=on).exists() or (
        area.parenthoods.exists() and not area.parenthoods.filter(valid__endswith__isnull=True).exists()
    ):
        raise Invalid(_("%(area)s changes later on record. Choose another area or a later date.") % {"area": area})


def _succeed(kind: str, on: date, before: Area, after: Area, decision: str, details: dict | None = None) -> None:
    _row, made = Succession.objects.get_or_create(
        kind=kind, on=on, predecessor=before, successor=after,
        defaults={"decision": decision[:200], "details": details or {}},
    )  # fmt: skip
    if not made:
        raise Conflict(_("This change is on record for that day already."))
