"""What waits on a desk: the move of the reader's posts, work of vacant posts that fell to the reader, questions, drafts."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.core import clock, subjects
from sala.core.desk import DeskRow, Group
from sala.documents.working_days import Calendar
from sala.duties.models import Assignment, Call, Extension, Thread
from sala.duties.queries.assignments import waiting_for
from sala.duties.standing_in import has_fallen, reached_many, vacant_since
from sala.duties.states import OPEN, State
from sala.people.models import Appointment, Organisation, Position

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
    return [*_work(waiting_for({*mine, *_fallen_posts(actor)}), mine), *_extensions(mine), *_questions(mine)]


def _work(rows: QuerySet[Assignment], mine: Collection[int]) -> Iterator[DeskRow]:
    """Only what a line says is read, and words that many lines share once: hundreds of rows may wait for one post.

    Work of a vacant post says whose it is: one call may bring that of fifteen districts to the head of their unit.
    """
    columns = ("pk", "state", "position", "waits_for", "due_on", "reason", "call")
    found = list(rows.values_list(*columns))
    if not found:
        return
    calls = {pk: (title, issuer) for pk, title, issuer in _values(Call, {row[6] for row in found}, "title", "issuer")}
    issuers = {issuer for _title, issuer in calls.values()}
    posts = {
        pk: (title, office)
        for pk, title, office in _values(
            Position, {post for row in found for post in row[2:4]} | issuers, "title", "organisation"
        )
    }
    offices = dict(_values(Organisation, {office for _title, office in posts.values()}, "name"))
    before, _zero, after = reverse("duties:assignment", args=[0]).rpartition("0")
    for pk, state, position, waits_for, due_on, reason, call in found:
        title, issuer = calls[call]
        yield DeskRow(
            group=GROUPS[State(state)],
            title=title,
            url=f"{before}{pk}{after}",
            post=posts[waits_for][0],
            who=offices[posts[position if waits_for != position else issuer][1]],
            due=due_on,
            note=" ".join(filter(None, [
                reason if state in (State.RETURNED, State.NOT_AVAILABLE) else "",
                "" if waits_for in mine else _("In place of the vacant post at %(office)s.") % {"office": offices[posts[waits_for][1]]},
            ])),
        )  # fmt: skip


def _values(model: type[Model], pks: Iterable[int], *columns: str) -> Iterable[tuple[Any, ...]]:
    return model._default_manager.filter(pk__in=pks).order_by().values_list("pk", *columns)


def _fallen_posts(actor: Actor) -> list[int]:
    """Posts without holder or deputy whose open work is the actor's, as the nearest head of their unit."""
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
    return [
        post.pk
        for post in vacant
        if actor.person_id in [person.pk for person in told[post.pk].people]
        and has_fallen(post, since[post.pk], today, calendar)
    ]


def _extensions(mine: Iterable[int]) -> list[DeskRow]:
    """More time that was asked of these posts and is not decided."""
    decides = Q(assignment__validating_position__in=mine) | Q(
        assignment__validating_position__isnull=True, assignment__call__issuer__in=mine
    )
    rows = Extension.objects.filter(decides, granted__isnull=True, assignment__state__in=OPEN)
    if not rows.exists():
        return []
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
    """Questions that these posts must answer, on calls and on what else can be asked about."""
    threads = Thread.objects.filter(answers__in=mine, answered_at__isnull=True)
    if not threads.exists():
        return []
    rows = list(threads.select_related("asked_by__organisation", "answers").prefetch_related("entries"))
    about: dict[str, dict[int, Any]] = {}
    for noun in {thread.subject_type for thread in rows if subjects.knows(thread.subject_type)}:
        model = subjects.by_noun(noun).model_class
        about[noun] = model._default_manager.in_bulk([row.subject_id for row in rows if row.subject_type == noun])
    return [
        _question(thread, about[thread.subject_type][thread.subject_id])
        for thread in rows
        if thread.subject_id in about.get(thread.subject_type, {})
    ]


def _question(thread: Thread, subject: Any) -> DeskRow:
    return DeskRow(
        group=Group.QUESTION,
        title=subject.title,
        url=f"{subject.get_absolute_url()}#thread-{thread.pk}",
        post=thread.answers.title if thread.answers else "",
        who=thread.asked_by.organisation.name if thread.asked_by else "",
        due=thread.due_on,
        note=thread.entries.all()[0].text if thread.entries.all() else "",
    )
