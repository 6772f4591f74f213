"""Founding, moving and closing organisations.

Changes of the tree are made one at a time (an advisory lock), and read it as it is then: two moves side by side can make a
circle, and a unit founded below an organisation that moves would keep a path that leads nowhere.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock, subjects
from sala.core.checking import check, need
from sala.core.errors import Conflict, Invalid
from sala.core.language import Translated
from sala.core.operation import operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.kept import in_words, kept_by, lists
from sala.people.models import Organisation, Position, PositionGrant, Sharing
from sala.places.models import Area

TREE_LOCK = 7_301_979

RESERVED = ("new",)  # /organisations/new/ is the page on which one is entered


def _hold(*organisations: Organisation | None) -> list[Any]:
    """Wait until no other transaction changes the tree, and lock these in the order of their ids. Each as it is now."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [TREE_LOCK])
    ids = {one.pk for one in organisations if one}
    locked = Organisation.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(ids)
    return [one and locked[one.pk] for one in organisations]


@operation
def found_organisation(actor: Actor, *, parent: Organisation | None, code: str, name: Translated, kind: str, area: Area,
                       **more) -> Organisation:  # fmt: skip
    """Enter a new organisation under its parent. Without a parent the right must reach over all organisations there."""
    (parent,) = _hold(parent)
    organisation = Organisation(code=code, name=name, kind=kind, parent=parent, area=area, path="", **more)
    organisation.path = parent.path if parent else "/"
    require(actor, policy.EDIT, organisation)
    _require_parent(parent, organisation)
    if code in RESERVED:
        words = _("This word means something else here. Choose another code.")
        raise Invalid(words, {"code": [words]})
    check(organisation)
    organisation.save()
    organisation.path = f"{parent.path if parent else '/'}{organisation.pk}/"
    organisation.save(update_fields=["path"])
    record(actor, policy.EDIT, organisation, change="founded", code=code)
    return organisation


def _require_parent(parent: Organisation | None, organisation: Organisation) -> None:
    if parent is None:
        return
    words = ""
    if parent.closed_on:
        words = _("This organisation was closed. Choose another one.")
    elif organisation.is_government and not parent.is_government:
        words = _("An office of government does not stand below an organisation outside it. Choose another one.")
    if words:
        raise Invalid(words, {"parent": [words]})


@operation
def move_organisation(actor: Actor, organisation: Organisation, *, parent: Organisation | None, reason: str) -> None:
    """Put an organisation with all its units under another parent; rights and work follow the new place.

    The right must cover both the organisation and where it goes.
    """
    organisation, parent = _hold(organisation, parent)
    require(actor, policy.EDIT, organisation)
    _require_open(organisation)
    need(reason, _("Say why."), "reason")
    require(actor, policy.EDIT, parent or Organisation(path="/", area=organisation.area))
    if parent and parent.path.startswith(organisation.path):
        words = _("An organisation cannot be placed under one of its own units. Choose another parent.")
        raise Invalid(words, {"parent": [words]})
    _require_parent(parent, organisation)
    if parent and parent.pk == organisation.parent_id:
        words = _("It stands there already. Choose another parent.")
        raise Invalid(words, {"parent": [words]})
    old_parent = organisation.parent_id
    _put_under(organisation, parent)
    record(
        actor,
        policy.MOVE,
        organisation,
        change="moved",
        reason=reason,
        parents=[old_parent, parent.pk if parent else None],
    )


def _put_under(organisation: Organisation, parent: Organisation | None) -> None:
    old_path = organisation.path
    new_path = f"{parent.path if parent else '/'}{organisation.pk}/"
    organisation.parent = parent
    organisation.save(update_fields=["parent"])
    units = Organisation.objects.filter(path__startswith=old_path)
    units.update(path=Concat(Value(new_path), Substr(F("path"), len(old_path) + 1)))
    organisation.path = new_path


def _require_open(organisation: Organisation) -> None:
    if organisation.closed_on:
        raise Conflict(_("This organisation was closed already. Its page names what followed it."))


@operation
def close_organisation(actor: Actor, organisation: Organisation, *, on: date, reason: str,
                       successor: Organisation | None = None) -> Organisation:  # fmt: skip
    """Close an organisation from a day on.

    With a successor its posts (with their holders, duties and work), its units and what it keeps (people.kept) go over,
    what it shares in is shared with the successor, and it stands below the successor from then on: rights over the one
    reach what the other left. Roles of its posts stay within its area and wait to be confirmed. Without one it is refused
    while it has units, posts or anything that it keeps.
    """
    organisation, successor = _hold(organisation, successor)
    require(actor, policy.EDIT, organisation)
    _require_open(organisation)
    need(reason, _("Say why, and by which decision."), "reason")
    if on > clock.today():
        words = _("This day lies ahead. Close it on that day.")
        raise Invalid(words, {"on": [words]})
    if successor:
        _require_successor(actor, organisation, successor)
        _hand_over(actor, organisation, successor, reason)
        _put_under(organisation, successor)
    else:
        _require_nothing_left(organisation)
    organisation.closed_on, organisation.successor = on, successor
    organisation.save(update_fields=["closed_on", "successor"])
    record(actor, policy.MOVE, organisation, change="closed", on=on, reason=reason,
           successor=successor.pk if successor else None)  # fmt: skip
    return organisation


