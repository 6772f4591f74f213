"""Who holds what today."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Length, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from sala.access.actor import Actor, Grant, Holding, command, in_part, part_of
from sala.core import clock, subjects
from sala.core.errors import SignInNeeded
from sala.core.language import Translated
from sala.people.models import (
    OUTSIDE_GOVERNMENT,
    ApiToken,
    Appointment,
    AppointmentKind,
    OperatorSession,
    Organisation,
    Person,
    Position,
    PositionGrant,
    Sharing,
)
from sala.places.models import Area


def appointments_on(day: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(valid__contains=day)


def actor_for(person: Person, day: date | None = None, chosen: int | None = None) -> Actor:
    """The person with every position held on the day, and an operator's session where one is open."""
    with connection.cursor() as cursor:
        cursor.execute(ACTOR, {"person": person.pk, "day": day or clock.today(), "now": clock.now()})
        posts, shared, session = cursor.fetchone()
    holdings = tuple(
        Holding(
            post, str(Translated(title)), office, path, kind not in OUTSIDE_GOVERNMENT,
            tuple(Grant(frozenset(verbs), *paths) for verbs, *paths in granted),
        )
        for post, title, office, path, kind, granted in posts or ()
    )  # fmt: skip
    whole, some = _opened(shared or ())
    actor = Actor(
        kind="person", person_id=person.pk, holdings=holdings, chosen=chosen, label=person.name, shared=whole, some=some
    )
    if session:
        actor.kind, (actor.session, actor.position_id) = "operator", session
    return actor


# posts held on the day with their rights, what is shared with their offices, and an operator's session that is open
ACTOR = """
  with posts as (
    select p.id, p.title, o.id as office, o.path, o.kind, a.path as area_path
    from people_appointment held join people_position p on p.id = held.position_id
    join people_organisation o on o.id = p.organisation_id join places_area a on a.id = o.area_id
    where held.person_id = %(person)s and held.valid @> %(day)s::date and p.closed_on is null)
  select
    (select json_agg(json_build_array(posts.id, posts.title, office, posts.path, posts.kind, (
       select coalesce(json_agg(json_build_array(
         r.verbs, coalesce(ga.path, area_path), case when g.across_organisations then '' else posts.path end) order by g.id), '[]')
       from people_positiongrant g join people_role r on r.id = g.role_id left join places_area ga on ga.id = g.area_id
       where g.position_id = posts.id)) order by posts.id) from posts),
    (select json_agg(json_build_array(subject_type, subject_id, "only")) from people_sharing
       where organisation_id in (select office from posts) and valid @> %(day)s::date),
    (select json_build_array(id, position_id) from people_operatorsession
       where person_id = %(person)s and closed_at is null and expires_at > %(now)s order by id limit 1)"""


def actor_again(asker: dict[str, Any]) -> Actor:
    """Whoever asked for an errand, with the rights held now. Raises SignInNeeded when nobody is left to act."""
    if asker.get("kind") == "command":
        return command()
    if asker.get("token"):
        token = living_tokens().filter(pk=asker["token"]).first()
        if token:
            return actor_for_token(token)
    person = Person.objects.filter(pk=asker.get("person") or 0, is_active=True).first()
    if person is None:
        raise SignInNeeded(_("Who asked for this may not act any more. Send it again in your own name."))
    return actor_for(person, chosen=asker.get("chosen"))


def shared_with(organisation_ids: list[int], day: date) -> tuple[dict[str, frozenset[int]], dict[int, frozenset[str]]]:
    """(noun → ids of the rows shared with these organisations on the day, number of a part → its columns that are open).

    A row that is shared in part stands under the words of access.actor.in_part and part_of, not under its noun.
    """
    rows = Sharing.objects.filter(organisation__in=organisation_ids, valid__contains=day)
    return _opened(rows.values_list("subject_type", "subject_id", "only"))


