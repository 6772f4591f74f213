"""Jobs that a concession plans and gives, as of a day."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.concessions import policy
from sala.concessions.field_classes import values_of
from sala.concessions.models import Concession, JobCount, JobKind
from sala.concessions.operations import changes
from sala.concessions.operations.changes import Why
from sala.core import clock
from sala.core.checking import check
from sala.core.errors import Invalid
from sala.core.operation import lock, operation
from sala.documents.models import Document
from sala.journal.operations import record


@operation
def count_jobs(actor: Actor, concession: Concession, *, kind: str, as_of: date, total: int, reason: str = "",
               document: Document | None = None, version: int | None = None, **fields: Any) -> JobCount:  # fmt: skip
    """Enter a count of jobs. A count of another day stays beside it; one of the same day is corrected."""
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    if kind == JobKind.PRESENT and as_of > clock.today():
        raise Invalid(_("The day lies ahead. Correct it."), {"as_of": [_("Choose a day up to today.")]})
    row = JobCount.objects.filter(concession=concession, kind=kind, as_of=as_of).first()
    before = values_of(row) if row else None
    row = row or JobCount(concession=concession, kind=kind, as_of=as_of)
    for field, value in {**fields, "total": total, "document": document}.items():
        setattr(row, field, value)
    check(row)
    row.save()
    why = Why(reason, document, as_of)
    if before is None:
        changes.entered(actor, concession, row, why)
    else:
        changes.changed(actor, concession, row, before, why)
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="jobs counted", kind=kind, document=document, reason=reason)
    return row
