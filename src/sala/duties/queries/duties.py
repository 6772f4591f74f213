"""Who owes what."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock, subjects
from sala.documents.models import Document
from sala.duties.models import Call, Duty, DutyKind
from sala.people.models import Position

Reference = tuple[str, int]  # noun and number of a subject


def duties_on(day: date) -> QuerySet[Duty]:
    return Duty.objects.filter(valid__contains=day)


def duties_of(position: Position, day: date | None = None) -> QuerySet[Duty]:
    """What the post owes on a day."""
    rows = duties_on(day or clock.today()).filter(position=position)
    return rows.select_related("position", "area", "document")


def duties_about(subject: models.Model, day: date | None = None) -> QuerySet[Duty]:
    """Who owns, reports, validates … a row on a day."""
    rows = duties_on(day or clock.today()).filter(subject_type=subjects.of(subject).noun, subject_id=subject.pk)
    return rows.select_related("position__organisation__area", "area", "document").order_by("kind", "id")


def found_subjects(actor: Actor, references: Iterable[Reference]) -> dict[Reference, models.Model]:
    """The rows behind these references that the actor may see; one query per noun."""
    wanted: dict[str, set[int]] = {}
    for noun, number in references:
        if subjects.knows(noun):
            wanted.setdefault(noun, set()).add(number)
    return {
        (noun, row.pk): row
        for noun, numbers in wanted.items()
        for row in visible(actor, subjects.by_noun(noun).model_class).filter(pk__in=numbers)
    }


def shown_document(actor: Actor, row: Duty | Call) -> Document | None:
    """The document a duty or call stands on, when it is open to the actor."""
    return visible(actor, Document).filter(pk=row.document_id).first() if row.document_id else None


def without_owner(actor: Actor) -> list[tuple[subjects.Subject, QuerySet[Any]]]:
    """Per noun that must have an owner: the rows, visible to the actor, that no post owns today."""
    found = []
    for subject in subjects.all_subjects():
        if subject.owned:
            owners = duties_on(clock.today()).filter(
                kind=DutyKind.OWNS, subject_type=subject.noun, subject_id=OuterRef("pk")
            )
            rows = visible(actor, subject.model_class).filter(~Exists(owners)).order_by("pk")
            found.append((subject, rows))
    return found