def _opened(rows: Iterable[Sequence[Any]]) -> tuple[dict[str, frozenset[int]], dict[int, frozenset[str]]]:
    """From rows of (noun, id, columns of its parts or None for the whole)."""
    found: dict[str, set[int]] = {}
    some: dict[int, set[str]] = {}
    for noun, pk, only in rows:
        found.setdefault(noun if only is None else in_part(noun), set()).add(pk)
        for part, names in (only or {}).items():
            found.setdefault(part_of(noun), set()).add(int(part))
            some.setdefault(int(part), set()).update(names)
    return (
        {noun: frozenset(ids) for noun, ids in found.items()},
        {part: frozenset(names) for part, names in some.items()},
    )


def sharings_of(subject: models.Model) -> QuerySet[Sharing]:
    """With whom a row is, was or will be shared, those in force first."""
    rows = Sharing.objects.filter(subject_type=subjects.of(subject).noun, subject_id=subject.pk)
    in_force = Q(valid__contains=clock.today())
    return rows.select_related("organisation__area").order_by(
        Case(When(in_force, then=0), default=1), "organisation__code", "-id"
    )


def _grants(lookup: str = "position__grants") -> Prefetch:
    return Prefetch(lookup, PositionGrant.objects.select_related("role", "area"))


def _holding(position: Position) -> Holding:
    organisation = position.organisation
    grants = tuple(
        Grant(
            verbs=frozenset(grant.role.verbs),
            area_path=(grant.area or organisation.area).path,
            organisation_path="" if grant.across_organisations else organisation.path,
        )
        for grant in position.grants.all()
    )
    return Holding(
        position.pk, str(position.title), organisation.pk, organisation.path, organisation.is_government, grants
    )


def living_tokens() -> QuerySet[ApiToken]:
    """Keys that are neither revoked nor ended and whose post stands: nothing acts for a post that was abolished."""
    return ApiToken.objects.filter(
        revoked_at__isnull=True, expires_at__gt=clock.now(), position__closed_on__isnull=True
    )


def people_behind(actor: Actor) -> list[int]:
    """Ids of whoever may be acting: the person, or of a key everybody who holds its post today or will."""
    if actor.person_id is not None:
        return [actor.person_id]
    return list(_ahead().filter(position__in=actor.position_ids).values_list("person", flat=True))


def is_held_by(position: Position, people: Iterable[int]) -> bool:
    """Whether one of these people holds the post today, or will."""
    return _ahead().filter(position=position, person__in=list(people)).exists()


def _ahead() -> QuerySet[Appointment]:
    return Appointment.objects.filter(valid__overlap=DateRange(clock.today(), None))


def actor_for_token(token: ApiToken) -> Actor:
    """The token's position, cut down to the token's own verbs."""
    position = position_with_grants(token.position_id)
    whole = _holding(position)
    grants = tuple(
        Grant(grant.verbs & frozenset(token.verbs), grant.area_path, grant.organisation_path) for grant in whole.grants
    )
    holding = replace(whole, grants=grants)
    shared, some = shared_with([holding.organisation_id], clock.today())
    return Actor(
        kind="token", holdings=(holding,), position_id=position.pk, label=token.name, shared=shared, some=some, token=token.pk
    )  # fmt: skip


# what position_with_grants reads, as one row for whoever must be quick
POST = """
  select p.id, p.code, p.title::text, o.id, o.code, o.path, o.kind, a.id, a.path, array(
    select json_build_array(r.verbs, coalesce(ga.path, a.path), case when g.across_organisations then '' else o.path end)::text
    from people_positiongrant g join people_role r on r.id = g.role_id left join places_area ga on ga.id = g.area_id
    where g.position_id = p.id)
  from people_position p join people_organisation o on o.id = p.organisation_id join places_area a on a.id = o.area_id
  where p.id = %s"""


