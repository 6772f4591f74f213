"""The first administrator is appointed at the terminal; from then on everything happens on the pages."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sala.people.models import Person
from sala.people.queries import actor_for

pytestmark = pytest.mark.django_db


def test_the_link_of_the_command_signs_the_administrator_in(world, visit):
    said = StringIO()
    call_command("people", "appoint", "LAND-people", "--name=First", "--email=first@example.org", stdout=said)
    path = "/link/" + said.getvalue().strip().rsplit("/link/", 1)[1]
    assert visit().post(path).status_code == 302
    assert actor_for(Person.objects.get(email="first@example.org")).has_anywhere("people.appoint")


def test_an_unknown_or_held_post_is_refused(world):
    with pytest.raises(CommandError, match="no post"):
        call_command("people", "appoint", "nowhere", "--name=A", "--email=a@example.org")
    with pytest.raises(CommandError):
        call_command("people", "appoint", "HEALTH-P01-data", "--name=A", "--email=a@example.org")
