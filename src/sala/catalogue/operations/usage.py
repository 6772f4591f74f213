"""Counting uses by day and kind of user; no names, no addresses."""

from typing import Any

from django.db.models import F

from sala.access.actor import Actor
from sala.catalogue.models import DailyUse, Dataset
from sala.core import clock
from sala.people.models import Person


def user_kind(actor: Actor) -> str:
    """official, citizen, researcher …, machine for a token, public for everybody else."""
    if actor.kind == "token":
        return "machine"
    if actor.person_id is None:
        return "public"
    if actor.is_government:
        return "official"
    return Person.objects.filter(pk=actor.person_id).values_list("kind", flat=True).first() or "public"


def count_use(actor: Actor, dataset: Dataset, kind: str) -> None:
    """Add one to today's count."""
    key: dict[str, Any] = {"dataset": dataset, "day": clock.today(), "kind": kind, "user_kind": user_kind(actor)}
    DailyUse.objects.get_or_create(**key)
    DailyUse.objects.filter(**key).update(count=F("count") + 1)
