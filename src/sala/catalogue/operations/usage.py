"""Counting uses by day, kind of user and, where people told it, sex; no names, no addresses."""

from typing import Any

from django.db.models import F

from sala.access.actor import Actor
from sala.catalogue.models import DailyUse, Dataset
from sala.core import clock
from sala.people.models import Person


def user_kind(actor: Actor) -> tuple[str, str]:
    """(official, citizen, researcher …, machine for a token, public for everybody else; sex, empty where it is not told)."""
    if actor.kind == "token":
        return "machine", ""
    if actor.person_id is None:
        return "public", ""
    kind, sex = Person.objects.filter(pk=actor.person_id).values_list("kind", "sex").first() or ("public", "")
    return ("official" if actor.is_government else kind), sex


def count_use(actor: Actor, dataset: Dataset, kind: str) -> None:
    """Add one to today's count."""
    user, sex = user_kind(actor)
    key: dict[str, Any] = {"dataset": dataset, "day": clock.today(), "kind": kind, "user_kind": user, "sex": sex}
    DailyUse.objects.get_or_create(**key)
    DailyUse.objects.filter(**key).update(count=F("count") + 1)
