"""What waits on a desk: the move of the reader's posts, work of vacant posts that fell to the reader, questions, drafts."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from sala.access.actor import Actor
from sala.core import clock
from sala.core.desk import DeskRow, Group
from sala.documents.working_days import Calendar
from sala.duties.models import Assignment, Call, Extension, Thread
from sala.duties.queries.assignments import waiting_for, with_everything
from sala.duties.standing_in import has_fallen, reached_many, vacant_since
from sala.duties.states import OPEN, State
from sala.people.models import Appointment, Position

GROUPS = {
    State.ISSUED: Group.ACKNOWLEDGE,
    State.ACKNOWLEDGED: Group.WORK,
    State.IN_PROGRESS: Group.WORK,
    State.RETURNED: Group.RETURNED,
    State.SUBMITTED: Group.REVIEW,
    State.APPROVED: Group.REVIEW,
    State.NOT_AVAILABLE: Group.REVIEW,
}


def desk_rows(actor: Actor) -> list[DeskRow]:
    mine = actor.position_ids
    if not mine:
        return []
    rows = {row.pk: row for row in [*with_everything(waiting_for(mine)), *_of_vacant_posts(actor)]}
    return [*map(_desk_row, rows.values()), *_extensions(mine), *_questions(mine)]


def _desk_row(row: Assignment) -> DeskRow:
    checks = row.waits_for_id != row.position_id
    return DeskRow(
        group=GROUPS[State(row.state)],
        title=row.call.title,
        url=row.get_absolute_url(),
        post=row.waits_for.title if row.waits_for else "",
        who=row.position.organisation.name if checks else row.call.issuer.organisation.name,
        due=row.due_on,
        note=row.reason if row.state in (State.RETURNED, State.NOT_AVAILABLE) else "",
    )


def _of_vacant_posts(actor: Actor) -> list[Assignment]:
    """Open work of posts without holder or deputy, in the units whose nearest head the actor is."""
    heads = Position.objects.filter(pk__in=actor.position_ids, is_head=True).select_related("organisation")
    within = Q(pk__in=[])
    for head in heads:
        within |= Q(organisation__path__startswith=head.organisation.path)
    if not heads:
        return []
    today, calendar = clock.today(), Calendar()
    held = Appointment.objects.filter(position=OuterRef("pk"), valid__contains=today)
    waiting = Assignment.objects.filter(waits_for=OuterRef("pk"), state__in=OPEN)
    vacant = list(
        Position.objects.filter(within).filter(~Exists(held), Exists(waiting)).select_related("organisation__area")
    )
    told, since = reached_many(vacant), vacant_since([post.pk for post in vacant], today)
    mine = [
        post.pk
        for post in vacant
        if actor.person_id in [person.pk for person in told[post.pk].people]
        and has_fallen(post, since[post.pk], today, calendar)
    ]
    return list(with_everything(waiting_for(mine)))


def _extensions(mine: Iterable[int]) -> list[DeskRow]:
    """More time that was asked of these posts and is not decided."""
    decides = Q(assignment__validating_position__in=mine) | Q(
        assignment__validating_position__isnull=True, assignment__call__issuer__in=mine
    )
    rows = Extension.objects.filter(decides, granted__isnull=True, assignment__state__in=OPEN)
    rows = rows.select_related(
        "assignment__call__issuer", "assignment__position__organisation", "assignment__validating_position"
    )
    return [
        DeskRow(
            group=Group.DECIDE,
            title=row.assignment.call.title,
            url=row.assignment.get_absolute_url(),
            post=row.assignment.checker.title,
            who=row.assignment.position.organisation.name,
            due=row.assignment.due_on,
            note=row.reason,
        )
        for row in rows
    ]


def _questions(mine: Iterable[int]) -> list[DeskRow]:
    """Questions on calls that these posts must answer."""
    threads = Thread.objects.filter(answers__in=mine, answered_at__isnull=True, subject_type="call")
    threads = threads.select_related("asked_by__organisation", "answers").prefetch_related("entries")
    calls = Call.objects.in_bulk([thread.subject_id for thread in threads])
    return [
        DeskRow(
            group=Group.QUESTION,
            title=calls[thread.subject_id].title,
            url=f"{calls[thread.subject_id].get_absolute_url()}#thread-{thread.pk}",
            post=thread.answers.title if thread.answers else "",
            who=thread.asked_by.organisation.name if thread.asked_by else "",
            note=thread.entries.all()[0].text if thread.entries.all() else "",
        )
        for thread in threads
        if thread.subject_id in calls
    ]
