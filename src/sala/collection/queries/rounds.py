"""The answers that a round expects, one by one: who sees which, and what narrows them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.collection.about import nouns, unplaced
from sala.collection.models import About, Expected, ExpectedState, Reading
from sala.collection.states import STANDING
from sala.core import lao
from sala.core.language import says
from sala.duties.models import Assignment, Call
from sala.duties.queries import asked_by
from sala.people.models import Position
from sala.places.models import Area


def answers_of(rows: QuerySet[Expected]) -> Any:
    """Expected answers with `stands` (state, of the answer that serves both rounds), `came_at`, and the number of the
    `answer` that stands for each.
    """
    related = rows.select_related(
        "form", "area__parent", "facility", "respondent__organisation", "assignment__position__organisation",
        "given_in__assignment__call",
    )  # fmt: skip
    standing = Reading.objects.filter(
        expected=Coalesce(OuterRef("given_in"), OuterRef("pk")), state__in=STANDING
    )  # fmt: skip
    return related.annotate(
        stands=Case(
            When(state=ExpectedState.WAIVED, then=F("state")),
            default=Coalesce("given_in__state", "state"),
            output_field=CharField(),
        ),
        came_at=Coalesce("given_in__received_at", "received_at"),
        answer=Subquery(standing.values("pk")[:1]),
    )


# ---- who sees what -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Office:
    """What pages need of an assignment of a round: there may be thousands of them."""

    pk: int
    call_id: int
    position_id: int
    area_id: int | None
    period: str
    state: str
    due_on: date | None
    position: Position

    @property
    def ground(self) -> Area:
        """The place that it is about."""
        narrower = Area.objects.filter(pk=self.area_id).select_related("level").first() if self.area_id else None
        return narrower or self.position.organisation.area


OF_POSTS = (
    "code", "title", "organisation__code", "organisation__name", "organisation__path", "organisation__area__code",
    "organisation__area__name", "organisation__area__path", "organisation__area__level__rank",
)  # fmt: skip
COLUMNS = ("pk", "call_id", "position_id", "area_id", "period", "state", "due_on")


def offices_seen(actor: Actor, call: Call) -> list[Office]:
    """The assignments of a round whose answers the reader may see: all for whoever owns its forms, else as ever."""
    rows = asked_by(call).exclude(state="draft")
    if not _owns_all_forms(actor, call):
        rows = rows.filter(pk__in=visible(actor, Assignment).filter(call__is_issued=True).values("pk"))
    return _with_posts(rows)


def _with_posts(rows: QuerySet[Assignment]) -> list[Office]:
    """The assignments by office and period. A post asked for twelve months is read once."""
    found = list(rows.order_by().values_list(*COLUMNS))
    posts = (
        Position.objects.select_related("organisation__area__level").only(*OF_POSTS).in_bulk({row[2] for row in found})
    )
    offices = [
        Office(pk, call, post, area, period, state, due, posts[post])
        for pk, call, post, area, period, state, due in found
    ]
    return sorted(offices, key=lambda row: (row.position.organisation.code, row.period, row.pk))


def _owns_all_forms(actor: Actor, call: Call) -> bool:
    owners = list(call.round_forms.values_list("form__owner__path", flat=True))
    paths = actor.organisation_paths()
    return bool(owners) and all(any(owner.startswith(path) for path in paths) for owner in owners)


def expected_seen(actor: Actor, call: Call, offices: Sequence[Office] | None = None) -> QuerySet[Expected]:
    """The answers of a round that the reader may see: those of the offices seen, and those the reader's posts give."""
    offices = offices_seen(actor, call) if offices is None else offices
    asked = asked_by(call).order_by()
    if offices and sees_whole(offices, call):  # said by the round, not by thousands of numbers
        numbers = [row.pk for row in offices]
        near = Q(assignment__gte=min(numbers), assignment__lte=max(numbers))  # where the database need not look
        return Expected.objects.filter(near, assignment__in=asked.exclude(state="draft").values("pk"))
    own = Q(respondent__in=actor.position_ids) if actor.position_ids else Q(pk__in=[])
    whole = Q(assignment__in=[row.pk for row in offices])
    return Expected.objects.filter(whole | own, assignment__in=asked.values("pk"))


def counted_for(actor: Actor, call: Call) -> list[Office]:
    """The assignments whose counts the reader sees: of a public call all, for its rates are open to everybody."""
    if not call.is_public:
        return offices_seen(actor, call)
    return _with_posts(asked_by(call).exclude(state="draft"))


def places_closed(actor: Actor, call: Call, rows: QuerySet[Expected]) -> set[int]:
    """Of these answers of a round, those about rows of another register (ids) whose place the reader may not know. The
    reader's own posts know the places that they are asked about."""
    if not call.round_forms.filter(form__about=About.OTHER).exists():
        return set()
    asked = rows.filter(subject_id__isnull=False)
    if actor.position_ids:
        posts = list(actor.position_ids)
        asked = asked.exclude(assignment__position__in=posts).exclude(
            pk__in=asked.filter(respondent__in=posts).values("pk")
        )
    told: Any = asked.order_by().values_list("pk", "subject_type", "subject_id", "area_id")
    found = {pk: (noun, row, area) for pk, noun, row, area in told}
    closed = unplaced(actor, set(found.values()))
    return {pk for pk, each in found.items() if each in closed}


def sees_whole(offices: Sequence[Office], call: Call) -> bool:
    return len(offices) == asked_by(call).exclude(state="draft").count()


# ---- narrowing ---------------------------------------------------------------------------------------------------

OPEN = "open"  # missing or returned: what still has to come
MISSING = (ExpectedState.WAITING, ExpectedState.RETURNED)


def narrowed(rows: Any, *, form: int | None = None, office: int | None = None, place: Area | None = None,
             state: str = "", period: str = "", q: str = "", actor: Actor | None = None,
             closed: Collection[int] = ()) -> Any:  # fmt: skip
    """Answers narrowed; rows as answers_of gives them. state: of the answer, or `open`.

    actor  for whom rows of other registers are looked up by name; without one they are found by none
    closed rows (ids) that are not found by their places (places_closed)
    """
    if form is not None:
        rows = rows.filter(form=form)
    if office is not None:
        rows = rows.filter(assignment=office)
    if place is not None:
        rows = rows.filter(area__path__startswith=place.path).exclude(pk__in=closed)
    if period:
        rows = rows.filter(period=period)
    if state == OPEN:
        rows = rows.filter(stands__in=MISSING)
    elif state:
        rows = rows.filter(stands=state)
    for word in lao.stored(q).split():
        code = lao.digits(word)
        placed = Q(area__code__icontains=code) | says("area__name", word)
        if closed:
            placed &= ~Q(pk__in=closed)
        said = placed | Q(facility__code__icontains=code) | says("facility__name", word)
        if actor is not None:
            for noun in nouns().values():
                said |= Q(subject_type=noun.code, subject_id__in=noun.like(actor, word))
        rows = rows.filter(said)
    return rows
