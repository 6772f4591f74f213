"""Who owes what, what waits for whom, and what is open on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock, subjects
from sala.core.desk import DeskRow, Group
from sala.documents.models import Document
from sala.duties.models import Assignment, Call, Duty, DutyKind
from sala.duties.states import OPEN, WITH_ASKED, State
from sala.people.models import Appointment, Organisation, Person, Position
from sala.people.queries import people_reached

LAST_CALLS = 10
Reference = tuple[str, int]  # noun and number of a subject


# ---- duties ----------------------------------------------------------------------------------------------------


def duties_on(day: date) -> QuerySet[Duty]:
    return Duty.objects.filter(valid__contains=day)


def duties_of(position: Position, day: date | None = None) -> QuerySet[Duty]:
    """What the post owes on a day."""
    rows = duties_on(day or clock.today()).filter(position=position)
    return rows.select_related("position", "area", "document")


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


# ---- who acts for a post ---------------------------------------------------------------------------------------


def reached(position: Position, day: date | None = None) -> tuple[list[Person], bool]:
    """Who is told about a post's work, and whether the post is vacant.

    A vacant post's work falls to the head of its unit; is there none, to the head of the unit above, and so on.
    """
    people = people_reached(position, day)
    if people:
        return people, False
    organisation: Organisation | None = position.organisation
    while organisation is not None:
        heads = organisation.positions.filter(is_head=True, closed_on__isnull=True).exclude(pk=position.pk)
        people = [person for head in heads for person in people_reached(head, day)]
        if people:
            return people, True
        organisation = organisation.parent
    return [], True


# ---- assignments -----------------------------------------------------------------------------------------------


def with_everything(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return rows.select_related(
        "call__issuer__organisation__area", "position__organisation__area", "validating_position__organisation__area", "area"
    )  # fmt: skip


def checked_by(positions: Iterable[int]) -> Q:
    """Assignments that these posts check: as validating post, or as issuer where none is named."""
    numbers = list(positions)
    return Q(validating_position__in=numbers) | Q(validating_position__isnull=True, call__issuer__in=numbers)


def open_assignments(position: Position) -> QuerySet[Assignment]:
    """What the post must still answer or check, the most urgent first. It stays with the post whoever holds it."""
    asked = Q(position=position, state__in=OPEN)
    checks = checked_by([position.pk]) & Q(state=State.SUBMITTED)
    return with_everything(Assignment.objects.filter(asked | checks)).order_by("due_on", "id")


def open_work(position: Position) -> list[dict[str, Any]]:
    """The open assignments of a post as plain values, to be kept on a hand-over sheet."""
    return [
        {
            "id": row.pk,
            "reference": row.call.reference,
            "title": dict(row.call.title),
            "state": row.state,
            "checks": row.position_id != position.pk,
            "due_on": row.due_on.isoformat() if row.due_on else None,
            "url": row.get_absolute_url(),
        }
        for row in open_assignments(position)
    ]


def last_calls(rows: QuerySet[Assignment], position: Position) -> QuerySet[Assignment]:
    """The latest calls the post was asked, out of the rows a reader may see; for whoever takes the post over."""
    asked = rows.filter(position=position, call__is_issued=True)
    return asked.select_related("call__issuer__organisation").order_by("-call_id")[:LAST_CALLS]


# ---- the desk --------------------------------------------------------------------------------------------------

GROUPS = {
    State.ISSUED: Group.ACKNOWLEDGE,
    State.ACKNOWLEDGED: Group.WORK,
    State.IN_PROGRESS: Group.WORK,
    State.RETURNED: Group.RETURNED,
    State.SUBMITTED: Group.REVIEW,
}


def desk_rows(actor: Actor) -> list[DeskRow]:
    """Assignments that wait for the actor's posts, and those of vacant posts that fall to the actor as their head."""
    mine = actor.position_ids
    if not mine:
        return []
    asked = Assignment.objects.filter(position__in=mine, state__in=WITH_ASKED)
    checks = Assignment.objects.filter(checked_by(mine), state=State.SUBMITTED)
    rows = [*with_everything(asked), *with_everything(checks), *_of_vacant_posts(actor)]
    unique = {row.pk: row for row in rows}
    return [_desk_row(row) for row in unique.values()]


def _desk_row(row: Assignment) -> DeskRow:
    checks = row.state == State.SUBMITTED
    return DeskRow(
        group=GROUPS[State(row.state)],
        title=row.call.title,
        url=row.get_absolute_url(),
        post=(row.checker if checks else row.position).title,
        who=row.position.organisation.name if checks else row.call.issuer.organisation.name,
        due=row.due_on,
        note=row.reason if row.state == State.RETURNED else "",
    )


def _of_vacant_posts(actor: Actor) -> list[Assignment]:
    """Open work of posts without holder or deputy, in the units whose nearest head the actor is."""
    heads = Position.objects.filter(pk__in=actor.position_ids, is_head=True).select_related("organisation")
    within = Q(pk__in=[])
    for head in heads:
        within |= Q(organisation__path__startswith=head.organisation.path)
    held = Appointment.objects.filter(position=OuterRef("pk"), valid__contains=clock.today())
    vacant = Position.objects.filter(within).filter(~Exists(held)) if heads else Position.objects.none()
    asked = Q(position__in=vacant, state__in=WITH_ASKED)
    checks = Q(state=State.SUBMITTED) & (
        Q(validating_position__in=vacant) | Q(validating_position__isnull=True, call__issuer__in=vacant)
    )
    falls: dict[int, bool] = {}
    found = []
    for row in with_everything(Assignment.objects.filter(asked | checks)) if heads else []:
        post = row.checker if row.state == State.SUBMITTED else row.position
        if post.pk not in falls:
            people, _vacant = reached(post)
            falls[post.pk] = actor.person_id in [person.pk for person in people]
        if falls[post.pk]:
            found.append(row)
    return found
