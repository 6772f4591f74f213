"""One order to any selection of rows: each becomes an assignment of the post that answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core.errors import Invalid
from sala.core.operation import operation
from sala.duties import policy
from sala.duties.models import Call
from sala.duties.operations.asked import Asked, lock_draft, write_asked
from sala.duties.responsible import Finder, responsible
from sala.journal.operations import record
from sala.people.models import Position

MOST = 20_000  # rows of one order


@dataclass(frozen=True)
class Ordered:
    """What came of it: assignments that are new, and the rows for which no post answers."""

    new: int
    without: tuple[models.Model, ...] = ()


@operation
def order_for(actor: Actor, call: Call, rows: QuerySet, post_of: Sequence[Finder | str], *, area: str = "",
              checker: Position | None = None) -> Ordered:  # fmt: skip
    """Ask, on a draft, for each of these rows the post that answers for it; what stands there already is left.

    rows     of any noun in the list of nouns; those the actor does not see are left out
    post_of  how the post is found, tried in this order: kinds of duty ("owns") or finders (duties.responsible)
    area     name of the row's area, to be the assignment's; empty: the call's
    """
    call = lock_draft(actor, call)
    shown = visible(actor, rows.model).filter(pk__in=rows.values("pk")).order_by("pk")
    if area:
        shown = shown.select_related(area)
    found = list(shown[: MOST + 1])
    if len(found) > MOST:
        raise Invalid(_("One order goes to at most %(count)d of them. Narrow the selection.") % {"count": MOST})
    posts = responsible(found, post_of)
    before = call.assignments.count()
    write_asked(
        call,
        [
            Asked(posts[row.pk], checker=checker, subject=row, area=getattr(row, area) if area else None)
            for row in found
            if row.pk in posts
        ],
    )
    new = call.assignments.count() - before
    without = tuple(row for row in found if row.pk not in posts)
    record(actor, policy.ISSUE, call, change="asked", new=new, without=len(without))
    return Ordered(new, without)
