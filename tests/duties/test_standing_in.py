"""Vacant posts: who is told at once, and when the work falls to the head; late answers climb the ladder of heads."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.core import clock
from sala.documents.models import Rule
from sala.documents.working_days import add_working_days
from sala.duties.operations import remind
from sala.duties.queries import desk_rows
from sala.duties.standing_in import reached, reached_many
from sala.people.models import Appointment, Message, Person

pytestmark = pytest.mark.django_db


def vacate(world, code, since):
    Appointment.objects.filter(position__code=code).update(valid=DateRange(date(2020, 1, 1), since))


def patience(key, days):
    Rule.objects.filter(key=key).update(value={"number": str(days), "unit": "working_days"})


def test_a_vacant_posts_work_stands_on_the_heads_desk_only_after_the_days_that_the_rule_sets(world, issued):
    assignment, today = issued(), clock.today()
    patience("calls.vacancy", 5)
    vacate(world, "HEALTH-P01-data", add_working_days(today, -4))
    urls = [row.url for row in desk_rows(world.actor("head"))]
    assert assignment.get_absolute_url() not in urls
    vacate(world, "HEALTH-P01-data", add_working_days(today, -5))
    (fallen,) = [row for row in desk_rows(world.actor("head")) if row.url == assignment.get_absolute_url()]
    assert str(assignment.position.organisation.name) in fallen.note  # since many such may come at once
    assert assignment.get_absolute_url() not in [row.url for row in desk_rows(world.actor("reviewer"))]


def test_a_call_to_a_vacant_post_is_told_to_the_head_at_once(world, issued):
    vacate(world, "HEALTH-P01-data", clock.today())
    assignment = issued()
    told = Message.objects.get(subject_type="assignment", subject_id=assignment.pk, wave="issue")
    assert told.person == world.person("head") and "vacant" in told.body


def test_who_is_reached_climbs_until_somebody_is_there(world):
    post = world.position("HEALTH-P02-data")
    assert reached(post).people == () and reached(post).vacant
    minister = Person.objects.create(name="Test minister", email="minister@example.org")
    Appointment.objects.create(
        position=world.position("HEALTH-head"), person=minister, valid=DateRange(date(2020, 1, 1), None)
    )
    assert reached(post).people == (minister,) and reached(post).vacant


def test_many_posts_are_looked_up_in_a_fixed_number_of_queries(world, django_assert_num_queries):
    from sala.people.models import Position

    posts = list(Position.objects.select_related("organisation"))
    with django_assert_num_queries(3):
        found = reached_many(posts)
    assert len(found) == len(posts) and found[world.position("HEALTH-P01-data").pk].people == (world.person("owner"),)


def test_an_answer_that_stays_late_is_told_to_the_head_and_then_to_the_head_above(world, issued):
    patience("calls.escalation", 10)
    assignment = issued()
    minister = Person.objects.create(name="Test minister", email="minister@example.org")
    Appointment.objects.create(
        position=world.position("HEALTH-head"), person=minister, valid=DateRange(date(2020, 1, 1), None)
    )

    def told():
        rows = Message.objects.filter(subject_id=assignment.pk, wave__startswith="escalation")
        return [(row.wave.partition("/")[0], row.person.email.split("@")[0]) for row in rows.order_by("id")]

    last = add_working_days(assignment.due_on - timedelta(days=1), 1)
    remind(add_working_days(last, 9))
    assert told() == []
    remind(add_working_days(last, 10))
    remind(add_working_days(last, 11))
    assert told() == [("escalation-1", "head")]
    remind(add_working_days(last, 20))
    assert told() == [("escalation-1", "head"), ("escalation-2", "minister")]
