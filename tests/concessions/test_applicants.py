"""Who asks for land: entered and read by its class, looked at for requests in parts, moved with a party entered twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.gis.geos import GEOSGeometry

from sala.concessions import operations
from sala.concessions.models import Finding
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.screening import Asked, screen
from sala.core import clock
from tests.concessions.conftest import square
from tests.concessions.test_correcting import filled, page_of
from tests.concessions.test_mending import no_chosen
from tests.concessions.test_releases import opened  # noqa: F401
from tests.maps.conftest import boundaries, read_once  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast, concession, drawn):
    """asked(en, applicant, west, hectares, **fields) → a request of the province level, drawn as a small square."""

    def make(en, applicant, west=100.2, size=40, **fields):
        values = {"applicant": applicant, "level": "province", "requested_on": date(2026, 2, 1)}
        made = concession(en, **(values | fields))
        drawn(made, square(west, degrees=0.005), purpose="requested", stated_ha=Decimal(size))
        made.refresh_from_db()
        return made

    return make


def test_an_applicant_is_entered_corrected_and_read_by_who_reads_holders(visit, concession, party):
    made, company = concession(), party("Asking company")
    browser, address = visit("district"), f"{made.get_absolute_url()}edit/"
    sent = no_chosen(filled(page_of(browser, address)), "applicant")
    assert (
        browser.post(address, sent | {"applicant": company.number, "reason": "Named in the letter"}).status_code == 302
    )
    made.refresh_from_db()
    assert made.applicant == company and made.changes.get(field="applicant").field_class == "holder"
    assert "Asking company" in page_of(browser, made.get_absolute_url())
    assert browser.get(f"/api/v1/concessions/{made.reference}").json()["applicant"] == company.number
    assert made.reference in page_of(browser, f"/concessions/?applicant={company.number}")
    table = b"".join(browser.get("/concessions/list.csv").streaming_content).decode()
    assert "applicant" in table.splitlines()[0] and company.number in table
    assert filled(page_of(browser, f"{made.get_absolute_url()}grants/new/"))["holder"] == "Asking company"


def test_who_reads_no_holders_learns_nothing_of_the_applicant(visit, concession, party, opened, stand_for):  # noqa: F811
    made = concession(applicant=party("Asking company"))
    stand_for("basics", "holder")
    opened("basics")
    number, reader = made.applicant.number, visit()
    page = page_of(reader, made.get_absolute_url())
    assert "Asking company" not in page and number not in page
    told = reader.get(f"/api/v1/concessions/{made.reference}").json()
    assert told["applicant"] is None
    assert number not in str(reader.get(f"/api/v1/concessions/{made.reference}/history").json())
    assert reader.get(f"/api/v1/concessions?applicant={number}").json().get("items", []) == []
    opened("holder")
    assert "Asking company" in page_of(reader, made.get_absolute_url())


def test_requests_of_one_company_that_are_more_together_are_told_by_a_screening(cast, asked, party, boundaries):  # noqa: F811
    company = party("Asking company")
    first = asked("First", company, size=40)
    other = asked("Elsewhere", party("Somebody else"), west=100.212, size=40)
    shape = square(100.206, degrees=0.005)
    found = screen(
        cast.actor("district"), cast.organisation("LAND-D0101"), shape=as_geometry(shape), title="Second",
        asked=Asked(sector="tree_plantation", level="province", holder=company.number),
    )  # fmt: skip
    told = next(line for line in found.result if line["check"] == "splitting")
    assert told["figures"].get("with") == [first.reference] and other.reference not in told["figures"]["with"]


def as_geometry(shape):
    return GEOSGeometry(shape.wkt, srid=4326)


def test_requests_in_parts_are_found_at_night(cast, asked, party):
    company, sister = party("Asking company"), party("Sister")
    operations.hold(cast.actor("command"), company, sister, Decimal(100))
    one, two = asked("First", company, size=40), asked("Second", sister, west=100.206, size=30)
    far = asked("Far", sister, west=100.3, size=30)
    late = asked("Late", company, west=100.203, size=30, requested_on=clock.today().replace(year=2010))
    reckon(cast.actor("command"))
    split = {row.concession_id: row.figures for row in Finding.objects.filter(code="split")}
    assert set(split) == {one.pk, two.pk} and not {far.pk, late.pk} & set(split)
    assert split[one.pk]["with"] == [two.reference] and split[one.pk]["together"] == "70.00"


def test_an_applicant_entered_twice_goes_over_and_comes_back(cast, concession, party):
    lost, kept = party("Asking company"), party("Asking company Ltd")
    made = concession(applicant=lost)
    merge = operations.merge_parties(cast.actor("command"), lost, into=kept, reason="One registration")
    made.refresh_from_db()
    assert made.applicant == kept and made.changes.filter(field="applicant", reason="One registration").exists()
    operations.undo_merge(cast.actor("command"), merge, reason="Two after all")
    made.refresh_from_db()
    assert made.applicant == lost


def test_screening_is_filled_in_with_the_applicant(visit, asked, party):
    made = asked("First", party("Asking company"))
    assert "Asking company" in page_of(visit("district"), f"/concessions/screening/new/?concession={made.reference}")
