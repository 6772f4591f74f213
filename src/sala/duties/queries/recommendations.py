"""The board of recommendations, where each one stands, who is late, and what waits for an office's word on it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from sala.access.actor import Actor
from sala.access.scope import can, visible
from sala.core.desk import DeskRow, Group
from sala.core.language import Translated, in_language
from sala.documents.working_days import Calendar
from sala.duties import policy
from sala.duties.due import Due, reckon
from sala.duties.models import Assignment, CallState, Outcome, Recommendation, Stance, StanceKind, Wording
from sala.duties.states import OPEN
from sala.people.models import Organisation
from sala.people.queries import followed_by

LATE = "late"  # a state to filter by: running, and the owner's answer is overdue


@dataclass(frozen=True)
class Owner:
    """One assignment of a recommendation: whose it is, how far, until when."""

    assignment: Assignment
    due: Due | None

    @property
    def late(self) -> bool:
        return self.due is not None and self.due.late


@dataclass(frozen=True)
class BoardRow:
    """One recommendation with its present words, its owners and the positions on it, counted by kind."""

    recommendation: Recommendation
    wording: Translated
    owners: tuple[Owner, ...]
    positions: dict[str, int]

    @property
    def late(self) -> bool:
        return any(owner.late for owner in self.owners)

    @property
    def due(self) -> Due | None:
        """The owner's date that comes first."""
        return min((owner.due for owner in self.owners if owner.due), key=lambda due: due.on, default=None)


@dataclass
class Addressee:
    """One office with what it owns on the board: open recommendations, and those it is late with."""

    organisation: Organisation
    open: int = 0
    late: int = 0
    numbers: list[BoardRow] = field(default_factory=list)


def recommendations(actor: Actor, *, theme: str = "", owner: str = "", level: str = "", state: str = "",
                    outcome: str = "") -> QuerySet[Recommendation]:  # fmt: skip
    """Those the actor may see, narrowed. Late is not kept in the database: board() takes it from there.

    owner  code of an organisation: what it or an office below it owns
    """
    rows = visible(actor, Recommendation)
    if theme:
        rows = rows.alias(theme_shown=in_language("theme")).filter(theme_shown=theme)
    if owner:
        path = Organisation.objects.filter(code__iexact=owner).values_list("path", flat=True).first()
        owned = Assignment.objects.filter(call=OuterRef("call"), position__organisation__path__startswith=path or "-")
        rows = rows.filter(Exists(owned))
    if level.isascii() and level.isdigit():
        rows = rows.filter(level=int(level))
    if state:
        rows = rows.filter(call__state=CallState.ISSUED if state == LATE else state)
    if outcome:
        rows = rows.filter(outcome=outcome)
    return rows.order_by("source_id", "call_id")


def board(rows: QuerySet[Recommendation], *, late_only: bool = False) -> list[BoardRow]:
    """The rows as the board shows them. Five queries, however many they are."""
    calendar = Calendar()
    owners = Assignment.objects.select_related("position__organisation").order_by("id")
    loaded = rows.select_related("call__issuer__organisation", "source").prefetch_related(
        Prefetch("wordings", Wording.objects.order_by("-number")),
        Prefetch("stances", Stance.objects.order_by("id")),
        Prefetch("call__assignments", owners),
    )
    made = [board_row(row, calendar) for row in loaded]
    return [row for row in made if row.late] if late_only else made


def board_row(row: Recommendation, calendar: Calendar) -> BoardRow:
    owners = tuple(
        Owner(one, reckon(one.due_on, calendar=calendar) if one.due_on and one.is_open else None)
        for one in row.call.assignments.all()
    )
    words = next(iter(row.wordings.all()), None)
    return BoardRow(row, words.text if words else Translated(), owners, counted(row.stances.all()))


def latest(stances: Iterable[Stance]) -> dict[int, Stance]:
    """Organisation → its position that counts: the newest of those given, else that it was asked."""
    found: dict[int, Stance] = {}
    for stance in sorted(stances, key=lambda one: one.pk):
        found[stance.organisation_id] = stance
    return found