def actor_of_key(token: ApiToken) -> tuple[Actor, Position]:
    """The same right and its post, in one statement and without what is shared with its office.

    For keys that open one thing only. Of the post, its office and its place only codes and paths are read.
    """
    with connection.cursor() as cursor:
        cursor.execute(POST, [token.position_id])
        post, code, title, house, house_code, house_path, kind, area, area_path, granted = cursor.fetchone()
    office = Organisation(pk=house, code=house_code, path=house_path, kind=kind, area=Area(pk=area, path=area_path))
    position = Position(pk=post, code=code, title=Translated(json.loads(title)), organisation=office)
    grants = tuple(
        Grant(frozenset(verbs) & frozenset(token.verbs), where, whose)
        for verbs, where, whose in map(json.loads, granted)
    )
    holding = Holding(post, str(position.title), house, house_path, office.is_government, grants)
    actor = Actor(kind="token", holdings=(holding,), position_id=post, label=token.name, token=token.pk)
    return actor, position


def position_with_grants(pk: int) -> Position:
    """A post with its office, its place and its roles, as an Actor is made of them."""
    return Position.objects.select_related("organisation__area").prefetch_related(_grants("grants")).get(pk=pk)


def still_holds(token: ApiToken) -> bool:
    """Whether somebody who was in the token's post when it was made is in it today, as holder or deputy."""
    made = timezone.localtime(token.made_at).date()
    return appointments_on(clock.today()).filter(position=token.position_id, valid__contains=made).exists()


def actor_of_post(position: Position) -> Actor:
    """The post itself, with the rights it has today and no person, for what the calendar does in its name."""
    found = position_with_grants(position.pk)
    holdings = () if found.closed_on else (_holding(found),)
    return Actor(kind="post", holdings=holdings, position_id=found.pk, label=str(found.title))


def followed_by(organisation_ids: Iterable[int]) -> dict[int, int]:
    """Closed organisation → the one of these that took over from it, also over others closed since. What waited for the
    one waits for the other."""
    found: dict[int, int] = {}
    ahead = {pk: pk for pk in organisation_ids}
    while ahead:
        rows = Organisation.objects.filter(successor__in=ahead, closed_on__isnull=False).values_list("pk", "successor")
        ahead = {pk: ahead[successor] for pk, successor in rows if successor and pk not in found}
        found |= ahead
    return found


def open_session(person: Person) -> OperatorSession | None:
    return OperatorSession.objects.filter(person=person, closed_at__isnull=True, expires_at__gt=clock.now()).first()


def holder(position: Position, day: date | None = None) -> Person | None:
    """Who holds the post on the day; None when it is vacant."""
    row = (
        appointments_on(day or clock.today())
        .filter(position=position, kind=AppointmentKind.HOLDER)
        .select_related("person")
        .first()
    )
    return row.person if row else None


def people_reached(position: Position, day: date | None = None) -> list[Person]:
    """Holder and deputies: everyone a message about this post's work goes to."""
    rows = appointments_on(day or clock.today()).filter(position=position).select_related("person")
    return [row.person for row in rows if row.person.is_active]


def with_vacancy(positions: QuerySet[Position]) -> QuerySet[Position]:
    """Each position with `is_held`: somebody holds it today."""
    held = Appointment.objects.filter(
        position=OuterRef("pk"), kind=AppointmentKind.HOLDER, valid__contains=clock.today()
    )
    return positions.annotate(is_held=Exists(held))


def kinds_of_posts() -> list[tuple[str, str]]:
    """(last part of the code, title) of the kinds of posts that several organisations have, such as data or head.

    A post's code is its organisation's and the kind of post; the title is the one that most of them have.
    """
    rows = (
        Position.objects.filter(closed_on__isnull=True, code__startswith=Concat("organisation__code", Value("-")))
        .annotate(kind=Substr("code", Length("organisation__code") + 2))
        .values_list("kind", "title")
    )
    counted: dict[str, Counter[str]] = {}
    for kind, title, number in rows.annotate(number=Count("pk")).order_by():
        counted.setdefault(kind, Counter())[str(Translated(title))] += number
    return sorted((kind, titles.most_common(1)[0][0]) for kind, titles in counted.items())
