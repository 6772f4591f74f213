"""Layers that constrain: which they are, and the pieces of their newest edition."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, sees
from sala.catalogue.models import Distribution
from sala.concessions import policy
from sala.concessions.models import ConstraintLayer, Effect
from sala.core.checking import check
from sala.core.errors import Invalid
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record
from sala.people.models import Organisation

# Lines and points constrain by what lies around them; a polygon counts by itself, with what lies around it.
_CUT = """
    insert into concessions_constraintpiece (layer_id, number, geometry)
    select %(layer)s, f.number, (st_dump(st_subdivide(grown.shape, 128))).geom
    from catalogue_feature f
    cross join lateral (
        select st_collectionextract(case when %(metres)s > 0
            then st_buffer(f.geometry::geography, %(metres)s)::geometry else f.geometry end, 3) as shape
    ) grown
    where f.edition_id = %(edition)s and not st_isempty(grown.shape)
"""


@operation
def keep_constraint(
    actor: Actor, *, code: str, name: Any, distribution: Distribution, effect: str, owner: Organisation,
    authority: Any = None, legal_basis: Document | None = None, clause: str = "", buffer_m: int = 0,
    layer: ConstraintLayer | None = None, is_invented: bool = False,
) -> ConstraintLayer:  # fmt: skip
    """Enter a constraining layer, or change one. Its pieces are made at once from the newest edition.

    Who screens is told hectares within the layer, whatever tier its dataset has; so it has to be seen by who says so.
    """
    row = lock(layer) if layer else ConstraintLayer(code=code, is_invented=is_invented)
    if layer:
        require(actor, policy.CONSTRAIN, row)
    row.name, row.distribution, row.effect, row.owner = name, distribution, Effect(effect), owner
    row.authority, row.legal_basis, row.clause, row.buffer_m = authority or {}, legal_basis, clause, buffer_m
    require(actor, policy.CONSTRAIN, row)
    if not sees(actor, distribution.dataset):
        raise Invalid(_("You do not see this data. Ask its owner to share it with your office first."))
    if effect in (Effect.CONSENT, Effect.OPINION) and not row.authority:
        words = _("Say who gives the consent or the opinion.")
        raise Invalid(words, {"authority": [words]})
    check(row)
    row.save()
    record(actor, policy.CONSTRAIN, row, change="constraint changed" if layer else "constraint entered", effect=effect)
    cut(row)
    return row


@operation
def retire_constraint(actor: Actor, layer: ConstraintLayer, *, reason: str) -> None:
    """Look at it no longer. What was screened with it stays as it is."""
    row = lock(layer)
    require(actor, policy.CONSTRAIN, row)
    if not reason.strip():
        words = _("Say why it constrains no longer.")
        raise Invalid(words, {"reason": [words]})
    row.retired = True
    row.save(update_fields=["retired"])
    record(actor, policy.CONSTRAIN, row, change="constraint retired", reason=reason.strip()[:300])


def cut(layer: ConstraintLayer) -> bool:
    """Make the pieces of the newest published edition, where they are of another one. Returns whether it did.

    Runs inside the caller's transaction: nobody screens with half of a layer.
    """
    edition = layer.distribution.latest
    layer.pieces.all().delete()
    layer.edition = edition
    if edition is not None:
        asked = {"layer": layer.pk, "edition": edition.pk, "metres": layer.buffer_m}
        with connection.cursor() as cursor:
            cursor.execute(_CUT, asked)
    layer.save(update_fields=["edition"])
    return edition is not None


@operation
def follow_editions(actor: Actor) -> int:
    """Make the pieces anew of every layer with a newer edition, or whose edition was withdrawn. Returns how many."""
    count = 0
    for row in ConstraintLayer.objects.filter(retired=False).select_related("distribution").order_by("pk"):
        newest = row.distribution.latest
        if (newest.pk if newest else None) != row.edition_id:
            cut(lock(row))
            count += 1
    return count
