"""Naming the organisations that see a row besides those its tier names. Each sharing ends on its day by itself."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require, scope_of
from sala.core import clock, subjects
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.models import Organisation, Sharing

Only = Mapping[str, Sequence[str]]


def sharing_verb(subject: models.Model) -> str:
    """The verb that names organisations for this noun. Raises Invalid for a noun that is not shared this way."""
    verb = scope_of(type(subject)).sharing
    if not verb:
        raise Invalid(_("This is not shared with single organisations."))
    return verb


@operation
def share(actor: Actor, subject: models.Model, organisation: Organisation, *, purpose: str, start: date | None = None,
          until: date | None = None) -> Sharing:  # fmt: skip
    """Open a row to one more organisation. `until` is the last day; without it the sharing lasts until it is ended."""
    subject = lock(subject)
    verb = sharing_verb(subject)
    require(actor, verb, subject)
    start = start or clock.today()
    if not purpose.strip():
        words = _("Say what it is shared for.")
        raise Invalid(words, {"purpose": [words]})
    if until and until < max(start, clock.today()):
        words = _("The last day lies in the past or before the first one. Correct the dates.")
        raise Invalid(words, {"until": [words]})
    if organisation.closed_on:
        words = _("This organisation was closed. Choose another one.")
        raise Invalid(words, {"organisation": [words]})
    made = _open(subject, organisation, purpose, start, until)
    record(
        actor, verb, subject, change="shared", organisation=organisation.pk, start=start, until=until, purpose=purpose
    )
    return made


def _open(subject: models.Model, organisation: Organisation, purpose: str, start: date, until: date | None,
          only: Only | None = None) -> Sharing:  # fmt: skip
    end = until + timedelta(days=1) if until else None
    made = Sharing(subject_type=subjects.of(subject).noun, subject_id=subject.pk, organisation=organisation,
                   purpose=purpose.strip(), valid=DateRange(start, end), only=only)  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise Conflict(
            _("It is shared with this organisation already in that time. End that sharing first, or choose other days.")
        ) from error
    return made


def share_for_work(subject: models.Model, organisation: Organisation, *, purpose: str) -> None:
    """Open a row to an organisation that is given work about it; once. The operation that gives the work has its own rule."""
    today = clock.today()
    noun = subjects.of(subject).noun
    held = Sharing.objects.filter(subject_type=noun, subject_id=subject.pk, organisation=organisation)
    if not held.filter(valid__contains=today).exists():
        Sharing.objects.create(subject_type=noun, subject_id=subject.pk, organisation=organisation,
                               purpose=purpose.strip()[:300], valid=DateRange(today, None))  # fmt: skip


def share_as_agreed(subject: models.Model, organisation: Organisation, *, purpose: str, start: date, until: date,
                    only: Only | None = None) -> Sharing:  # fmt: skip
    """Open a row on the strength of an agreement that both sides signed; the operation of the agreement has its own rule.

    only  number of a part → names of the columns that alone are open; None: all of it
    """
    return _open(subject, organisation, purpose, start, until, only)


def close_sharing(sharing: Sharing) -> None:
    """Close it from today on; one that has not begun is taken back, one that has ended is left as it is."""
    today = clock.today()
    if sharing.valid.lower >= today:
        sharing.delete()
    elif not sharing.has_ended:
        sharing.valid = DateRange(sharing.valid.lower, today)
        sharing.save(update_fields=["valid"])


@operation
def end_sharing(actor: Actor, sharing: Sharing) -> None:
    """Close it again from today on; one that has not begun is taken back. The journal keeps what was."""
    sharing = lock(sharing)
    subject = subjects.by_noun(sharing.subject_type).find(sharing.subject_id)
    assert subject is not None
    verb = sharing_verb(subject)
    require(actor, verb, subject)
    if sharing.has_ended:
        raise Conflict(_("This sharing has ended already."))
    close_sharing(sharing)
    record(actor, verb, subject, change="no longer shared", organisation=sharing.organisation_id)