def _require_successor(actor: Actor, organisation: Organisation, successor: Organisation) -> None:
    words = ""
    if successor.path.startswith(organisation.path):
        words = _("One of its own units cannot follow it. Move the unit out first, then close it.")
    elif successor.closed_on:
        words = _("This organisation was closed. Choose another one.")
    elif successor.is_government != organisation.is_government:
        words = _("An office of government follows an office of government. Choose another one.")
    if words:
        raise Invalid(words, {"successor": [words]})
    require(actor, policy.EDIT, successor)


def _require_nothing_left(organisation: Organisation) -> None:
    left = [
        (_("offices under it"), organisation.units.filter(closed_on__isnull=True).count()),
        (_("posts"), organisation.positions.filter(closed_on__isnull=True).count()),
    ]
    left_in_words = [f"{name}: {count}" for name, count in left if count]
    kept = in_words(kept_by(organisation))
    told = "; ".join([*left_in_words, *([kept] if kept else [])])
    if told:
        raise Conflict(
            _("It cannot be closed yet. Move or end first, or name the organisation that follows it: %(left)s.")
            % {"left": told}
        )


def _hand_over(actor: Actor, organisation: Organisation, successor: Organisation, reason: str) -> None:
    blocking = [one for one in kept_by(organisation) if one.kept.hand is None]
    if blocking:
        raise Conflict(
            _("This does not go to a successor by itself. Settle it first: %(left)s.") % {"left": in_words(blocking)}
        )
    for kept in lists().of_organisations:
        for row in kept.rows(organisation):
            assert kept.hand is not None
            try:
                with transaction.atomic():
                    kept.hand(actor, row, successor, reason)
            except IntegrityError as error:
                raise Conflict(
                    _(
                        "“%(row)s” cannot go over: the organisation that follows has the like already. End one of them first."
                    )
                    % {"row": row}
                ) from error
    for unit in organisation.units.filter(closed_on__isnull=True).select_for_update():
        _put_under(unit, successor)
        record(actor, policy.MOVE, unit, change="moved", reason=reason, parents=[organisation.pk, successor.pk])
    _move_posts(actor, organisation.positions.filter(closed_on__isnull=True).select_for_update(), successor, reason)
    _share_with(actor, organisation, successor, reason)


def _move_posts(actor: Actor, posts: Iterable[Position], successor: Organisation, reason: str) -> None:
    """The successor keeps its own head; a head that comes over is a post like others. What its posts may do keeps its area."""
    has_head = successor.positions.filter(is_head=True, closed_on__isnull=True).exists()
    for post in posts:
        _keep_to_area(actor, post)
        post.organisation = successor
        post.is_head = post.is_head and not has_head
        has_head = has_head or post.is_head
        post.save(update_fields=["organisation", "is_head"])
        record(actor, policy.EDIT, post, change="moved", reason=reason, organisation=successor.pk)


def _keep_to_area(actor: Actor, post: Position) -> None:
    """A role without an area holds in its organisation's: said now, since the successor's may be wider or elsewhere."""
    area = post.organisation.area
    for grant in PositionGrant.objects.filter(position=post, area__isnull=True).select_related("role"):
        twin = PositionGrant.objects.filter(position=post, role=grant.role, area=area).first()
        if twin:
            grant.delete()
            grant, across = twin, twin.across_organisations or grant.across_organisations
        else:
            across = grant.across_organisations
        grant.area, grant.across_organisations, grant.to_confirm = area, across, True
        grant.save(update_fields=["area", "across_organisations", "to_confirm"])
        record(actor, policy.GRANT, post, role=grant.role.code, area=area.code, across=across)


def _share_with(actor: Actor, organisation: Organisation, successor: Organisation, reason: str) -> None:
    """What was shared with the one is shared with the other for the days that are left, unless it is already."""
    ahead = DateRange(clock.today(), None)
    for sharing in Sharing.objects.filter(organisation=organisation, valid__overlap=ahead):
        held = Sharing.objects.filter(
            organisation=successor, subject_type=sharing.subject_type, subject_id=sharing.subject_id,
            valid__overlap=sharing.valid,
        )  # fmt: skip
        if held.exists():
            continue
        sharing.organisation = successor
        sharing.save(update_fields=["organisation"])
        model = subjects.by_noun(sharing.subject_type).model_class
        if (shared := model._default_manager.filter(pk=sharing.subject_id).first()) is not None:
            record(
                actor, policy.MOVE, shared, change="shared with a successor", organisation=successor.pk, reason=reason
            )
