"""Pages about registers of others: the files that were read with their report, and deals that are looked up."""

from datetime import date
from decimal import Decimal

import pytest

from sala.concessions import operations
from sala.concessions.models import ForeignDeal, OutsideDeal, OutsideImport
from sala.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(cast, concession, party):
    """A file of which one deal is a proposal here and one lies abroad, with a party of both."""
    taken = OutsideImport.objects.create(
        source="land-matrix", file_name="deals.zip", sha256="0" * 64, as_of=date(2019, 11, 30), asked="all countries",
        read_at=clock.now(), report={"new": 2, "changed": 0, "unchanged": 0, "refused": 1, "lines": ["? 7: Crop: “Moss” is not known", "9: no country"]},
    )  # fmt: skip
    common = {"source": "land-matrix", "as_of": date(2019, 11, 30), "imported": taken}
    made, holder = concession("Proposed"), party("Far Holding")
    OutsideDeal.objects.create(outside_id="7", values={"name": "Seven"}, concession=made, version=1, **common)
    abroad = ForeignDeal.objects.create(
        outside_id="8", values={"name": "Eight"}, country="XX", hectares=Decimal(5000), **common
    )
    abroad.parties.add(holder)
    return taken, made, holder


def test_those_who_read_such_files_see_them_with_their_report(visit, read):
    taken, _made, _holder = read
    shown = visit("ministry").get("/concessions/imports/").content.decode()
    assert "deals.zip" in shown and "all countries" in shown and "New: 2" in shown
    lines = visit("ministry").get(f"/concessions/imports/{taken.pk}/").content.decode()
    assert "Moss" in lines and "found no place" in lines and "9: no country" in lines and "Left out" in lines
    for who, status in (("district", 403), ("inspector", 403), ("company", 403), ("public", 401)):
        assert visit(who).get("/concessions/imports/").status_code == status, who
        assert visit(who).get(f"/concessions/imports/{taken.pk}/").status_code == status, who
    assert visit("ministry").get("/concessions/imports/999999/").status_code == 404


def test_a_deal_is_looked_up_by_its_number_there(visit, read):
    _taken, made, holder = read
    here = visit("ministry").get("/concessions/imports/?deal=7").content.decode()
    assert made.reference in here and "Seven" in here
    there = visit("ministry").get("/concessions/imports/?deal=8").content.decode()
    assert "Abroad" in there and "5,000" in there and holder.get_absolute_url() in there
    assert "No deal of this number" in visit("ministry").get("/concessions/imports/?deal=77").content.decode()


def test_deals_abroad_stand_on_the_page_of_the_party_for_those_who_work_with_it(visit, read):
    holder = read[2]
    assert "Deals abroad" in visit("district").get(holder.get_absolute_url()).content.decode()
    assert "5,000" not in visit("ministry").get("/concessions/").content.decode()
    assert visit("public").get(holder.get_absolute_url()).status_code == 404


def test_a_terminated_entry_says_who_held_it_last(visit, cast, granted, with_paper):
    made = granted()
    with_paper(made, "order", number="12/GOV", issued_on=date(2024, 5, 1))
    operations.take_step(
        cast.actor("province"), made, "terminate", decided_on=date(2024, 5, 1), body=cast.organisation("GOV-P01")
    )
    shown = visit("province").get(made.get_absolute_url()).content.decode()
    assert "Invented Trees Company" in shown and "held it last" in shown
