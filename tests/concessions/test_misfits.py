"""Findings of one concession, without a database: each invariant beside the case that keeps it."""

from datetime import date
from decimal import Decimal as D

from sala.concessions.calculations.facts import Dated, Fact, RuleBook
from sala.concessions.calculations.findings import Case, GrantFacts, Shared, misfits
from sala.concessions.calculations.spans import Span

TODAY = date(2026, 11, 30)
ALWAYS = date(1990, 1, 1)


def book(*facts):
    return RuleBook([each if isinstance(each, Dated) else Dated(each, ALWAYS, None) for each in facts])


def grant(ha="100", decided=date(2015, 5, 1), level="province", months=360, current=True, number=1, **said):
    return GrantFacts(number, D(ha) if ha else None, decided, decided, level, months, current, **said)


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
    assert codes(found) == [("beyond_power", "grant:1")] and found[0].rule == 2 and found[0].is_grave


POWER_OF_100 = Fact(1, "power_limit", "concession.province", D(100), "ha")


def beyond(*grants):
    found = misfits(case(grants=list(grants)), book(POWER_OF_100), TODAY)
    return [(each.key, each.figures) for each in found if each.code == "beyond_power"]


def test_holders_of_one_decision_count_together():
    two = grant("80", number=4), grant("80", number=3)
    assert beyond(*two) == [
        ("grant:3", {"granted": "160.00", "limit": "100.00", "level": "province", "on": "2015-05-01", "grants": 2})
    ]
    assert beyond(grant("50", number=3), grant("50", number=4)) == []
    assert beyond(two[0], grant("80", number=5, decided=date(2015, 5, 2))) == []
    assert beyond(two[0], grant("80", number=5, level="district")) == []


def test_a_decision_is_of_one_body_and_one_that_nobody_entered_is_any():
    one, other = frozenset({"governor"}), frozenset({"ministry", "theministry"})
    assert beyond(grant("80", number=3, body=one), grant("80", number=4, body=other)) == []
    assert len(beyond(grant("80", number=3, body=other), grant("80", number=4, body=frozenset({"ministry"})))) == 1
    assert len(beyond(grant("80", number=3), grant("80", number=4, body=other))) == 1


def test_who_follows_whom_under_one_decision_does_not_hold_at_once():
    first = grant("80", number=3, valid=Span(date(2016, 1, 1), date(2020, 1, 1)))
    assert beyond(first, grant("80", number=4, valid=Span(date(2020, 1, 1)))) == []
    assert len(beyond(first, grant("80", number=4, valid=Span(date(2019, 12, 31))))) == 1


def test_each_approval_beyond_the_power_is_a_finding_of_its_own():
    found = beyond(grant("120", number=3), grant("130", number=4, decided=date(2018, 5, 1)))
    assert [key for key, _figures in found] == ["grant:3", "grant:4"]


def test_approved_inside_a_stop_of_approvals_of_its_commodity():
    stop = Dated(Fact(5, "moratorium", "concession.rubber", None), date(2012, 6, 11), date(2019, 1, 1))
    assert codes(misfits(case(), book(stop), TODAY)) == [("moratorium", "grant:1")]
    assert misfits(case(commodities=frozenset({"teak"})), book(stop), TODAY) == []
    assert misfits(case(grants=[grant(decided=date(2012, 6, 10))]), book(stop), TODAY) == []


def test_the_longest_term_is_that_of_the_day_of_signing():
    long = Dated(Fact(1, "term", "concession.longest", D(99), "years"), ALWAYS, date(2016, 11, 17))
    short = Dated(Fact(2, "term", "concession.longest", D(50), "years"), date(2016, 11, 17), None)
    assert misfits(case(grants=[grant(months=700)]), book(long, short), TODAY) == []
    found = misfits(case(grants=[grant(months=700, decided=date(2017, 1, 1))]), book(long, short), TODAY)
    assert codes(found) == [("beyond_term", "grant:1")]


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
