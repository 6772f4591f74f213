"""The history of each field: what every operation on a concession writes beside the row itself.

A row that is entered is one change of the field ROW for each class it has something of; so is one that is taken out.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.concessions.field_classes import BESIDES, FIELDS, ROW, Values, subject_of, values_of
from sala.concessions.models import Change, Concession, Confirmation, Due
from sala.concessions.operations.releases import follow_one
from sala.core import clock
from sala.core.errors import Conflict
from sala.documents.models import Document


@dataclass(frozen=True)
class Why:
    """reason in words; document it stands on; effective_on: since when it is so, where that is not today."""

    reason: str = ""
    document: Document | None = None
    effective_on: date | None = None


def entered(actor: Actor, concession: Concession, row: models.Model, why: Why) -> None:
    """Tell that a row was entered, class by class."""
    _tell_rows(actor, concession, row, why, lambda values: (None, values))


def taken_out(actor: Actor, concession: Concession, row: models.Model, why: Why) -> None:
    """Tell that a row is going; called before it is deleted."""
    _tell_rows(actor, concession, row, why, lambda values: (values, None))


def _tell_rows(actor: Actor, concession: Concession, row: models.Model, why: Why, sides: Any) -> None:
    of_class: dict[str, Values] = {}
    for name, value in values_of(row).items():
        if value not in (None, "", {}, []):
            of_class.setdefault(FIELDS[type(row)][name], {})[name] = value
    changes = []
    for field_class, values in of_class.items():
        old, new = sides(values)
        changes.append(_change(actor, concession, row, field_class, ROW, old, new, why))
    Change.objects.bulk_create(changes)
    _unsettle(concession, {*of_class, *BESIDES.get(type(row), ())} if of_class else ())


def changed(actor: Actor, concession: Concession, row: models.Model, before: Values, why: Why, *,
            unsettles: bool = True) -> dict[str, list[Any]]:  # fmt: skip
    """Tell each field that is another one now. Returns field → [old, new] for the journal.

    unsettles  what was confirmed has to be confirmed again; not where the same is only said by another entry
    """
    after = values_of(row)
    different = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    classes = FIELDS[type(row)]
    Change.objects.bulk_create(
        _change(actor, concession, row, classes[name], name, old, new, why) for name, (old, new) in different.items()
    )
    if unsettles:
        _unsettle(
            concession, {*(classes[name] for name in different), *BESIDES.get(type(row), ())} if different else ()
        )
    return different


def _change(actor: Actor, concession: Concession, row: models.Model, field_class: str, field: str, old: Any, new: Any,
            why: Why) -> Change:  # fmt: skip
    return Change(
        concession=concession, field_class=field_class, subject=subject_of(row), field=field, old=old, new=new,
        position_id=actor.position_id, reason=why.reason, document=why.document, effective_on=why.effective_on,
        recorded_at=clock.now(),
    )  # fmt: skip


def _unsettle(concession: Concession, classes: Any) -> None:
    """What an office stood for is no longer what stands here: it has to confirm again."""
    if classes:
        Confirmation.objects.filter(
            concession=concession, field_class__in=list(classes), withdrawn_at__isnull=True
        ).update(withdrawn_at=clock.now())


def touch(concession: Concession) -> None:
    """The next version of a concession, of which what is owed and who sees it is looked at again. Called by every operation
    that changes it, last.
    """
    concession.version += 1
    concession.changed_at = clock.now()
    Concession.objects.filter(pk=concession.pk).update(version=concession.version, changed_at=concession.changed_at)
    Due.objects.filter(concession=concession, to_check=False).update(to_check=True)
    follow_one(concession)


def require_version(concession: Concession, version: int | None) -> None:
    """Refuse a change that was prepared on an older version. None asks nothing, for changes that only add."""
    if version is not None and version != concession.version:
        raise Conflict(
            _(
                "Somebody changed this entry while you were writing. Compare with what stands there now, then send again."
            )
        )
