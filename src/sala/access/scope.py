"""The one rule of who sees what. A noun declares its Scope; `visible`, `can` and the search words all come from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

import pghistory
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sala.access.actor import Actor, Grant, Holding, owner_word, path_ids, shared_word
from sala.core import clock
from sala.core.errors import Conflict, NotPermitted, SignInNeeded

M = TypeVar("M", bound=models.Model)


class Tier(StrEnum):
    """From open to closed. Named organisations are added to any tier by sharing."""

    PUBLIC = "public"
    GOVERNMENT = "government"
    NAMED = "named"
    OWN = "own"


TIER_NAMES = {
    Tier.PUBLIC: _("Public"),
    Tier.GOVERNMENT: _("Government"),
    Tier.NAMED: _("Named organisations"),
    Tier.OWN: _("Own organisation"),
}


@dataclass(frozen=True)
class Scope:
    """Lookups, as strings, from a noun to what decides about it.

    area       path of its area          owner      path of the organisation that owns it
    tier       a Tier                    published  boolean: released to its tier
    embargo    instant before which only the owner sees it
    shared     (noun, lookup): the lookup leads to the id of the row of that noun that is shared with organisations
    some       the same of a noun of which only a part is shared; what of it, the actor tells (Actor.some)
    some_of    (lookup, values): rows that are never shared in part
    sharing    verb that names those organisations
    parties    paths of organisations that take part in it: once released they see it, their grants do not reach it;
               a lookup may lead over many rows ("assignments__position__organisation__path")
    everyone   the noun is public by nature
    open       boolean: such rows are public by nature, whatever the rest says
    read       verb that opens it where neither tier nor ownership does
    keepers    ids of the organisations that alone keep it, with all below them; none: every grant that covers it
    """

    area: str | None = None
    owner: str | None = None
    tier: str | None = None
    published: str | None = None
    embargo: str | None = None
    shared: tuple[str, str] | None = None
    some: tuple[str, str] | None = None
    some_of: tuple[str, tuple[str, ...]] | None = None
    sharing: str | None = None
    parties: tuple[str, ...] = ()
    everyone: bool = False
    open: str | None = None
    read: str | None = None
    keepers: str | None = None


def _value(instance: Any, lookup: str | None) -> Any:
    for name in (lookup or "").split("__"):
        if instance is None or not name:
            return None
        instance = getattr(instance, name)
    return instance


def _values(instance: models.Model, lookup: str) -> list[Any]:
    """All values that a lookup leads to; more than one where it goes over many rows, none where it ends early.

    Read from what was loaded with the row, where it was; else in one query, however many rows it goes over.
    """
    first, *_others = lookup.split("__")
    if first in instance._state.fields_cache or first in getattr(instance, "_prefetched_objects_cache", {}):
        return _loaded_values(instance, lookup)
    rows = type(instance)._default_manager.filter(pk=instance.pk).order_by().values_list(lookup, flat=True).distinct()
    return [value for value in rows if value is not None]


def _loaded_values(instance: Any, lookup: str) -> list[Any]:
    found = [instance]
    for name in lookup.split("__"):
        reached = [getattr(item, name, None) for item in found]
        found = []
        for value in reached:
            found += list(value.all()) if isinstance(value, models.Manager) else [value]
        found = [value for value in found if value is not None]
    return found


def _goes_over_many(model: type[models.Model], lookup: str) -> bool:
    """Whether a lookup may lead from one row to several, so that a join would multiply it."""
    step: Any = model
    for name in lookup.split("__"):
        field = step._meta.get_field(name)
        if field.one_to_many or field.many_to_many:
            return True
        step = field.related_model or step
    return False


def _through(model: type[models.Model], condition: Q) -> Q:
    """A condition over many related rows, as a list of ids: no join that multiplies rows, nothing to make distinct."""
    return Q(pk__in=model._default_manager.filter(condition).order_by().values("pk"))


def scope_of(model: type[models.Model]) -> Scope:
    return model.scope  # type: ignore[attr-defined]


def _released(scope: Scope) -> Q:
    condition = Q()
    if scope.published:
        condition &= Q(**{scope.published: True})
    if scope.embargo:
        condition &= Q(**{f"{scope.embargo}__isnull": True}) | Q(**{f"{scope.embargo}__lte": clock.now()})
    return condition


def once_visible(actor: Actor, model: type[M]) -> QuerySet[M]:
    """The rows of a noun that this actor would see if they were released; to tell a withdrawn row from an unknown one."""
    condition = seen(actor, model, replace(scope_of(model), published=None))
    rows: QuerySet[M] = model._default_manager.all()
    return rows if condition is None else rows.filter(condition)


def seen(actor: Actor, model: type[models.Model], scope: Scope | None = None) -> Q | None:
    """The condition under which the actor sees a row, by its own Scope or by another; None when every row is seen."""
    scope = scope or scope_of(model)
    if scope.everyone or actor.is_everything:
        return None
    condition = Q(**{scope.open: True}) if scope.open else Q(pk__in=[])
    if scope.tier:
        tiers = [Tier.PUBLIC, *([Tier.GOVERNMENT] if actor.is_government else [])]
        condition |= Q(**{f"{scope.tier}__in": tiers}) & _released(scope)
    if scope.shared and actor.holdings:
        noun, lookup = scope.shared
        condition |= Q(**{f"{lookup}__in": actor.shared_ids(noun)}) & _released(scope)
    if scope.some and actor.some:
        condition |= _in_part(actor, scope) & _released(scope)
    for lookup in scope.parties if actor.holdings else ():
        within = Q(*(Q(**{f"{lookup}__startswith": path}) for path in actor.organisation_paths()), _connector=Q.OR)
        condition |= (_through(model, within) if _goes_over_many(model, lookup) else within) & _released(scope)
    if scope.owner:
        for path in actor.organisation_paths():
            condition |= Q(**{f"{scope.owner}__startswith": path})
    if scope.area:
        for path in actor.areas_readable():
            condition |= Q(**{f"{scope.area}__startswith": path})
    if scope.read:
        condition |= _granted(actor, scope, scope.read)
    return condition


def _in_part(actor: Actor, scope: Scope) -> Q:
    assert scope.some
    noun, lookup = scope.some
    condition = Q(**{f"{lookup}__in": actor.shared_ids(noun)})
    if scope.some_of:
        left_out, values = scope.some_of
        condition &= ~Q(**{f"{left_out}__in": values})
    return condition


def seen_whole(actor: Actor, model: type[M]) -> QuerySet[M]:
    """The visible rows of a noun without those that are shared with the actor in part only."""
    condition = seen(actor, model, replace(scope_of(model), some=None))
    rows: QuerySet[M] = model._default_manager.all()
    return rows if condition is None else rows.filter(condition)


def _granted(actor: Actor, scope: Scope, verb: str, *, kept: bool = False) -> Q:
    """The condition under which some grant with the verb reaches a row.

    kept  what others alone keep is left out, as of every right but that to read
    """
    condition = Q(pk__in=[])
    for holding in actor.holdings:
        for grant in holding.grants:
            if verb in grant.verbs:
                within = Q()
                if scope.area and grant.area_path:
                    within &= Q(**{f"{scope.area}__startswith": grant.area_path})
                if scope.owner and grant.organisation_path:
                    within &= Q(**{f"{scope.owner}__startswith": grant.organisation_path})
                if kept and scope.keepers and grant.organisation_path:
                    within &= _kept_by(scope.keepers, holding)
                condition |= within if within else ~Q(pk__in=[])
    return condition


def visible(actor: Actor, model: type[M]) -> QuerySet[M]:
    """The rows of a noun that this actor may see. Every page, export, map, feed and API answer starts here."""
    rows: QuerySet[M] = model._default_manager.all()
    condition = seen(actor, model)
    return rows if condition is None else rows.filter(condition)


def is_open(instance: models.Model) -> bool:
    """Whether everybody sees this row now, whoever asks: said by the row itself, without asking the database for it."""
    scope = scope_of(type(instance))
    if scope.everyone or (scope.open and _value(instance, scope.open)):
        return True
    released = not scope.published or bool(_value(instance, scope.published))
    begins = _value(instance, scope.embargo)
    return (
        bool(scope.tier)
        and _value(instance, scope.tier) == Tier.PUBLIC
        and released
        and (begins is None or begins <= clock.now())
    )


def sees(actor: Actor, instance: models.Model) -> bool:
    """Whether this row is among those visible to the actor."""
    return visible(actor, type(instance)).filter(pk=instance.pk).exists()


def permitting(actor: Actor, verb: str, subject: models.Model) -> list[Holding]:
    """The positions held today whose grants allow the verb on this row."""
    scope = scope_of(type(subject))
    area, owner = _value(subject, scope.area), _value(subject, scope.owner)
    keepers = _keepers(subject, scope.keepers)
    return [
        holding
        for holding in actor.holdings
        if any(grant.covers(verb, area, owner) and _keeps(holding, grant, keepers) for grant in holding.grants)
    ]


def _keepers(instance: Any, lookup: str | None) -> list[int]:
    """Ids of those that alone keep a row; none of a row that was not said yet to be of any kind."""
    for name in (lookup or "").split("__"):
        instance = getattr(instance, name, None) if name else None
    return instance or []


def _keeps(holding: Holding, grant: Grant, keepers: Sequence[int]) -> bool:
    """Nobody keeps it alone, or the post is of a keeper's house; a grant across organisations reaches it all the same."""
    return not keepers or not grant.organisation_path or bool(set(path_ids(holding.organisation_path)) & set(keepers))


