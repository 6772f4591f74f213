"""Courses, the days they were held, and from which posts how many came."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.bodies import policy
from sala.bodies.models import Attendance, Course, Session
from sala.core import clock
from sala.core.checking import check, free_address
from sala.core.errors import Conflict, Invalid
from sala.core.operation import lock, operation
from sala.journal.operations import record
from sala.people.models import Organisation, Position
from sala.places.models import Area

MANY = ("topics", "materials")


@operation
def plan_course(
    actor: Actor, owner: Organisation, *, title: Mapping[str, str], slug: str = "", **described: Any
) -> Course:
    """Enter a course. `described` are further fields of Course."""
    many = {name: described.pop(name) for name in MANY if name in described}
    course = Course(owner=owner, title=title, **described)
    require(actor, policy.EDIT_TRAINING, course)
    course.slug = slug or free_address(Course, course.title, "course")
    check(course)
    course.save()
    _set_many(course, many)
    record(actor, policy.EDIT_TRAINING, course, change="planned")
    return course


@operation
def change_course(actor: Actor, course: Course, **described: Any) -> Course:
    """Change what is said of a course."""
    course = lock(course)
    require(actor, policy.EDIT_TRAINING, course)
    many = {name: described.pop(name) for name in MANY if name in described}
    for name, value in described.items():
        setattr(course, name, value)
    check(course)
    course.save()
    _set_many(course, many)
    record(actor, policy.EDIT_TRAINING, course, change="changed")
    return course


def _set_many(course: Course, many: Mapping[str, Iterable[Any]]) -> None:
    for name, rows in many.items():
        getattr(course, name).set(rows)


@operation
def add_session(actor: Actor, course: Course, *, starts_on: date, ends_on: date, area: Area) -> Session:
    """Enter the days and the place at which a course is held."""
    course = lock(course)
    require(actor, policy.EDIT_TRAINING, course)
    session = Session(course=course, starts_on=starts_on, ends_on=ends_on, area=area)
    check(session)
    session.save()
    record(actor, policy.EDIT_TRAINING, course, change="session added", session=session.pk, starts=starts_on)
    return session


@operation
def note_trained(actor: Actor, session: Session, *, organisation: Organisation | None = None,
                 position: Position | None = None, women: int = 0, men: int = 0, unstated: int = 0) -> Attendance:  # fmt: skip
    """Write down how many came from a post, or from an organisation. Given again, the counts replace the old ones."""
    session = lock(session)
    require(actor, policy.EDIT_TRAINING, session.course)
    if session.starts_on > clock.today():
        raise Conflict(_("The course has not begun yet. Who came is written down from its first day on."))
    office = position.organisation if position else organisation
    if office is None:
        raise Invalid(_("Name the post or the organisation that came."), {"position": [_("Name one of the two.")]})
    if women + men + unstated == 0:
        raise Invalid(_("Say how many came."), {"women": [_("Say how many came.")]})
    row, _made = Attendance.objects.update_or_create(
        session=session, organisation=office, position=position,
        defaults={"women": women, "men": men, "unstated": unstated},
    )  # fmt: skip
    record(actor, policy.EDIT_TRAINING, session.course, change="attendance noted", session=session.pk,
           organisation=office.pk, position=position.pk if position else None)  # fmt: skip
    return row
