"""Findings of one concession, without a database: each invariant beside the case that keeps it."""

from datetime import date
from decimal import Decimal as D

from sala.concessions.calculations.facts import Dated, Fact, RuleBook
from sala.concessions.calculations.findings import Case, GrantFacts, Shared, misfits

TODAY = date(2026, 11, 30)
ALWAYS = date(1990, 1, 1)


def book(*facts):
    return RuleBook([each if isinstance(each, Dated) else Dated(each, ALWAYS, None) for each in facts])


def grant(ha="100", decided=date(2015, 5, 1), level="province", months=360, current=True):
    return GrantFacts(D(ha) if ha else None, decided, decided, level, months, current)


def case(**said):
    said.setdefault("grants", [grant()])
    said.setdefault("papers", frozenset({"agreement", "certificate", "environmental_certificate"}))
    base = {"reference": "LC-1", "version": 3, "path": "/1/4/9/", "sector": "tree_plantation",
            "commodities": frozenset({"rubber"}), "state": "implementing"}  # fmt: skip
    return Case(**(base | said))


def codes(found):
    return sorted((each.code, each.key) for each in found)


def test_what_is_in_order_has_no_finding():
    assert misfits(case(mapped_ha=D("100.4"), accuracy="survey", developed_ha=D(60)), book(), TODAY) == []


def test_drawn_and_granted_hectares_differ_by_the_tolerance_of_the_source():
    rules = book(
        Fact(1, "tolerance", "concession.area.survey", D(1), "percent"),
        Fact(2, "tolerance", "concession.area.paper", D(10), "percent"),
    )
    assert codes(misfits(case(mapped_ha=D("101.01"), accuracy="survey"), rules, TODAY)) == [("area_difference", "")]
    assert misfits(case(mapped_ha=D("101.00"), accuracy="survey"), rules, TODAY) == []
    assert misfits(case(mapped_ha=D("110"), accuracy="paper"), rules, TODAY) == []
    found = misfits(case(mapped_ha=D("89.99"), accuracy="paper"), rules, TODAY)
    assert found[0].figures == {"granted": "100.00", "mapped": "89.99", "percent": "10.0", "limit": "10"}
    assert found[0].rule == 2


def test_more_developed_than_granted_and_outside_of_it():
    found = misfits(case(developed_ha=D("100.01"), outside_ha=D("0.02")), book(), TODAY)
    assert codes(found) == [("developed_more", ""), ("outside", "")]
    assert misfits(case(developed_ha=D(100), outside_ha=D(0)), book(), TODAY) == []


def test_power_is_that_of_the_day_of_approval():
    old = Dated(Fact(1, "power_limit", "concession.province", D(150), "ha"), ALWAYS, date(2016, 1, 1))
    new = Dated(Fact(2, "power_limit", "concession.province", D(50), "ha"), date(2016, 1, 1), None)
    assert misfits(case(), book(old, new), TODAY) == []
    found = misfits(case(grants=[grant(decided=date(2016, 1, 1))]), book(old, new), TODAY)
    assert codes(found) == [("beyond_power", "")] and found[0].rule == 2 and found[0].is_grave


def test_approved_inside_a_stop_of_approvals_of_its_commodity():
    stop = Dated(Fact(5, "moratorium", "concession.rubber", None), date(2012, 6, 11), date(2019, 1, 1))
    assert codes(misfits(case(), book(stop), TODAY)) == [("moratorium", "")]
    assert misfits(case(commodities=frozenset({"teak"})), book(stop), TODAY) == []
    assert misfits(case(grants=[grant(decided=date(2012, 6, 10))]), book(stop), TODAY) == []


def test_the_longest_term_is_that_of_the_day_of_signing():
    long = Dated(Fact(1, "term", "concession.longest", D(99), "years"), ALWAYS, date(2016, 11, 17))
    short = Dated(Fact(2, "term", "concession.longest", D(50), "years"), date(2016, 11, 17), None)
    assert misfits(case(grants=[grant(months=700)]), book(long, short), TODAY) == []
    found = misfits(case(grants=[grant(months=700, decided=date(2017, 1, 1))]), book(long, short), TODAY)
    assert codes(found) == [("beyond_term", "")]


def test_overlaps_layers_twins_parts_and_papers_each_say_with_what():
    found = misfits(
        case(
            mapped_ha=D(100),
            overlaps=[Shared("LC-2", D(5), D(80))],
            layers=[
                Shared("protected", D(2), effect="forbidden", edition=9),
                Shared("roads", D(1), effect="inform"),
                Shared("villages", D("0.5"), effect="consent"),
            ],
            twins={"LC-3": "name"},
            split_with={"LC-4": D(90)},
            papers=frozenset({"exemption"}),
        ),
        book(),
        TODAY,
    )
    assert codes(found) == [
        ("duplicate", "LC-3"), ("layer", "protected"), ("layer", "villages"), ("overlap", "LC-2"),
        ("paper_missing", "agreement"), ("split", ""),
    ]  # fmt: skip
    by = {(each.code, each.key): each for each in found}
    assert by["layer", "protected"].is_grave and not by["layer", "villages"].is_grave
    assert by["split", ""].figures["together"] == "190.00"
    assert by["overlap", "LC-2"].figures == {"hectares": "5.00", "percent": "5.0"}
