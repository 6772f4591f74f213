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
    """Enter a count of jobs. A count of another day stays beside it; one of the same day is corrected by correct_jobs."""
    concession = lock(concession)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    row = JobCount(concession=concession, kind=kind, as_of=as_of, total=total, document=document, **fields)
    _check_count(row)
    row.save()
    changes.entered(actor, concession, row, Why(reason, document, as_of))
    changes.touch(concession)
    record(actor, policy.ENTER, concession, change="jobs counted", kind=kind, document=document, reason=reason)
    return row


@operation
def correct_jobs(actor: Actor, row: JobCount, version: int | None = None, *, reason: str, effective_on: date | None = None,
                 **fields: Any) -> JobCount:  # fmt: skip
    """Correct a count of jobs. Fields that are not given, the paper among them, stay as they are."""
    concession = lock(row.concession)
    row = lock(row)
    require(actor, policy.ENTER, concession)
    changes.require_version(concession, version)
    before = values_of(row)
    for field, value in fields.items():
        setattr(row, field, value)
    _check_count(row)
    row.save()
    different = changes.changed(actor, concession, row, before, Why(reason, row.document, effective_on or row.as_of))
    if different:
        changes.touch(concession)
        record(actor, policy.ENTER, concession, change="jobs corrected", kind=row.kind, document=row.document,
               reason=reason, fields=sorted(different))  # fmt: skip
    return row


def _check_count(row: JobCount) -> None:
    """Raises Invalid for a count of what is not yet, and for a second one of the same day."""
    if row.kind == JobKind.PRESENT and row.as_of > clock.today():
        raise Invalid(_("The day lies ahead. Correct it."), {"as_of": [_("Choose a day up to today.")]})
    others = JobCount.objects.filter(concession=row.concession_id, kind=row.kind, as_of=row.as_of).exclude(pk=row.pk)
    if others.exists():
        words = _("A count of this day stands there already. Correct it on the page of the concession.")
        raise Invalid(words, {"as_of": [words]})
    check(row)
