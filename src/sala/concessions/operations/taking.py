"""The register leaves the house: each download is counted, and the history says who took what."""

from typing import Any

from django.db.models import F

from sala.access.actor import Actor
from sala.catalogue.operations.usage import user_kind
from sala.concessions import policy
from sala.concessions.models import RegisterTaking
from sala.core import clock
from sala.core.operation import operation
from sala.journal.operations import record
from sala.places.queries import country


@operation
def note_register_taken(actor: Actor, *, kind: str, concessions: int, narrowed: dict[str, str]) -> None:
    """The list of concessions was taken along.

    kind  csv, xlsx, geojson, gpkg, land-matrix        narrowed  name → code of what the list was narrowed by
    Which concessions they were is not kept: it follows from the day, from who asked, and from what it was narrowed to.
    """
    user, _sex = user_kind(actor)
    key: dict[str, Any] = {"area": country(), "day": clock.today(), "user_kind": user}
    row, _made = RegisterTaking.objects.get_or_create(**key)
    RegisterTaking.objects.filter(pk=row.pk).update(count=F("count") + 1)
    if actor.position_id is None and actor.holdings:  # nothing had to be allowed, so no post was asked for
        posts = [holding.position_id for holding in actor.holdings]
        actor.position_id = actor.chosen if actor.chosen in posts else posts[0]
    told: dict[str, Any] = {"narrowed": narrowed} if narrowed else {}
    record(actor, policy.TAKE, row, change="register taken", format=kind, concessions=concessions, **told)
