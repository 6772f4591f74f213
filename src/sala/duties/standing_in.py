"""Who acts for a post: its holder and deputies; for a vacant one the head of its unit, then of the unit above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.db.models.functions import Upper

from sala.access.actor import path_ids
from sala.core import clock
from sala.documents.models import RuleKind
from sala.documents.queries import rule_on
from sala.documents.working_days import Calendar, working_days_between
from sala.people.models import Appointment, Person, Position
from sala.people.queries import appointments_on

VACANCY_KEY = "calls.vacancy"


@dataclass(frozen=True)
class Reached:
    """Who is told about the work of a post. vacant: nobody holds it, so these are the heads it falls to."""

    people: tuple[Person, ...] = ()
    vacant: bool = True


def reached(position: Position, day: date | None = None) -> Reached:
    return reached_many([position], day)[position.pk]


def reached_many(positions: Iterable[Position], day: date | None = None) -> dict[int, Reached]:
    """Post → who is told about its work on a day. Three queries, however many posts.

    positions  with their organisation loaded
    """
    day = day or clock.today()
    posts = {position.pk: position for position in positions}
    people = _people_of(posts, day)
    found = {pk: Reached(tuple(people[pk]), vacant=False) for pk in posts if people.get(pk)}
    vacant = [position for pk, position in posts.items() if pk not in found]
    heads = _heads_above(vacant)
    people = _people_of({head for chain in heads.values() for head in chain}, day)
    for position in vacant:
        first = next((head for head in heads[position.pk] if people.get(head)), None)
        found[position.pk] = Reached(tuple(people[first]) if first else ())
    return found


def _people_of(positions: Iterable[int], day: date) -> dict[int, list[Person]]:
    rows = appointments_on(day).filter(position__in=list(positions), person__is_active=True).select_related("person")
    found: dict[int, list[Person]] = {}
    for row in rows.order_by("position_id", "id"):
        found.setdefault(row.position_id, []).append(row.person)
    return found


def _heads_above(positions: list[Position]) -> dict[int, list[int]]:
    """Post → the heads of its unit, of the unit above and so on, nearest first."""
    if not positions:
        return {}
    units = {pk for position in positions for pk in path_ids(position.organisation.path)}
    rows = Position.objects.filter(organisation__in=units, is_head=True, closed_on__isnull=True).order_by("id")
    heads: dict[int, list[int]] = {}
    for pk, organisation in rows.values_list("pk", "organisation_id"):
        heads.setdefault(organisation, []).append(pk)
    return {
        position.pk: [
            head
            for unit in reversed(path_ids(position.organisation.path))
            for head in heads.get(unit, [])
            if head != position.pk
        ]
        for position in positions
    }


def heads_of(position: Position) -> list[Position]:
    """The heads above a post, nearest first, whether their posts are held or not."""
    numbers = _heads_above([position])[position.pk]
    posts = Position.objects.in_bulk(numbers)
    return [posts[number] for number in numbers]


# ---- how long a post may be vacant before its work falls to the head ---------------------------------------------


def patience(position: Position, day: date) -> int:
    """Working days that a vacant post's work waits before it stands on the head's desk; 0 where no rule says so."""
    rule = rule_on(RuleKind.DEADLINE, VACANCY_KEY, day, position.organisation.area)
    return int(rule.number) if rule and rule.number is not None else 0


def vacant_since(positions: Iterable[int], day: date) -> dict[int, date | None]:
    """Vacant post → the first day without holder and deputy; None when it never had one."""
    rows = Appointment.objects.filter(position__in=list(positions), valid__startswith__lte=day)
    ended = dict(rows.values_list("position").annotate(last=Max(Upper("valid"))))
    return {pk: ended.get(pk) for pk in positions}


def has_fallen(position: Position, since: date | None, day: date, calendar: Calendar) -> bool:
    """Whether the work of a post that is vacant since then is the head's by now."""
    if since is None:
        return True
    return working_days_between(since, day, calendar) >= patience(position, day)
