"""Who finds a row, from the Scope of its noun, and what of that holds before its release."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from sala.access.actor import path_ids
from sala.access.scope import audiences_of, scope_of


@dataclass(frozen=True)
class Readers:
    """audiences who find it; `before`: those of them who find it even before `not_before`."""

    audiences: list[str]
    before: list[str]
    not_before: datetime | None = None


def readers_of(instance: models.Model, not_before: datetime | None = None) -> Readers:
    """not_before is what the entry says; the later of it and the Scope's own embargo counts."""
    scope = scope_of(type(instance))
    owners = [f"o{pk}" for pk in path_ids(_along(instance, scope.owner))]
    owners += [f"a{pk}" for pk in path_ids(_along(instance, scope.area))]
    instants = [moment for moment in (not_before, _along(instance, scope.embargo)) if moment]
    return Readers(audiences_of(instance), owners, max(instants, default=None))


def _along(instance: Any, lookup: str | None) -> Any:
    """Value at the end of a lookup such as "series__owner__path"; None where a step is missing."""
    for name in (lookup or "").split("__"):
        if instance is None or not name:
            return None
        instance = getattr(instance, name)
    return instance
