"""Villages, offices of three ministries that go there, and their visits, for the tests of the field calendar."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from sala.collection import operations
from sala.core.language import Translated
from sala.core.models import Term
from sala.people.models import Appointment, Person
from sala.people.queries import actor_of_post
from sala.places.models import Area, Level, Parenthood

HEALTH, EDUC, LAND = "HEALTH-P01-data", "EDUC-P01-data", "LAND-P01-data"


def villages(world, count=40, district="0101", first=1) -> list[Area]:
    parent, level, made = world.area(district), Level.objects.get(code="village"), []
    for number in range(first, first + count):
        area = Area.objects.create(
            level=level, code=f"{district}{number:03}", parent=parent, path="",
            name=Translated(lo=f"ບ້ານ {number}", en=f"Village {district}-{number}"), is_invented=True,
        )  # fmt: skip
        area.path = f"{parent.path}{area.pk}/"
        area.save()
        Parenthood.objects.create(area=area, parent=parent, valid=DateRange(date(2000, 1, 1), None))
        made.append(area)
    return made


def holder(world, code: str, language="en") -> Person:
    """Somebody who holds this post."""
    person = Person.objects.create(name=f"Test {code}", email=f"{code.lower()}@example.org", language=language, is_invented=True)  # fmt: skip
    Appointment.objects.create(person=person, position=world.position(code), valid=DateRange(date(2020, 1, 1), None))
    return person


def topics(*codes):
    return list(Term.objects.filter(scheme="topic", code__in=codes))


def plan(world, post=HEALTH, areas=(), starts=date(2026, 6, 1), ends=date(2026, 6, 5), minutes=30, about=("health",), **changes):  # fmt: skip
    position = world.position(post)
    title = changes.pop("title", Translated(lo=f"ລົງບ້ານ {post}", en=f"Visit of {post}"))
    return operations.plan_visit(
        actor_of_post(position), position, title=title, starts_on=starts, ends_on=ends, areas=areas, minutes=minutes,
        topics=topics(*about), **changes,
    )  # fmt: skip


def three_ministries(world, areas):
    """Three visits to the same places in the same month; no two of them share a day."""
    return [
        plan(world, HEALTH, areas, date(2026, 6, 1), date(2026, 6, 5), 30),
        plan(world, EDUC, areas, date(2026, 6, 8), date(2026, 6, 12), 45, ("education",)),
        plan(world, LAND, areas, date(2026, 6, 22), date(2026, 6, 26), 60, ("land", "health")),
    ]
