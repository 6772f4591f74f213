"""The shared world of the tests: the invented country of packs/demo and a cast of people in its posts.

owner      data contact point of the health office of one province
colleague  data publisher in the same office
reviewer   data reviewer in the same office
head       head of that office
stranger   data contact point of another ministry's office in another province
registrar  keeper of the register of places, over the whole country
admin      administrator of people, over all organisations
operator   who may open operator sessions
secretary  secretary of bodies and meetings in the government office
chair      head of the government office
member     head of another ministry
cashier    finance officer of one province
approver   head of that finance office
treasurer  head of the ministry of finance
far_cashier   finance officer of another province
citizen    registered, without a post
public     nobody
"""

from datetime import date
from pathlib import Path

from django.db.backends.postgresql.psycopg_any import DateRange

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "packs" / "demo"

# member of the cast → posts held
CAST = {
    "owner": ["HEALTH-P01-data"],
    "colleague": ["HEALTH-P01-data_publish"],
    "reviewer": ["HEALTH-P01-data_review"],
    "head": ["HEALTH-P01-head"],
    "stranger": ["LAND-P02-data"],
    "registrar": ["STAT-registrar"],
    "admin": ["HOME-people"],
    "operator": ["STAT-operator"],
    "records": ["HEALTH-P01-records"],
    "caller": ["STAT-calls"],
    "secretary": ["GOV-secretary"],
    "chair": ["GOV-head"],
    "member": ["LAND-head"],
    "cashier": ["FIN-P01-finance"],
    "approver": ["FIN-P01-head"],
    "treasurer": ["FIN-head"],
    "far_cashier": ["FIN-P02-finance"],
}


def build() -> None:
    """Load the pack and appoint the cast. Runs once a test session."""
    from config import packs
    from sala.access import actor
    from sala.people.models import Appointment, Person, Position

    packs.load(actor.command(), PACK)
    for who, posts in CAST.items():
        person = Person.objects.create(name=f"Test {who}", email=f"{who}@example.org", language="en", is_invented=True)
        for code in posts:
            Appointment.objects.create(
                person=person,
                position=Position.objects.get(code=code),
                valid=DateRange(date(2020, 1, 1), None),
            )
    Person.objects.create(
        name="Test citizen", email="citizen@example.org", kind="citizen", language="en", is_invented=True
    )


class World:
    """Finds members of the cast and things of the world by short names."""

    def person(self, who: str):
        from sala.people.models import Person

        return Person.objects.get(email=f"{who}@example.org")

    def actor(self, who: str):
        from sala.access.actor import command, public
        from sala.people.queries import actor_for

        if who == "public":
            return public()
        if who == "command":
            return command()
        return actor_for(self.person(who))

    def area(self, code: str):
        from sala.places.models import Area

        return Area.objects.get(code=code)

    def position(self, code: str):
        from sala.people.models import Position

        return Position.objects.get(code=code)

    def organisation(self, code: str):
        from sala.people.models import Organisation

        return Organisation.objects.get(code=code)
