"""What somebody follows, with the rows as far as that person still sees them."""

from dataclasses import dataclass
from typing import Any

from sala.access.actor import Actor
from sala.catalogue.models import Follow, Followed
from sala.catalogue.operations.following import choices_of


@dataclass(frozen=True)
class Following:
    """row: None where it is not open to the reader any more."""

    follow: Follow
    row: Any


def followed_by(actor: Actor) -> list[Following]:
    """Newest first, in one query for each kind."""
    follows = list(Follow.objects.filter(person_id=actor.person_id or 0))
    rows: dict[str, dict[int, Any]] = {}
    for kind in Followed.values:
        ids = [follow.subject_id for follow in follows if follow.kind == kind]
        rows[kind] = choices_of(actor, kind).in_bulk(ids) if ids else {}
    return [Following(follow, rows[follow.kind].get(follow.subject_id)) for follow in follows]


def follows(actor: Actor, kind: str, pk: int) -> bool:
    return Follow.objects.filter(person_id=actor.person_id or 0, kind=kind, subject_id=pk).exists()
