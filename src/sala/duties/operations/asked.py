"""Whom a draft asks: naming posts one by one or a whole selection at once, and taking them off again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core import subjects
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.duties import policy
from sala.duties.models import Assignment, Call
from sala.duties.operations.speaking import require_speaking_for
from sala.journal.operations import record
from sala.people.models import Position
from sala.places.models import Area

AT_ONCE = 2000  # rows written by one statement


@dataclass(frozen=True)
class Asked:
    """One assignment of a draft.

    position  whose work it is              checker  who accepts it in the end; None: the issuer
    area, period  default: those of the call; subject: the one row it is about
    above     post of the same call whose answer sums this one up
    """

    position: Position
    checker: Position | None = None
    area: Area | None = None
    period: str = ""
    subject: models.Model | None = None
    above: Position | None = None


@operation
def add_asked(actor: Actor, call: Call, asked: Sequence[Asked]) -> int:
    """Put posts on a draft. Those that stand on it already for the same are left as they are. Returns how many are new."""
    call = lock_draft(actor, call)
    before = call.assignments.count()
    write_asked(call, asked)
    made = call.assignments.count() - before
    record(actor, policy.ISSUE, call, change="asked", new=made)
    return made


@operation
def remove_asked(actor: Actor, call: Call, numbers: Iterable[int]) -> int:
    """Take assignments off a draft by their numbers. Returns how many went."""
    call = lock_draft(actor, call)
    rows = call.assignments.filter(pk__in=list(numbers))
    count = rows.count()
    call.assignments.filter(parent__in=rows).update(parent=None)
    rows.delete()
    record(actor, policy.ISSUE, call, change="asked", removed=count)
    return count


def lock_draft(actor: Actor, call: Call) -> Call:
    """The draft, held, when the actor may change it."""
    call = lock(call)
    require_speaking_for(actor, call.issuer)
    if not call.is_draft:
        raise Conflict(_("This call has left its draft. Withdraw it and issue a new one."))
    return call


def write_asked(call: Call, asked: Sequence[Asked]) -> None:
    rows = [_row(call, one) for one in asked]
    Assignment.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    above = {one.position.pk: one.above.pk for one in asked if one.above is not None}
    if above:
        _set_parents(call, above)


def _row(call: Call, one: Asked) -> Assignment:
    may_check_itself = bool(call.self_check)
    if one.checker is not None and one.checker.pk == one.position.pk and not may_check_itself:
        advice = _("The post that checks must be another than the post asked. Choose another one.")
        raise Invalid(advice, {"validating_position": [advice]})
    return Assignment(
        call=call, position=one.position, validating_position=one.checker, area=one.area or call.area,
        period=one.period or call.period, due_on=call.due_on, self_checked=may_check_itself,
        **({"subject_type": subjects.of(one.subject).noun, "subject_id": one.subject.pk} if one.subject else {}),
    )  # fmt: skip


def _set_parents(call: Call, above: dict[int, int]) -> None:
    """Post asked → post above it; both must stand on the call."""
    rows = {
        row.position_id: row for row in call.assignments.filter(Q(position__in=above) | Q(position__in=above.values()))
    }
    changed = []
    for post, post_above in above.items():
        if post not in rows:
            continue
        if post_above not in rows:
            advice = _("A post above another one must be asked too. Add it to the call first.")
            raise Invalid(advice, {"above": [advice]})
        rows[post].parent = rows[post_above]
        changed.append(rows[post])
    Assignment.objects.bulk_update(changed, ["parent"], batch_size=AT_ONCE)


def copied(call: Call) -> list[Asked]:
    """Whom a call asks, to be asked again: posts that still exist, with their checkers and the posts above them.

    A row keeps a period of its own; one that has the call's takes that of the new call.
    """
    rows: Any = call.assignments.select_related("position", "validating_position", "parent__position", "area")
    return [
        Asked(
            position=row.position,
            checker=None
            if row.validating_position is None or row.validating_position.closed_on
            else row.validating_position,
            area=row.area if row.area and not row.area.has_ended else None,
            period=row.period if row.period != call.period else "",
            subject=_subject(row),
            above=row.parent.position if row.parent and not row.parent.position.closed_on else None,
        )
        for row in rows
        if row.position.closed_on is None
    ]


def _subject(row: Assignment) -> models.Model | None:
    return subjects.by_noun(row.subject_type).find(row.subject_id) if row.subject_id else None