def _kept_by(lookup: str, holding: Holding) -> Q:
    """The same of many rows: those that nobody keeps alone, and those of a keeper's house."""
    nobody = Q(**{lookup: []}) | Q(**{f"{lookup}__isnull": True})
    return nobody | Q(**{f"{lookup}__overlap": path_ids(holding.organisation_path)})


def permitted(actor: Actor, verb: str, model: type[M]) -> QuerySet[M]:
    """The rows on which some post of the actor allows the verb: what `can` says of one row, for many at once."""
    rows: QuerySet[M] = model._default_manager.all()
    return rows if actor.is_everything else rows.filter(_granted(actor, scope_of(model), verb, kept=True))


def can(actor: Actor, verb: str, subject: models.Model) -> bool:
    return actor.is_everything or bool(permitting(actor, verb, subject))


def require(actor: Actor, verb: str, subject: models.Model, *, acting: int | None = None) -> None:
    """Let the operation go on, and note the one position that allows it. Raises what the reader should be told.

    acting  a position that the matter itself names (whose work it is): with several it decides, so nobody is asked
    """
    if actor.is_everything:
        return
    if not actor.is_signed_in and actor.kind not in ("token", "post"):
        raise SignInNeeded(_("This needs a position in government. Sign in with your link, then send it again."))
    candidates = permitting(actor, verb, subject)
    if not candidates:
        raise NotPermitted(
            _(
                "Your position does not cover this here. Ask the owner to act, or request the right from your administrator."
            )
        )
    chosen = [holding for holding in candidates if holding.position_id == actor.chosen]
    chosen = chosen or [holding for holding in candidates if holding.position_id == acting]
    if len(candidates) > 1 and not chosen:
        names = "; ".join(holding.label for holding in candidates)
        raise Conflict(
            _(
                "More than one of your positions allows this (%(names)s). Choose at the top of the page in which you act, then send it again."
            )
            % {"names": names}
        )
    actor.position_id = (chosen or candidates)[0].position_id
    with pghistory.context(position=actor.position_id):
        pass


def audiences_of(instance: models.Model) -> list[str]:
    """Words naming who may read this row; the counterpart of Actor.audiences, from the same Scope."""
    scope = scope_of(type(instance))
    if scope.everyone or (scope.open and _value(instance, scope.open)):
        return ["public"]
    words: set[str] = set()
    released = _value(instance, scope.published) if scope.published else True
    if released and scope.tier:
        tier = _value(instance, scope.tier)
        words |= {"public"} if tier == Tier.PUBLIC else {"gov"} if tier == Tier.GOVERNMENT else set()
    for noun, lookup in filter(None, (scope.shared, scope.some)) if released else ():
        words.add(shared_word(noun, _value(instance, lookup)))
    if released:
        words |= {
            owner_word(pk) for lookup in scope.parties for path in _values(instance, lookup) for pk in path_ids(path)
        }
    words |= {owner_word(pk) for pk in path_ids(_value(instance, scope.owner))}
    words |= {f"a{pk}" for pk in path_ids(_value(instance, scope.area))}
    return sorted(words)