def counted(stances: Iterable[Stance]) -> dict[str, int]:
    """Kind of position → how many organisations hold it."""
    return dict(Counter(stance.stance for stance in latest(stances).values()))


def by_addressee(rows: Iterable[BoardRow]) -> list[Addressee]:
    """Offices that own something open on the board, those with most overdue first."""
    found: dict[int, Addressee] = {}
    for row in rows:
        for owner in row.owners:
            if owner.assignment.state in OPEN:
                office = owner.assignment.position.organisation
                addressee = found.setdefault(office.pk, Addressee(office))
                addressee.open += 1
                addressee.late += owner.late
                addressee.numbers.append(row)
    return sorted(found.values(), key=lambda one: (-one.late, -one.open, one.organisation.code))


def themes_of(actor: Actor) -> list[str]:
    """Themes that the actor may filter by, in the reader's language."""
    rows = visible(actor, Recommendation).alias(shown=in_language("theme")).exclude(shown="")
    return sorted(set(rows.annotate(name=in_language("theme")).values_list("name", flat=True)))


def offices_to_speak_for(actor: Actor, recommendation: Recommendation) -> list[Organisation]:
    """Organisations asked for their position, for which the actor may state it now."""
    if recommendation.is_answered or recommendation.call.state != CallState.ISSUED:
        return []
    asked = Organisation.objects.filter(pk__in=recommendation.stances.values("organisation")).order_by("code")
    return [
        one for one in asked
        if can(actor, policy.STATE, one) and stands_for(actor, one)
    ]  # fmt: skip


def stands_for(actor: Actor, office: Organisation) -> bool:
    """Whether the actor has a post of the office, or of one that took over from it."""
    if actor.is_everything or any(path.startswith(office.path) for path in actor.organisation_paths()):
        return True
    return office.closed_on is not None and office.pk in followed_by(
        holding.organisation_id for holding in actor.holdings
    )


def desk_rows(actor: Actor) -> list[DeskRow]:
    """Positions that are asked of the actor's offices, and answers that they owe as a higher office; also what was asked
    of offices from which they took over."""
    mine = [holding.organisation_id for holding in actor.holdings]
    if not mine:
        return []
    mine += followed_by(mine)
    return [*_to_state(actor, mine), *_to_answer(actor, mine)]


def _to_state(actor: Actor, mine: list[int]) -> list[DeskRow]:
    if not actor.has_anywhere(policy.STATE):
        return []
    later = Stance.objects.filter(
        recommendation=OuterRef("recommendation"), organisation=OuterRef("organisation"), pk__gt=OuterRef("pk")
    )
    asked = Stance.objects.filter(
        ~Exists(later), organisation__in=mine, stance=StanceKind.ASKED, recommendation__call__state=CallState.ISSUED,
        recommendation__outcome__in=(Outcome.PENDING, Outcome.SUBMITTED),
    )  # fmt: skip
    if not asked.exists():
        return []
    return [
        _desk_row(stance.recommendation, stance.organisation)
        for stance in asked.select_related("organisation__area", "recommendation__call__issuer__organisation")
        if can(actor, policy.STATE, stance.organisation)
    ]


def _to_answer(actor: Actor, mine: list[int]) -> list[DeskRow]:
    if not actor.has_anywhere(policy.ANSWER):
        return []
    submitted = Recommendation.objects.filter(
        answered_by__in=mine, outcome=Outcome.SUBMITTED, call__state=CallState.ISSUED
    )
    if not submitted.exists():
        return []
    return [
        _desk_row(row, row.answered_by)
        for row in submitted.select_related("answered_by__area", "call__issuer__organisation")
        if row.answered_by and can(actor, policy.ANSWER, row.answered_by)
    ]


def _desk_row(recommendation: Recommendation, office: Any) -> DeskRow:
    return DeskRow(
        group=Group.DECIDE,
        title=recommendation.call.title,
        url=recommendation.get_absolute_url(),
        post=office.name,
        who=recommendation.call.issuer.organisation.name,
        note=str(recommendation.get_outcome_display()),
    )
