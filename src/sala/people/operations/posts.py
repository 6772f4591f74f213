"""Creating posts, naming the head among them, and abolishing them."""

from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.checking import check, need
from sala.core.errors import Conflict, NotPermitted
from sala.core.language import Translated
from sala.core.models import PackFact
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people import policy
from sala.people.giving import require_giving
from sala.people.kept import hanging_on, in_words
from sala.people.models import Organisation, Position, PositionGrant, Role
from sala.people.operations.organisations import found_organisation

USUAL_POSTS = "usual_posts"  # the fact of the pack: kind of organisation → its posts


@operation
def create_position(actor: Actor, organisation: Organisation, *, code: str, title: Translated, is_head: bool = False,
                    **more) -> Position:  # fmt: skip
    """Enter a new post in an organisation. Where it is the head, whatever was the head before is a post like others."""
    organisation = lock(organisation)
    position = Position(organisation=organisation, code=code, title=title, is_head=is_head, **more)
    require(actor, policy.EDIT, position)
    if organisation.closed_on:
        raise Conflict(_("This organisation was closed. Choose another one."))
    check(position)
    position.save()
    if is_head:
        _only_head(position)
    record(actor, policy.EDIT, position, change="created", code=code)
    return position


@operation
def create_usual_posts(actor: Actor, organisation: Organisation) -> list[str]:
    """Enter the posts that organisations of this kind have in the country pack, with their roles.

    A role that the actor may not pass on is left out. Returns, in words, what was left out.
    """
    left_out = []
    roles = {role.code: role for role in Role.objects.all()}
    sector = organisation.sector.code if organisation.sector else ""
    for entry in (PackFact.get(USUAL_POSTS) or {}).get(organisation.kind, []):
        code = f"{organisation.code}-{entry['code']}"
        if ("sectors" in entry and sector not in entry["sectors"]) or Position.objects.filter(code=code).exists():
            continue
        position = create_position(
            actor, organisation, code=code, title=Translated(entry["title"]), is_head=entry["code"] == "head",
            is_invented=organisation.is_invented,
        )  # fmt: skip
        for role in (roles[name] for name in entry.get("roles", []) if name in roles):
            across = reaches_across(entry, role.code)
            try:
                require(actor, policy.GRANT, position)
                require_giving(actor, position, role, area=None, across=across)
            except NotPermitted:
                left_out.append(f"{position.title}: {role.name}")
                continue
            PositionGrant.objects.create(position=position, role=role, across_organisations=across)
            record(actor, policy.GRANT, position, role=role.code, area=None, across=across)
    return left_out


@operation
def found_with_usual_posts(actor: Actor, **described: Any) -> tuple[Organisation, list[str]]:
    """Enter an organisation together with its usual posts. Returns it, and in words what roles were left out."""
    made = found_organisation(actor, **described)
    return made, create_usual_posts(actor, made)


def reaches_across(entry: dict[str, Any], role: str) -> bool:
    """Whether a role of a post of the pack holds over all organisations of its area: `true` for all its roles, or a list."""
    across = entry.get("across_organisations") or False
    return role in across if isinstance(across, list) else bool(across)


@operation
def make_head(actor: Actor, position: Position) -> Position:
    """From now on this post is the head of its organisation; an organisation has one."""
    organisation = lock(position.organisation)  # before the post, as whoever closes it does: two heads at once are one
    position = lock(position)
    require(actor, policy.EDIT, position)
    _require_open(position)
    if position.organisation_id != organisation.pk:
        raise Conflict(_("This post went over to another organisation just now. Look at its page, then send it again."))
    if position.is_head:
        raise Conflict(_("This post is the head already."))
    position.is_head = True
    position.save(update_fields=["is_head"])
    _only_head(position)
    record(actor, policy.EDIT, position, change="post made head")
    return position


def _only_head(position: Position) -> None:
    for other in Position.objects.filter(organisation=position.organisation, is_head=True).exclude(pk=position.pk):
        other.is_head = False
        other.save(update_fields=["is_head"])


def _require_open(position: Position) -> None:
    if position.closed_on:
        raise Conflict(_("This post was abolished already."))


@operation
def abolish_position(actor: Actor, position: Position, *, reason: str) -> None:
    """Close a post. Refused while somebody holds it or it owes something by duty; its history and its past work stay.

    Work that is open goes to the desk of the head of the unit, who gives it to another post.
    """
    position = lock(position)
    require(actor, policy.EDIT, position)
    _require_open(position)
    need(reason, _("Say why."), "reason")
    if position.appointments.filter(valid__overlap=DateRange(clock.today(), None)).exists():
        raise Conflict(_("Somebody holds this post. End the appointment first, then abolish the post."))
    if left := hanging_on(position):
        raise Conflict(
            _("This post cannot be abolished yet. End it or give it to another post first: %(left)s.")
            % {"left": in_words(left)}
        )
    position.closed_on = clock.today()
    position.save(update_fields=["closed_on"])
    record(actor, policy.EDIT, position, change="abolished", reason=reason)
