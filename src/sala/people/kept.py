"""What an organisation keeps and what hangs on a post, across all parts: settings.SALA_KEPT names the list.

A closed organisation's rows of this list go to its successor; without one it is not closed while it keeps any. A post is
not abolished while anything of its list hangs on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string

from sala.access.actor import Actor
from sala.people.models import Organisation, Position

Hand = Callable[[Actor, Any, Organisation, str], None]


@dataclass(frozen=True)
class Kept:
    """One column of a model that names an organisation or a post.

    name    many of its rows, for people
    among   a callable to the condition of those that still count; asked when it is used, since it may depend on the day
    hand    gives one row to a successor (actor, row, successor, reason); None: it must be settled before
    """

    model: str
    column: str
    name: Any
    among: Callable[[], Q] = Q
    hand: Hand | None = None

    def rows(self, of: Organisation | Position) -> models.QuerySet[Any]:
        model = apps.get_model(self.model)
        return model._default_manager.filter(self.among(), **{self.column: of}).order_by("pk")


@dataclass(frozen=True)
class Lists:
    """of_organisations, of_posts: what is asked when one is closed or abolished."""

    of_organisations: Sequence[Kept]
    of_posts: Sequence[Kept]


@dataclass(frozen=True)
class Standing:
    """How many rows still stand in the way, or go over."""

    kept: Kept
    count: int

    @property
    def name(self) -> Any:
        return self.kept.name


def lists() -> Lists:
    found: Lists = import_string(settings.SALA_KEPT)
    return found


def kept_by(organisation: Organisation) -> list[Standing]:
    return _standing(lists().of_organisations, organisation)


def hanging_on(position: Position) -> list[Standing]:
    return _standing(lists().of_posts, position)


def _standing(asked: Sequence[Kept], of: Organisation | Position) -> list[Standing]:
    counted = [Standing(kept, kept.rows(of).count()) for kept in asked]
    return [one for one in counted if one.count]


def in_words(standing: Sequence[Standing]) -> str:
    return "; ".join(f"{one.name}: {one.count}" for one in standing)
