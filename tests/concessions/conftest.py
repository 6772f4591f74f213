"""People of the land offices, papers, parties, and concessions at every point of their way, all by the real operations.

district       enters leases and concessions of one district         other_district  the same elsewhere
province       confirms and records decisions for the province        ministry        keeps the register of the country
inspector      reads all                                              company         represents a company that holds land
"""

from datetime import date
from decimal import Decimal

import pytest
import shapely
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.concessions import operations
from sala.concessions.models import Concession
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents import operations as documents
from sala.people.models import Appointment, Person

POSTS = {
    "district": "LAND-D0101-concessions",
    "other_district": "LAND-D0201-concessions",
    "province": "LAND-P01-confirms",
    "ministry": "LAND-register",
    "inspector": "INSP-inspector",
    "company": "TREECO-representative",
}


def appoint(world) -> None:
    """Give the people of the land offices their posts, since 2020."""
    for who, post in POSTS.items():
        person = Person.objects.create(name=f"Test {who}", email=f"{who}@example.org", language="en", is_invented=True)
        Appointment.objects.create(
            person=person, position=world.position(post), valid=DateRange(date(2020, 1, 1), None)
        )


@pytest.fixture
def cast(world):
    """The world with the people of the land offices."""
    appoint(world)
    return world


@pytest.fixture
def term(db):
    """term(scheme, code) → the term."""
    return lambda scheme, code: Term.objects.get(scheme=scheme, code=code)


@pytest.fixture
def paper(cast, term):
    """paper(kind="decision", owner="LAND-D0101", **described) → a document of a land office, not published."""

    def make(kind="decision", owner="LAND-D0101", **described):
        described.setdefault("title", Translated(lo="ຂໍ້ຕົກລົງ ທົດລອງ", en="Trial decision"))
        return documents.add_document(
            cast.actor("command"), cast.organisation(owner), kind=term("document-kind", kind), **described
        )

    return make


@pytest.fixture
def party(cast):
    """party(en="Trees", **fields) → a party kept by the land office of the district."""

    def make(en="Teak Trees Co., Ltd", **fields):
        values = {
            "name": Translated(lo=f"ບໍລິສັດ {en}", en=en), "kind": "company", "keeper": cast.organisation("LAND-D0101"),
        }  # fmt: skip
        return operations.enter_party(cast.actor("command"), **(values | fields))

    return make


@pytest.fixture
def tree_company(cast, party):
    """The party that the organisation of `company` is."""
    return party("Invented Trees Company", organisation=cast.organisation("TREECO"))


@pytest.fixture
def concession(cast, term):
    """concession(en="Teak one", who="district", **fields) → a request of the district."""

    def make(en="Teak one", who="district", **fields):
        values = {
            "kind": "concession", "name": Translated(lo=f"ໂຄງການ {en}", en=en), "area": cast.area("0101"),
            "sector": term("sector", "tree_plantation"), "lead": cast.organisation("LAND-D0101"),
        }  # fmt: skip
        return operations.enter(cast.actor(who), **(values | fields))

    return make


@pytest.fixture
def granted(cast, concession, tree_company, with_paper):
    """granted(hectares=100, **fields of the grant) → a concession recognised as granted, with its agreement and holder."""

    def make(hectares=100, made=None, **fields):
        made = made or concession()
        agreement = with_paper(made, "agreement")
        values = {
            "holder": tree_company, "granted_ha": Decimal(hectares), "decided_on": date(2020, 1, 10),
            "starts_on": date(2020, 2, 1), "term_months": 360, "level": "province", "body": cast.organisation("GOV-P01"),
            "document": agreement,
        }  # fmt: skip
        operations.grant(cast.actor("district"), made, **(values | fields))
        operations.take_step(
            cast.actor("province"), made, "recognise", decided_on=date(2020, 1, 10), body=cast.organisation("GOV-P01")
        )
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def with_paper(cast, paper, term):
    """with_paper(concession, role) → the document that was added in the role."""

    def add(made, role, **described):
        document = paper(**described)
        operations.add_paper(cast.actor("command"), made, document, term("concession-paper", role))
        return document

    return add


@pytest.fixture
def stand_for(cast, party):
    """stand_for(*classes) → an office stands for these classes of every entry, which says where it is from and who holds it."""

    def stand(*classes):
        if not classes:
            return
        for made in Concession.objects.filter(same_as=None):
            if not made.grants.exists():
                operations.grant(cast.actor("command"), made, holder=party(f"Holder of {made.reference}"))
            Concession.objects.filter(pk=made.pk, source="").update(source="Paper of the district")
            operations.confirm(cast.actor("command"), made, *classes)

    return stand


def square(west=100.2, south=20.4, degrees=0.01) -> shapely.Polygon:
    """A square in the district 0101; 0.01° wide it is about 115 ha."""
    return shapely.box(west, south, west + degrees, south + degrees)


@pytest.fixture
def drawn(cast):
    """drawn(concession, shape=square(), purpose="granted", **fields) → its area with that shape."""

    def make(made, shape=None, purpose="granted", **fields):
        values = {"accuracy": "survey", "measured_on": clock.today()}
        return operations.set_area(
            cast.actor("district"),
            made,
            purpose=purpose,
            geometry=square() if shape is None else shape,
            **(values | fields),
        )

    return make


@pytest.fixture
def rent(cast, term):
    """rent(concession, who="cashier", **fields) → what is owed for it: 30 a hectare and year by the agreement, from 2020."""

    def make(made, who="cashier", **fields):
        values = {
            "kind": term("charge-kind", "rent"), "basis": "rate", "area_basis": "granted", "rate": Decimal(30),
            "currency": "XTS", "starts_on": date(2020, 2, 1), "books": cast.organisation("FIN-P01"),
        }  # fmt: skip
        return operations.enter_due(cast.actor(who), made, **(values | fields))

    return make
