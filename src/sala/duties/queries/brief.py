"""The monthly brief of a head: how the unit and everything below it stands, in five short lists."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import clock
from sala.documents.working_days import Calendar
from sala.duties.due import Due, reckon
from sala.duties.models import Assignment, CallState, Extension, Outcome, Recommendation, Stance, StanceKind
from sala.duties.queries.assignments import with_everything
from sala.duties.states import CHECKED, OPEN, WITH_ASKED, State
from sala.people.models import Appointment, Position

SHOWN = 5  # rows of a list, so that all of them fit on one page


@dataclass(frozen=True)
class Listed:
    """How many there are, and the most urgent of them with how their due date stands."""

    count: int
    rows: tuple[tuple[Assignment, Due | None], ...] = ()


@dataclass(frozen=True)
class VacantPost:
    position: Position
    open: int


@dataclass(frozen=True)
class Brief:
    """One head's brief.

    month     its first day; done and in_time count what was accepted in it, and what of that came by its due date
    late      answers owed and overdue today        returned  sent back and not given again yet
    decisions answers that wait for a check or approval in the unit
    asked     more time that was asked, positions and answers on recommendations that the unit owes
    vacant    posts without holder and deputy, those with open work first; vacant_count all of them
    """

    position: Position
    month: date
    late: Listed
    returned: Listed
    decisions: Listed
    asked: int
    vacant: tuple[VacantPost, ...]
    vacant_count: int
    done: int
    in_time: int


def month_before(day: date) -> date:
    """First day of the calendar month before a day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_late(today: date, calendar: Calendar) -> date:
    """The latest due date that is late today; every earlier one is late too."""
    day = today - timedelta(days=1)
    while reckon(day, today=today, calendar=calendar).last >= today:
        day -= timedelta(days=1)
    return day


def brief_of(actor: Actor, position: Position, month: date | None = None) -> Brief:
    """The brief of a head's post as the actor may read it. A fixed number of queries, however large the unit.

    position  with its organisation loaded; month: any day of the month reported on, default the one before today's
    """
    today, calendar = clock.today(), Calendar()
    month = (month or month_before(today)).replace(day=1)
    path = position.organisation.path
    seen = visible(actor, Assignment)
    owed = seen.filter(position__organisation__path__startswith=path)
    checked = seen.filter(waits_for__organisation__path__startswith=path, state__in=CHECKED)
    late = owed.filter(state__in=WITH_ASKED, due_on__lte=last_late(today, calendar))
    vacant, vacant_count = _vacant(path, today)
    done = list(_done(owed, month).values_list("first_submitted_at", "due_on"))
    return Brief(
        position=position, month=month,
        late=_listed(late, today, calendar),
        returned=_listed(owed.filter(state=State.RETURNED), today, calendar),
        decisions=_listed(checked, today, calendar),
        asked=_asked(path, seen), vacant=vacant, vacant_count=vacant_count,
        done=len(done), in_time=sum(_in_time(at, due, calendar) for at, due in done),
    )  # fmt: skip


def _listed(rows: QuerySet[Assignment], today: date, calendar: Calendar) -> Listed:
    shown = with_everything(rows).order_by("due_on", "id")[:SHOWN]
    return Listed(
        rows.count(),
        tuple((row, reckon(row.due_on, today=today, calendar=calendar) if row.due_on else None) for row in shown),
    )


def _done(owed: QuerySet[Assignment], month: date) -> QuerySet[Assignment]:
    """Accepted within the month, by the country's clock."""
    after = (month + timedelta(days=32)).replace(day=1)
    return owed.filter(state=State.ACCEPTED, ended_at__date__gte=month, ended_at__date__lt=after)


def _in_time(at, due: date | None, calendar: Calendar) -> bool:
    if at is None or due is None:
        return False
    return not reckon(due, today=timezone.localtime(at).date(), calendar=calendar).late


def _vacant(path: str, today: date) -> tuple[tuple[VacantPost, ...], int]:
    held = Appointment.objects.filter(position=OuterRef("pk"), valid__contains=today)
    posts = Position.objects.filter(organisation__path__startswith=path, closed_on__isnull=True).filter(~Exists(held))
    waiting = posts.annotate(open=Count("waiting", filter=Q(waiting__state__in=OPEN))).filter(open__gt=0)
    shown = waiting.select_related("organisation").order_by("-open", "code")[:SHOWN]
    return tuple(VacantPost(post, post.open) for post in shown), posts.count()


def _asked(path: str, seen: QuerySet[Assignment]) -> int:
    """More time asked of the unit's posts, and what the unit owes on recommendations."""
    of_checker = Q(assignment__validating_position__organisation__path__startswith=path) | Q(
        assignment__validating_position__isnull=True, assignment__call__issuer__organisation__path__startswith=path
    )
    more_time = Extension.objects.filter(of_checker, granted__isnull=True, assignment__in=seen.filter(state__in=OPEN))
    later = Stance.objects.filter(
        recommendation=OuterRef("recommendation"), organisation=OuterRef("organisation"), pk__gt=OuterRef("pk")
    )
    positions = Stance.objects.filter(
        ~Exists(later), stance=StanceKind.ASKED, organisation__path__startswith=path,
        recommendation__call__state=CallState.ISSUED,
        recommendation__outcome__in=(Outcome.PENDING, Outcome.SUBMITTED),
    )  # fmt: skip
    answers = Recommendation.objects.filter(
        outcome=Outcome.SUBMITTED, call__state=CallState.ISSUED, answered_by__path__startswith=path
    )
    return more_time.count() + positions.count() + answers.count()
