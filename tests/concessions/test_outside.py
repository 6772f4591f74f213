"""Deals of another register: proposals for this country, networks of holders for those abroad, and a second reading."""

import io
from contextlib import nullcontext
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from sala.access.actor import command
from sala.access.scope import visible
from sala.concessions import operations
from sala.concessions.models import AreaShape, Concession, ForeignDeal, OutsideDeal, OutsideImport, Party, Shareholding
from sala.concessions.operations.outside import OutsideDelivery, import_deals
from sala.core import clock
from sala.core.errors import NotPermitted
from sala.journal.models import Event
from tests.conftest import SHARED

from .land_matrix import typed

pytestmark = pytest.mark.django_db
SIZE = "Size under contract (leased or purchased area, in ha)"


def run(path, *options, as_of="2024-03-01"):
    said = io.StringIO()
    with pytest.raises(SystemExit) if "refuses" in options else nullcontext():
        call_command(
            "concessions", "import", str(path), f"--as-of={as_of}", *(one for one in options if one != "refuses"),
            stdout=said, verbosity=2,
        )  # fmt: skip
    return said.getvalue().splitlines()


@pytest.fixture
def export(tmp_path):
    """export(deals=…) → path of a typed zip without the location that belongs to no deal."""

    def make(deals=None, name="export.zip", **tables):
        tables.setdefault("locations", typed.LOCATIONS.replace("4;999;Country;Demoland;;;;\n", ""))
        return typed.write_zip(tmp_path / name, deals, **tables)

    return make


def deal(number):
    return Concession.objects.get(outside_source="Land Matrix", outside_id=number)


def test_a_deal_of_this_country_is_a_proposal_with_its_sizes_place_and_holder(cast, export):
    lines = run(export())
    made = deal("101")
    assert (made.state, made.kind, made.area.code, made.lead.code) == ("proposed", "concession", "0101", "LAND")
    assert made.sector.code == "tree_plantation" and [str(row.commodity.code) for row in made.commodities.all()] == [
        "rubber"
    ]
    sizes = {(row.purpose, row.stated_ha, row.is_current) for row in made.areas.all()}
    assert sizes == {
        ("granted", Decimal("18500.00"), False), ("granted", Decimal("800.00"), True), ("implementation", Decimal("612.50"), True),
    }  # fmt: skip
    held = made.grants.get()
    assert held.number == "77/LM" and str(held.signed_on) == "2004-05-11" and held.granted_ha == Decimal("800.00")
    assert held.holder.name.text("en").text == "Demo Rubber Co., Ltd."
    assert lines[-1].endswith("0 refused") and OutsideImport.objects.get().report["new"] > 0
    assert Event.objects.filter(verb="concessions.import", subject_type="outside-import").count() == 1


def test_a_point_counts_only_where_the_other_register_says_it_lies_there(cast, export):
    run(export())
    assert {shape.area.concession.outside_id for shape in AreaShape.objects.all()} == {"101"}
    assert {row.accuracy for row in deal("102").areas.all()} == {"unit"}
    assert deal("102").area.code == "0102" and deal("104").area.code == "DM"


def test_a_deal_abroad_stands_in_no_list_and_joins_the_holders(cast, export):
    run(export())
    foreign = ForeignDeal.objects.get()
    assert (foreign.country, foreign.hectares, foreign.state) == ("VN", Decimal("1000.00"), "UNDER_NEGOTIATION")
    holding = Party.objects.get(outside__outside_id="900")
    assert list(foreign.parties.all()) == [holding] and holding.country == "TH"
    assert visible(command(), Concession).count() == 3 and not Concession.objects.filter(outside_id="103").exists()
    link = Shareholding.objects.get(role="parent")
    assert (
        link.owner == holding and link.share == Decimal("60") and Shareholding.objects.get(role="lender").share is None
    )


def test_what_the_other_register_hides_is_confidential_here(cast, export):
    run(export())
    assert deal("102").is_confidential and deal("102").confidential_reason and not deal("101").is_confidential


def test_each_value_without_a_place_is_one_line_and_no_row_is_lost(cast, export):
    lines = run(export())
    assert len([line for line in lines if line.startswith("? ") and "Nowhereville" in line]) == 1
    for said in ("“many” is no number", "“Signed in blood” is no known label", "Fodder plants (no, really)"):
        assert sum(said in line for line in lines) == 1, said
    assert OutsideDeal.objects.count() + ForeignDeal.objects.count() == len(typed.DEALS)


