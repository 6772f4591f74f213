"""Posts and their holders: one holder a day, work stays with the post, rights come and go with the appointment."""

from datetime import date, timedelta

import pytest

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.journal.models import Event
from sala.people import operations
from sala.people.models import Appointment, Message, Person
from sala.people.queries import actor_for, holder

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer():
    return Person.objects.create(name="Newcomer", email="newcomer@example.org", is_invented=True)


def test_a_hand_over_is_two_appointments_and_one_event(world, newcomer):
    position, before = world.position("HEALTH-P01-data"), Event.objects.count()
    day = clock.today() + timedelta(days=1)
    sheet = operations.hand_over(world.actor("admin"), position, newcomer, on=day, note="The key lies in the drawer.")
    assert holder(position, day) == newcomer and holder(position, day - timedelta(days=1)) == world.person("owner")
    assert sheet.given_by.valid.upper == day and Event.objects.count() == before + 1


def test_rights_follow_the_post_on_the_day(world, newcomer):
    position, day = world.position("HEALTH-P01-data"), clock.today() + timedelta(days=1)
    operations.hand_over(world.actor("admin"), position, newcomer, on=day)
    assert actor_for(newcomer, day).has_anywhere("catalogue.submit")
    assert not actor_for(newcomer, day - timedelta(days=1)).is_government
    assert not actor_for(world.person("owner"), day).is_government


def test_a_second_holder_on_the_same_day_is_refused(world, newcomer):
    with pytest.raises(Conflict):
        operations.appoint(world.actor("admin"), world.position("HEALTH-P01-data"), newcomer, start=clock.today())
    assert not Appointment.objects.filter(person=newcomer).exists()


def test_a_deputy_stands_beside_the_holder(world, newcomer):
    position = world.position("HEALTH-P01-data")
    operations.appoint(world.actor("admin"), position, newcomer, start=clock.today(), kind="deputy")
    assert actor_for(newcomer).position_ids == [position.pk] and holder(position) == world.person("owner")


def test_a_known_official_named_deputy_without_an_invitation_is_told_and_so_is_the_holder(world, newcomer):
    position = world.position("HEALTH-P01-data")
    newcomer.language = "lo"
    newcomer.save()
    made = operations.appoint(world.actor("head"), position, newcomer, start=date(2031, 1, 6), end=date(2031, 1, 18),
                              kind="deputy", decision="No. 7")  # fmt: skip
    told = {message.person: message for message in Message.objects.filter(wave=f"deputy-{made.pk}")}
    assert set(told) == {newcomer, world.person("owner")}
    mine, theirs = told[newcomer], told[world.person("owner")]
    assert theirs.title == "Your post has a deputy" and "Newcomer" in theirs.body and "No. 7" in theirs.body
    assert "17 January 2031" in theirs.body and "18 January 2031" not in theirs.body
    assert mine.language == "lo" and mine.title == "ທ່ານຮັກສາການແທນໃນຕຳແໜ່ງໜຶ່ງ" and position.title["lo"] in mine.body


def test_a_holder_and_a_refused_deputy_cause_no_message(world, newcomer):
    operations.appoint(world.actor("admin"), world.position("HEALTH-P02-data"), newcomer, start=clock.today())
    with pytest.raises(Invalid):
        operations.appoint(world.actor("admin"), world.position("HEALTH-P01-data"), newcomer, kind="deputy",
                           start=date(2031, 1, 6), end=date(2031, 1, 6))  # fmt: skip
    assert not Message.objects.filter(wave__startswith="deputy").exists()


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_who_does_not_administer_people_cannot_appoint(world, newcomer, who):
    with pytest.raises(NotPermitted):
        operations.appoint(world.actor(who), world.position("HEALTH-P02-data"), newcomer, start=clock.today())


def test_an_appointment_cannot_end_before_it_begins(world, newcomer):
    with pytest.raises(Invalid):
        operations.appoint(
            world.actor("admin"),
            world.position("HEALTH-P02-data"),
            newcomer,
            start=date(2024, 5, 1),
            end=date(2024, 4, 1),
        )


def test_a_held_post_is_not_abolished_and_a_vacant_one_is(world):
    with pytest.raises(Conflict):
        operations.abolish_position(world.actor("admin"), world.position("HEALTH-P01-data"), reason="merged")
    operations.abolish_position(world.actor("admin"), world.position("HEALTH-P03-data"), reason="merged")
    assert world.position("HEALTH-P03-data").closed_on == clock.today()


def test_moving_an_organisation_moves_its_units_and_their_rights(world):
    office, unit = world.organisation("HEALTH-P01"), world.organisation("HEALTH-D0101")
    operations.move_organisation(world.actor("admin"), office, parent=world.organisation("LAND"), reason="merger")
    office, unit = world.organisation("HEALTH-P01"), world.organisation("HEALTH-D0101")
    assert office.path == f"{world.organisation('LAND').path}{office.pk}/" and unit.path == f"{office.path}{unit.pk}/"
    with pytest.raises(Invalid):
        operations.move_organisation(world.actor("admin"), office, parent=unit, reason="a circle")
