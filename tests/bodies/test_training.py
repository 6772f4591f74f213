"""Courses, who came from which post, and what a post was trained in."""

from datetime import timedelta

import pytest

from sala.bodies import operations
from sala.bodies.models import Course
from sala.bodies.queries.training import counts, trained
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.people.operations import appoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(world):
    """session(days_ago=10, **changes) → a course of the government office that was held."""

    def make(days_ago=10, **changes):
        actor = world.actor("secretary")
        course = operations.plan_course(
            actor, world.organisation("GOV"), title=Translated({"lo": "ການສົ່ງຂໍ້ມູນ", "en": "Sending data"}),
            duties=["reports"], **changes,
        )  # fmt: skip
        day = clock.today() - timedelta(days=days_ago)
        return operations.add_session(actor, course, starts_on=day, ends_on=day, area=world.area("01"))

    return make


def test_who_came_is_counted_by_post_and_sex(world, session):
    row, actor = session(), world.actor("secretary")
    operations.note_trained(actor, row, position=world.position("HEALTH-P01-data"), women=1)
    operations.note_trained(actor, row, organisation=world.organisation("LAND-P02"), women=2, men=3)
    assert counts(row) == {"women": 3, "men": 3, "unstated": 0}
    operations.note_trained(actor, row, organisation=world.organisation("LAND-P02"), women=2, men=4)
    assert counts(row) == {"women": 3, "men": 4, "unstated": 0}


def test_nobody_is_counted_before_the_course_and_not_nobody_at_all(world, session):
    post = world.position("HEALTH-P01-data")
    with pytest.raises(Conflict, match="not begun"):
        operations.note_trained(world.actor("secretary"), session(days_ago=-5), position=post, women=1)
    with pytest.raises(Invalid, match="how many"):
        operations.note_trained(world.actor("secretary"), session(), position=post)


def test_another_office_does_not_enter_courses_here(world):
    with pytest.raises(NotPermitted):
        operations.plan_course(world.actor("owner"), world.organisation("GOV"), title=Translated({"lo": "ກ"}))
    assert not Course.objects.exists()


def test_the_page_of_a_post_says_what_it_was_trained_in(world, session, visit):
    post = world.position("HEALTH-P01-data")
    operations.note_trained(world.actor("secretary"), session(), position=post, women=1)
    assert [row.before_holder for row in trained(world.actor("public"), post)] == [False]
    assert "Sending data" in visit().get(world.position("HEALTH-P01-data").get_absolute_url()).content.decode()


def test_a_holder_who_came_later_has_not_been_trained(world, session):
    post = world.position("HEALTH-head")
    operations.note_trained(world.actor("secretary"), session(), position=post, men=1)
    appoint(world.actor("command"), post, world.person("citizen"), start=clock.today())
    assert [row.before_holder for row in trained(world.actor("public"), post)] == [True]


def test_a_course_that_is_closed_is_not_told_on_the_page_of_the_post(world, session):
    post = world.position("HEALTH-P01-data")
    operations.note_trained(world.actor("secretary"), session(tier="own"), position=post, women=1)
    assert trained(world.actor("public"), post) == [] and len(trained(world.actor("chair"), post)) == 1