def test_the_same_file_again_changes_nothing(cast, export):
    path = export()
    run(path)
    before = (Party.objects.count(), Concession.objects.count(), Shareholding.objects.count())
    lines = run(path)
    assert lines[-1].startswith("0 new, 0 changed,")
    assert before == (Party.objects.count(), Concession.objects.count(), Shareholding.objects.count())


def test_a_later_file_brings_new_sizes_keeps_the_old_and_says_what_changed(cast, export):
    run(export())
    changed = [{**row} for row in typed.DEALS]
    changed[0][SIZE] = "2002-12##18500|2004##800|2023-01-15#current#650"
    lines = run(export(changed, "later.zip"), as_of="2025-01-01")
    assert lines[-1].startswith("0 new, 1 changed,")
    assert any(line.startswith("~ 101: contract:") and "650" in line for line in lines)
    rows = list(deal("101").areas.filter(purpose="granted").order_by("pk").values_list("stated_ha", "is_current"))
    assert rows.count((Decimal("650.00"), True)) == 1 and (Decimal("18500.00"), False) in rows
    assert (Decimal("800.00"), False) in rows and Concession.objects.count() == 3
    assert deal("101").changes.filter(subject__startswith="area:").exists()
    assert OutsideDeal.objects.get(outside_id="101").values["contract"][-1]["area"] == "650"


def test_an_older_file_changes_nothing(cast, export):
    run(export())
    changed = [{**row} for row in typed.DEALS]
    changed[0][SIZE] = "2004#current#999"
    lines = run(export(changed, "older.zip"), as_of="2020-01-01")
    assert lines[-1].startswith("0 new, 0 changed,")
    assert not deal("101").areas.filter(stated_ha=999).exists()


def test_what_an_office_wrote_since_is_not_overwritten(cast, export, term):
    run(export())
    made = deal("101")
    operations.change(cast.actor("ministry"), made, made.version, reason="Visited", sector=term("sector", "mining"))
    changed = [{**row} for row in typed.DEALS]
    changed[0][SIZE] = "2004#current#999"
    lines = run(export(changed, "later.zip"), as_of="2025-01-01")
    assert any(line.startswith("! 101: an office keeps") for line in lines)
    assert deal("101").sector.code == "mining" and not deal("101").areas.filter(stated_ha=999).exists()
    assert OutsideDeal.objects.get(outside_id="101").values["contract"][0]["area"] == "999"


def test_a_dry_run_tells_the_same_and_writes_nothing(cast, export):
    path = export()
    dry = run(path, "--dry-run")
    assert not Concession.objects.exists() and not Party.objects.exists() and not OutsideImport.objects.exists()
    assert run(path)[-1] == dry[-1]


def test_a_row_that_belongs_to_no_deal_is_refused_and_the_rest_is_taken(cast, export):
    lines = run(export(locations=typed.LOCATIONS), "refuses")
    assert lines[-1].endswith("1 refused") and Concession.objects.count() == 3


def test_the_narrowing_of_the_file_is_kept_with_it(cast, export):
    run(export(), "--filter=Country: Demoland; active")
    assert OutsideImport.objects.get().asked == "Country: Demoland; active"


def test_without_the_right_nothing_is_read_in(cast, export, tmp_path):
    delivery = OutsideDelivery("Land Matrix", clock.today(), cast.organisation("LAND"), "x.csv", "0" * 64)
    with pytest.raises(NotPermitted):
        import_deals(
            cast.actor("inspector"), {"deals": [], "investors": [], "involvements": [], "faults": []}, delivery
        )
    assert not OutsideImport.objects.exists()


def test_an_unknown_keeper_is_told_in_words(cast, export):
    with pytest.raises(CommandError, match="Say which office keeps the entries"):
        run(export(), "--keeper=NOBODY")


@pytest.mark.shared
def test_the_real_table_is_taken_in_whole_and_again_without_a_change(cast):
    real = SHARED / "landdeals" / "landmatrix_deals_2019.csv"
    first = run(real, as_of="2019-11-30")
    assert first[-1].endswith("0 changed, 0 unchanged, 0 refused") and ForeignDeal.objects.count() == 2660
    assert run(real, as_of="2019-11-30")[-1] == "0 new, 0 changed, 2660 unchanged, 0 refused"
