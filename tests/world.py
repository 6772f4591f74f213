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


SHOWN_SECTOR = "hydropower"  # opened to everybody in the served world; no other test enters anything of it


def enter_public_concession() -> None:
    """One invented concession of a sector of which decisions open name, place, hectares and boundary, and nothing else."""
    import shapely

    from sala.access.actor import command
    from sala.concessions import operations
    from sala.concessions.operations.areas import set_area
    from sala.core import clock
    from sala.core.language import Translated
    from sala.core.models import Term
    from sala.documents.operations import add_document

    actor, world = command(), World()
    sector, decision = (
        Term.objects.get(scheme="sector", code=SHOWN_SECTOR),
        Term.objects.get(scheme="document-kind", code="decision"),
    )
    office = world.organisation("LAND-D0201")
    holder = operations.enter_party(
        actor,
        name=Translated(lo="ບໍລິສັດ ນ້ຳຕົກ", en="Hidden Falls Co., Ltd"),
        kind="company",
        keeper=office,
        is_invented=True,
    )
    made = operations.enter(
        actor, kind="concession", name=Translated(lo="ເຂື່ອນສົມມຸດ", en="Invented dam"), sector=sector, lead=office,
        area=world.area("0201"), is_invented=True, source="Paper of the district",
    )  # fmt: skip
    operations.grant(
        actor,
        made,
        holder=holder,
        granted_ha=120,
        decided_on=date(2020, 1, 10),
        starts_on=date(2020, 2, 1),
        term_months=360,
    )
    set_area(
        actor, made, purpose="granted", accuracy="survey", measured_on=date(2020, 3, 1),
        geometry=shapely.box(101.2, 20.4, 101.21, 20.41),
    )  # fmt: skip
    paper = add_document(
        actor, world.organisation("LAND"), kind=decision, title=Translated(lo="ຂໍ້ຕົກລົງເປີດເຜີຍ", en="Decision to open")
    )
    operations.confirm(actor, made, "basics", "place", "hectares", "shape")
    for field_class in ("basics", "place", "hectares", "shape"):
        operations.open_class(actor, field_class=field_class, sector=sector, decision=paper, start=clock.today())


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
