"""Counting uses by day, kind of user and, where people told it, sex; no names, no addresses."""

from typing import Any

from django.db.models import F

from sala.access.actor import Actor
from sala.catalogue.models import DailyUse, Dataset
from sala.core import clock
from sala.people.models import KIND_OF_MEMBERS, Organisation, Person, PersonKind


def user_kind(actor: Actor) -> tuple[str, str]:
    """(official for members of offices, business for those of companies, citizen, researcher …, machine for a token, public for everybody else; sex, empty where it is not told)."""
    if actor.kind == "token":
        return "machine", ""
    if actor.person_id is None:
        return "public", ""
    kind, sex = Person.objects.filter(pk=actor.person_id).values_list("kind", "sex").first() or ("public", "")
    if actor.is_government:
        return PersonKind.OFFICIAL, sex
    if actor.has_post:
        house = Organisation.objects.get(pk=actor.holdings[0].organisation_id)
        return KIND_OF_MEMBERS[house.kind], sex
    return kind, sex


def count_use(actor: Actor, dataset: Dataset, kind: str) -> None:
    """Add one to today's count."""
    user, sex = user_kind(actor)
    key: dict[str, Any] = {"dataset": dataset, "day": clock.today(), "kind": kind, "user_kind": user, "sex": sex}
    if not _add_one(key):
        DailyUse.objects.get_or_create(**key)  # the first of the day; another may be the first at this moment
        _add_one(key)


def _add_one(key: dict[str, Any]) -> int:
    return DailyUse.objects.filter(**key).update(count=F("count") + 1)
