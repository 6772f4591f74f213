"""Those who hold a post and are not of government.

company    represents a company
partner    officer of a development partner, who may read what organisations in the area keep to themselves, of its own
"""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from sala.access.actor import command
from sala.core.language import Translated
from sala.people.models import Appointment, Person, Role
from sala.people.operations import create_position, found_organisation, grant_role

POSTS = {"company": "TREECO-representative", "partner": "DONOR-officer"}


def appoint_outside(world) -> None:
    """Found the development partner, and give both their people."""
    donor = found_organisation(
        command(), parent=None, code="DONOR", name=Translated(lo="ອົງການຄູ່ຮ່ວມ", en="Invented partner"), kind="partner",
        area=world.area("DM"), is_invented=True,
    )  # fmt: skip
    post = create_position(
        command(), donor, code="DONOR-officer", title=Translated(lo="ພະນັກງານ", en="Officer"), is_invented=True
    )
    grant_role(command(), post, Role.objects.get(code="viewer"))
    for who, code in POSTS.items():
        person = Person.objects.create(name=f"Test {who}", email=f"{who}@example.org", language="en", is_invented=True)
        Appointment.objects.create(
            person=person, position=world.position(code), valid=DateRange(date(2020, 1, 1), None)
        )
