"""Screenings, findings and situations for programs: the same as on the pages, for the same readers."""

from datetime import date

import pytest

from sala.concessions.operations import set_area
from sala.concessions.operations.findings import reckon
from sala.concessions.operations.screening import Asked, screen
from tests.concessions.conftest import square
from tests.concessions.test_screening import shape
from tests.maps.conftest import boundaries  # noqa: F401


@pytest.mark.django_db
def test_findings_and_situations_are_for_those_who_judge(cast, granted, drawn, visit):
    made = granted(60, decided_on=date(2026, 3, 1), starts_on=date(2026, 4, 1))
    drawn(made, square())
    reckon(cast.actor("command"))
    found = visit("province").get("/api/v1/concessions/findings", {"state": "open"}).json()
    assert {row["code"] for row in found["items"]} == {"beyond_power", "area_difference"}
    power = next(row for row in found["items"] if row["code"] == "beyond_power")
    assert (power["concession"], power["figures"]["limit"], power["grave"]) == (made.reference, "50.00", True)
    called = visit("province").get("/api/v1/concessions/situations").json()
    assert called["counts"] == {called["items"][0]["code"]: 1} and called["changed"][0]["before"] is None
    for who in ("company", "other_district", "public"):
        assert visit(who).get("/api/v1/concessions/findings").json()["count"] == 0, who
        assert visit(who).get("/api/v1/concessions/situations").json()["counts"] == {}, who
    assert visit("province").get("/api/v1/concessions/findings", {"place": "none"}).status_code == 404


@pytest.mark.django_db
def test_a_screening_names_only_what_its_reader_sees(cast, concession, visit, boundaries):  # noqa: F811
    other = concession("Neighbour", who="command", lead=cast.organisation("LAND-D0201"), area=cast.area("0201"))
    set_area(cast.actor("command"), other, purpose="requested", geometry=square(100.205), accuracy="survey")
    row = screen(cast.actor("district"), cast.organisation("LAND-D0101"), shape=shape(), title="Trial", asked=Asked())
    address = f"/api/v1/concessions/screenings/{row.reference}"

    def keys(who):
        result = visit(who).get(address).json()["result"]
        return [found["figures"]["key"] for found in result if found["check"] == "overlap"]

    assert keys("district") == [None]
    assert keys("ministry") == [other.reference]
    assert visit("company").get(address).status_code == 404
    assert visit("district").get("/api/v1/concessions/screenings").json()["count"] == 1
    page = visit("province").get(other.get_absolute_url())
    assert page.status_code == 404
    assert "What authorities think of it" in visit("ministry").get(other.get_absolute_url()).content.decode()
