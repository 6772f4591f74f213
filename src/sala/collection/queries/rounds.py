"""How a round stands: counts by office, form and place, the answers behind them, and who sees which."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from sala.access.actor import Actor, path_ids, public
from sala.access.scope import visible
from sala.catalogue.models import Edition, Figure
from sala.catalogue.queries.figures import closed_figures
from sala.collection.about import nouns, unplaced
from sala.collection.models import About, Expected, ExpectedState, Form, Reading
from sala.collection.progress import Progress, Tally, grouped, total
from sala.collection.states import STANDING
from sala.core import lao
from sala.core.language import says
from sala.documents.working_days import Calendar
from sala.duties.due import reckon
from sala.duties.models import Assignment, Call
from sala.duties.queries import asked_by
from sala.people.models import Position
from sala.places.models import Area, Level

CLOSED = -1  # stands for the places that a reader may not know
POPULATION = "population"  # code of the key figure that counts the inhabitants of places

# An answer given in another open round stands for both; what this office waived itself is waived whatever the other does.
STATE = "case when own.state = 'waived' then own.state else coalesce(other.state, own.state) end"
CAME = "coalesce(other.received_at, own.received_at)"
COUNTED = f"""
select own.assignment_id, own.form_id, {{place}} as place_id, {STATE} as stands,
       case when {CAME} is null then null else ({CAME} at time zone %(zone)s)::date <= asked.last end as in_time,
       count(*)
