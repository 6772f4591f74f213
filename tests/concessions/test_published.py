"""The register against published figures: the official arithmetic that does not add up, the difference and its parts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import yaml

from sala.concessions import operations
from sala.concessions.calculations.published import Fact, hold, read
from sala.concessions.models import FieldClass, FigureExplanation
from sala.concessions.queries.published import facts, held
from sala.concessions.states import ENDED, GRANTED
from sala.core.models import Term
from tests.concessions import test_releases as releases
from tests.conftest import ROOT

opened = releases.opened


def of_the_country(code):
    entries = yaml.safe_load((ROOT / "packs/laos/published_figures.yaml").read_text(encoding="utf-8"))[
        "published_figures"
    ]
    return next(entry for entry in entries if entry["code"] == code)


def held_of(data, facts):
    return hold(read(data, "x"), facts, ENDED, GRANTED, "proposed")


def fact(state="signed", sector="mining", kind="lease", double=False, confirmed=True, located=True, granted=None, developed=None):  # fmt: skip
    return Fact(kind, sector, state, double, confirmed, located, granted, developed)


def test_the_official_parts_make_2012_and_not_2031():
    figure = read(of_the_country("official-database-2019"), "x")
    assert (figure.figure, figure.parts_sum, figure.own_gap) == (2031, 2012, 19)
    inventory = read(of_the_country("first-inventory-2012"), "x")
    assert (inventory.parts_sum, inventory.own_gap) == (2639, 3)
    assert (
        read(of_the_country("first-inventory-2012-hectares"), "x").own_gap is None
    )  # its parts are not said to be all


def test_the_parts_of_ours_add_up_to_ours_and_each_entry_stands_in_one():
    facts = [
        fact("proposed"), fact("terminated", confirmed=False), fact(confirmed=False), fact(confirmed=False, located=False),
        fact(located=False), fact(), fact(), fact(double=True), fact(confirmed=None),
    ]  # fmt: skip
    told = held_of({"figure": 10}, facts)
    assert told.ours == 8 and told.difference == -2 and told.doubles == 1
    assert {part.reason: int(part.total) for part in told.parts} == {
        "outside": 1, "ended": 1, "closed": 1, "unconfirmed": 2, "unlocated": 1, "rest": 2,
    }  # fmt: skip
    assert sum(part.total for part in told.parts) == told.ours
    assert [int(part.left) for part in told.parts] == [7, 6, 5, 3, 2, 2]
    assert [int(part.difference) for part in told.parts] == [-3, -4, -5, -7, -8, -8]


def test_kind_sector_standing_and_hectares_are_the_same_definition():
    facts = [fact(granted=Decimal(100), developed=Decimal(30)), fact("terminated", granted=Decimal(50)), fact(sector="agriculture", kind="concession")]  # fmt: skip
    assert held_of({"figure": 1, "counts": {"kind": "lease"}}, facts).ours == 2
    assert held_of({"figure": 1, "counts": {"sectors": ["agriculture"]}}, facts).ours == 1
    assert held_of({"figure": 1, "counts": {"standing": "in_force"}}, facts).ours == 2
    granted = held_of({"figure": 200, "of": "granted_ha"}, facts)
    assert (granted.ours, granted.difference, granted.silent, granted.entries) == (150, -50, 1, 3)
    assert held_of({"figure": 1, "of": "developed_ha"}, facts).ours == 30


def test_entries_that_are_alike_count_as_many():
    one_by_one = [
        fact(granted=Decimal(100)),
        fact(granted=Decimal(50)),
        fact(),
        fact(),
        fact(double=True),
        fact(double=True),
    ]
    alike = [
        replace(fact(granted=Decimal(150)), number=2), replace(fact(), number=2), replace(fact(double=True), number=2),
    ]  # fmt: skip
    for data in ({"figure": 10}, {"figure": 10, "of": "granted_ha"}, {"figure": 10, "of": "developed_ha"}):
        assert held_of(data, alike) == held_of(data, one_by_one)
    told = held_of({"figure": 10, "of": "granted_ha"}, alike)
    assert (told.ours, told.silent, told.entries) == (150, 2, 4)


@pytest.mark.django_db
def test_the_register_is_counted_where_it_is_kept(cast, granted, concession, party, drawn, paper, stand_for):
    for number in range(3):
        made = granted(hectares=100 + number, made=concession(f"C {number}"), holder=party(f"H {number}"))
    drawn(made)
    concession("Request")
    concession("Another request")
    office = {(row.state, row.is_located): row for row in facts(cast.actor("ministry"))}
    assert {key: row.number for key, row in office.items()} == {
        ("signed", False): 2,
        ("signed", True): 1,
        ("request", False): 2,
    }
    assert (office["signed", False].granted, office["signed", True].granted) == (201, 102)
    assert (office["request", False].granted, office["request", False].is_confirmed) == (None, False)
    assert facts(cast.actor("public")) == []
    stand_for("basics")
    operations.open_class(
        cast.actor("ministry"), field_class="basics", decision=paper(owner="LAND"), start=date(2020, 1, 1)
    )
    public = {(row.state, row.is_located): row for row in facts(cast.actor("public"))}
    assert {key: row.number for key, row in public.items()} == {
        ("signed", False): 2,
        ("signed", True): 1,
        ("request", False): 2,
    }
    assert {(row.granted, row.is_confirmed) for row in public.values()} == {(None, None)}  # of classes that are closed


@pytest.mark.parametrize("pack", ["demo", "laos"])
def test_every_figure_of_the_packs_can_be_read_and_names_its_source(pack):
    folder = ROOT / "packs" / pack
    sources = {row["id"] for row in yaml.safe_load((folder / "sources.yaml").read_text(encoding="utf-8"))["sources"]}
    sectors = {row["code"] for row in yaml.safe_load((folder / "sectors.yaml").read_text(encoding="utf-8"))["sectors"]}
    entries = yaml.safe_load((folder / "published_figures.yaml").read_text(encoding="utf-8"))["published_figures"]
    assert entries
    for entry in entries:
        figure = read(entry, entry["name"])
        assert figure.figure > 0 and entry["source"] in sources and entry["certainty"] in ("confirmed", "example")
        assert figure.of in ("number", "granted_ha", "developed_ha") and entry["as_of"]
        for each in (figure, *figure.parts):
            assert (
                set(each.counts) <= {"kind", "sectors", "standing"} and set(each.counts.get("sectors", ())) <= sectors
            )
            assert each.name["lo"] and each.name["en"]


@pytest.fixture
def official(db):
    entry = of_the_country("official-database-2019")
    return Term.objects.create(
        scheme="published-figure", code=entry["code"], name=entry["name"], order=9,
        data={key: value for key, value in entry.items() if key not in ("code", "name")},
    )  # fmt: skip


@pytest.mark.django_db
def test_the_page_shows_our_total_the_difference_and_the_arithmetic_of_the_publisher(visit, official, granted, concession, cast, party):  # fmt: skip
    granted(holder=party("A"))
    concession("Second")
    double = concession("Double")
    operations.mark_double(cast.actor("province"), double, same_as=concession("Third"), reason="Same contract")
    shown = visit("ministry").get("/concessions/figures/official-database-2019/").content.decode()
    assert "800 + 313 + 899 = 2,012" in shown and "published as 2,031, a difference of +19" in shown
    assert "−2,028" in shown and "Entered twice and counted once: 1" in shown and "Example, not confirmed" in shown
    listed = visit("ministry").get("/concessions/figures/").content.decode()
    assert "do not add up" in listed and "2,031" in listed
    lao = visit("ministry", "lo").get("/concessions/figures/official-database-2019/").content.decode()
    assert "800 + 313 + 899 = 2.012" in lao and "does not agree with itself" not in lao
    assert visit("ministry").get("/concessions/figures/none/").status_code == 404


@pytest.mark.django_db
def test_everybody_reads_the_published_figure_and_nothing_of_closed_entries(visit, official, granted, concession, cast, party):  # fmt: skip
    for number in range(4):
        granted(made=concession(f"C {number}"), holder=party(f"H {number}"))
    shown = visit().get("/concessions/figures/official-database-2019/").content.decode()
    assert "2,031" in shown and "−2,027" not in shown and "confirmed and located" not in shown
    assert held(cast.actor("public"), [official])[0].held is None
    (company,) = held(cast.actor("company"), [official])
    assert (
        company.held.ours == 0
        and visit("company").get("/concessions/figures/official-database-2019/").status_code == 200
    )
    (office,) = held(cast.actor("ministry"), [official])
    assert office.held.ours == 4 and office.held.difference == -2027
    assert {part.reason: part.total for part in office.held.parts} == {"unconfirmed": 4}


@pytest.mark.django_db
def test_an_office_explains_with_a_document_and_others_may_not(visit, official, granted, paper, cast):
    granted()
    decision, address = paper(), "/concessions/figures/official-database-2019/explain/"
    sent = {"text": "The other figure counts requests.", "document": decision.slug}
    assert visit().get(address).status_code == 401
    assert visit("district").post(address, sent).status_code == 403
    wrong = visit("province").post(address, sent | {"document": ""})
    assert wrong.status_code == 200 and not FigureExplanation.objects.exists()
    assert visit("province").post(address, sent).status_code == 302
    row = FigureExplanation.objects.get()
    assert row.ours == 1 and row.document == decision and row.position == cast.position("LAND-P01-confirms")
    shown = visit("ministry").get("/concessions/figures/official-database-2019/").content.decode()
    assert "counts requests" in shown and "the register then: 1" in shown and decision.get_absolute_url() in shown
    public = visit().get("/concessions/figures/official-database-2019/").content.decode()
    assert "counts requests" in public and decision.get_absolute_url() not in public


@pytest.mark.django_db
def test_programs_get_figures_with_the_difference(visit, official, granted):
    granted()
    told = next(
        row for row in visit("ministry").get("/api/v1/concessions/figures").json() if row["code"] == official.code
    )
    assert (float(told["published"]), float(told["gap"]), float(told["ours"]), float(told["difference"])) == (
        2031,
        19,
        1,
        -2030,
    )
    public = next(row for row in visit().get("/api/v1/concessions/figures").json() if row["code"] == official.code)
    assert public["ours"] is None and public["made_of"] == [] and float(public["published"]) == 2031


@pytest.mark.django_db
def test_the_total_of_an_explanation_is_told_to_those_who_read_all_of_it(visit, official, granted, concession, cast, party, paper, opened):  # fmt: skip
    for number in range(3):
        granted(made=concession(f"C {number}"), holder=party(f"H {number}"))
    granted(made=concession("Secret", is_confidential=True, confidential_reason="Defence law, article 4"))
    concession("Of the next district", "province", area=cast.area("0102"), lead=cast.organisation("LAND-P01"))
    opened("basics")
    address = "/concessions/figures/official-database-2019/"
    sent = {"text": "The other figure counts requests.", "document": paper().slug}
    assert visit("province").post(f"{address}explain/", sent).status_code == 302
    assert FigureExplanation.objects.get().ours == 5
    for who in ("province", "ministry", "inspector"):
        assert "the register then: 5" in visit(who).get(address).content.decode(), who
    for who in ("public", "company", "citizen", "stranger", "other_district", "district"):
        shown = visit(who).get(address).content.decode()
        assert "counts requests" in shown and "the register then" not in shown, who
    for name in set(FieldClass) - {FieldClass.BASICS}:
        opened(name)
    assert "the register then" not in visit().get(address).content.decode()
