"""What is here of two places or kept areas, and the editions that both were made of."""

from typing import Any

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.catalogue.models import Edition
from sala.maps.queries.here import editions_of, kept_of, what_is_here, within_time
from sala.maps.where import shape_of


def compared_places(actor: Actor, recipe: dict[str, Any], editions: list[Edition] | None = None) -> tuple[dict[str, Any], list[Edition]]:  # fmt: skip
    """({"sides": what was found of each}, the editions it was made of). editions  only of these; else the newest of each."""
    sides, used = [], set()
    with within_time():  # both together
        for where in recipe["sides"]:
            found = what_is_here(actor, shape_of(where), editions=editions)
            used |= editions_of(found)
            sides.append(kept_of(found))
    rows = visible(actor, Edition).filter(pk__in=used)
    return {"sides": sides}, list(rows.select_related("distribution__dataset__owner", "distribution__dataset__place"))
