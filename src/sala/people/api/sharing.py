"""Sharing in the API; each noun that is shared gives its own address for it."""

from datetime import date
from typing import Any

from django.db import models
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Schema

from sala.access.request import Request
from sala.access.scope import require, visible
from sala.core import subjects
from sala.core.errors import Invalid
from sala.people import operations
from sala.people.models import Organisation, Sharing
from sala.people.queries import sharings_of


class SharingIn(Schema):
    """organisation: its code; until: the last day, or nothing for a sharing that lasts until it is ended."""

    organisation: str
    purpose: str
    start: date | None = None
    until: date | None = None


class SharingOut(Schema):
    id: int
    organisation: str
    purpose: str
    start: date
    until: date | None
    has_ended: bool


def as_sent(sharing: Sharing) -> dict[str, Any]:
    return {
        "id": sharing.pk, "organisation": sharing.organisation.code, "purpose": sharing.purpose,
        "start": sharing.valid.lower, "until": sharing.last_day, "has_ended": sharing.has_ended,
    }  # fmt: skip


def listed(request: Request, subject: models.Model) -> list[dict[str, Any]]:
    """For those who may name organisations for the row."""
    require(request.actor, operations.sharing_verb(subject), subject)
    return [as_sent(sharing) for sharing in sharings_of(subject)]


def add(request: Request, subject: models.Model, sent: SharingIn) -> dict[str, Any]:
    organisation = visible(request.actor, Organisation).filter(code=sent.organisation).first()
    if organisation is None:
        words = _("No organisation has this code. Look it up in the directory.")
        raise Invalid(words, {"organisation": [words]})
    made = operations.share(
        request.actor, subject, organisation, purpose=sent.purpose[:300], start=sent.start, until=sent.until
    )
    return as_sent(made)


def end(request: Request, subject: models.Model, pk: int) -> None:
    noun = subjects.of(subject).noun
    operations.end_sharing(request.actor, get_object_or_404(Sharing, pk=pk, subject_type=noun, subject_id=subject.pk))
