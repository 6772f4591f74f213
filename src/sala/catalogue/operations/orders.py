"""An order to bring datasets up to date: one call, one assignment for each dataset, to the post that answers for it."""

from typing import Any

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.catalogue.models import Dataset
from sala.core.operation import operation
from sala.duties import operations as duties
from sala.duties.models import Call, CallKind, DutyKind
from sala.people.models import Position

RESPONSIBLE = (DutyKind.OWNS.value, DutyKind.REPORTS.value)  # whose post it is, tried in this order


@operation
def order_update(
    actor: Actor, datasets: QuerySet[Dataset], *, issuer: Position, **texts: Any
) -> tuple[Call, duties.Ordered]:
    """Draft an order in the name of a post, to whoever owns or else reports each of these datasets.

    texts  title, purpose, instruction, due_on and what else a draft takes
    """
    call = duties.draft_call(actor, issuer=issuer, kind=CallKind.ORDER, **texts)
    return call, duties.order_for(actor, call, datasets, RESPONSIBLE, area="place")