from unnest(%(ids)s::bigint[], %(lasts)s::date[]) as asked(id, last)
join collection_expected own on own.assignment_id = asked.id
left join collection_expected other on other.id = own.given_in_id
{{join}}
where {{where}}
group by 1, 2, 3, 4, 5
"""  # noqa: S608
PLACED = "join places_area place on place.id = own.area_id"


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


def tallies(assignments: Sequence[Assignment], *, form: int | None = None, place: Area | None = None,
            level: Level | None = None, closed: Collection[int] = ()) -> list[Tally]:  # fmt: skip
    """Counts of the answers that these assignments expect, in one statement.

    place  only what lies in it    level  the places that a Tally names are of this level; without one they are those
           of the answers themselves, and 0 where no place is asked for
    closed answers (ids) whose place the reader may not know: they lie in CLOSED, and in no place that is asked for
    """
    calendar, lasts = Calendar(), dict[date, date]()
    for row in assignments:
        if row.due_on is not None and row.due_on not in lasts:
            lasts[row.due_on] = reckon(row.due_on, calendar=calendar).last
    bound: dict[str, Any] = {
        "ids": [row.pk for row in assignments],
        "lasts": [lasts.get(row.due_on) if row.due_on else None for row in assignments],
        "zone": settings.TIME_ZONE,
    }
    where, join, named = ["true"], "", "0"
    if form is not None:
        where.append("own.form_id = %(form)s")
        bound["form"] = form
    if place is not None or level is not None:
        join = PLACED
        named = "own.area_id"
    if place is not None:
        where.append("place.path like %(path)s")
        bound["path"] = f"{place.path}%"
    if level is not None:
        depth = _depth(level)
        named = f"coalesce(nullif(split_part(place.path, '/', {depth + 1}), '')::bigint, own.area_id)"
    if closed and join:
        bound["closed"] = list(closed)
        named = f"case when own.id = any(%(closed)s) then {CLOSED} else {named} end"
        where += ["own.id <> all(%(closed)s)"] if place is not None else []
    statement = COUNTED.format(place=named, join=join, where=" and ".join(where))
    with connection.cursor() as cursor:
        cursor.execute(statement, bound)
        return [Tally(*row) for row in cursor.fetchall()]


def _depth(level: Level) -> int:
    """How many areas stand in the path of an area of this level, itself included."""
    path = Area.objects.filter(level=level, ended_on__isnull=True).values_list("path", flat=True).first()
    return len(path_ids(path)) if path else level.rank + 1


def progress_of(assignments: Sequence[Assignment]) -> Progress:
    return total(tallies(assignments))


def population_of(assignments: Sequence[Assignment]) -> dict[str, int]:
    """Inhabitants of the places that were expected to answer and of those that did, where a public figure says so.

    places, known  how many places are expected, and of how many the figure is known: the latest one of each
    """
    rows = answers_of(Expected.objects.filter(assignment__in=[row.pk for row in assignments], facility__isnull=True, subject_id__isnull=True))  # fmt: skip
    answered: dict[int, bool] = {}
    for area, stands in rows.values_list("area_id", "stands"):
        answered[area] = answered.get(area, False) or stands not in (ExpectedState.WAITING, ExpectedState.WAIVED)
    editions = visible(public(), Edition).filter(is_published=True)
    figures = Figure.objects.filter(key_figure__code=POPULATION, area__in=list(answered), edition__in=editions)
    figures = figures.exclude(key_figure__in=closed_figures(public()))
    newest = figures.order_by("area_id", "-period_end", "-edition__number", "id").distinct("area_id")
    people = {area: int(value) for area, value in newest.values_list("area_id", "value")}
    return {
        "places": len(answered),
        "known": len(people),
        "expected": sum(people.values()),
        "received": sum(value for area, value in people.items() if answered[area]),
    }


def figures_of(call: Call) -> dict[str, Any]:
    """What is frozen when a round closes: counts of the whole and of each office asked, by answers that came."""
    assignments = list(asked_by(call).select_related("position__organisation"))
    found = tallies(assignments)
    by_office = grouped(found, lambda one: one.office)
    by_form = grouped(found, lambda one: one.form)
    slugs = dict(Form.objects.filter(pk__in=list(by_form)).values_list("pk", "slug"))
    return {
        **total(found).plain(),
        "population": population_of(assignments),
        "forms": [{"form": slugs[pk], **progress.plain()} for pk, progress in by_form.items()],
        "offices": [
            {"assignment": row.pk, "office": row.position.organisation.code, "period": row.period,
             **by_office[row.pk].plain()}
            for row in assignments if row.pk in by_office
        ],
    }  # fmt: skip


# ---- who sees what -----------------------------------------------------------------------------------------------


def offices_seen(actor: Actor, call: Call) -> list[Assignment]:
    """The assignments of a round whose answers the reader may see: all for whoever owns its forms, else as ever."""
    rows = asked_by(call).exclude(state="draft")
    if not _owns_all_forms(actor, call):
        rows = rows.filter(pk__in=visible(actor, Assignment).filter(call__is_issued=True).values("pk"))
    return _with_posts(rows, call)


def _with_posts(rows: QuerySet[Assignment], call: Call) -> list[Assignment]:
    """The assignments by office, with what a count needs of each. A post asked for twelve months is read once."""
    found = list(rows.only("call_id", "position_id", "area_id", "period", "state", "due_on"))
    related = Position.objects.select_related("organisation__area__level")
    posts = related.in_bulk({row.position_id for row in found})
    for row in found:
        row.position = posts[row.position_id]
        if row.call_id == call.pk:
            row.call = call
    return sorted(found, key=lambda row: (row.position.organisation.code, row.period, row.pk))


def _owns_all_forms(actor: Actor, call: Call) -> bool:
    owners = list(call.round_forms.values_list("form__owner__path", flat=True))
    paths = actor.organisation_paths()
    return bool(owners) and all(any(owner.startswith(path) for path in paths) for owner in owners)


def expected_seen(actor: Actor, call: Call, offices: Iterable[Assignment] | None = None) -> QuerySet[Expected]:
    """The answers of a round that the reader may see: those of the offices seen, and those the reader's posts give."""
    offices = offices_seen(actor, call) if offices is None else offices
    own = Q(respondent__in=actor.position_ids) if actor.position_ids else Q(pk__in=[])
    whole = Q(assignment__in=[row.pk for row in offices])
    return Expected.objects.filter(whole | own, assignment__in=asked_by(call).values("pk"))


def counted_for(actor: Actor, call: Call) -> list[Assignment]:
    """The assignments whose counts the reader sees: of a public call all, for its rates are open to everybody."""
    if not call.is_public:
        return offices_seen(actor, call)
    return _with_posts(asked_by(call).exclude(state="draft"), call)


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


def sees_whole(offices: Sequence[Assignment], call: Call) -> bool:
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
