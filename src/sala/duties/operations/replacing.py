"""A corrected call in the place of one that runs: the old one ends with its open assignments when the new is issued."""

from typing import Any

from sala.access.actor import Actor
from sala.core import clock
from sala.core.operation import operation
from sala.duties.asking import asker_of
from sala.duties.models import Call
from sala.duties.operations.asked import copied
from sala.duties.operations.calls import draft_call


@operation
def replace_call(actor: Actor, old: Call, **texts: Any) -> Call:
    """Draft the call that is to replace another, by the same post and of the same posts, with what it asked.

    texts  as of draft_call: the corrected ones
    """
    call = draft_call(
        actor, issuer=old.issuer, asked=copied(old), replaces=old, is_invented=old.is_invented, **texts
    )  # fmt: skip
    asker_of(call).carry_forward(old, call, clock.today())
    return call
