"""Parties: names that meet, shares that add up to a whole at most, and who stands at the end of the chain."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange as R

from sala.access.scope import visible
from sala.concessions import operations
from sala.concessions.calculations.names import name_key
from sala.concessions.models import Party
from sala.concessions.operations.parties import most_at_once
from sala.concessions.queries.parties import register_of_parties, ultimate_holders
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.journal.models import Event

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)


@pytest.fixture
def hold(cast):
    def make(owner, owned, share, **fields):
        share = None if share is None else Decimal(str(share))
        return operations.hold(cast.actor("command"), owner, owned, share, **fields)

    return make


@pytest.mark.parametrize(
    "one, other",
    [
        ("Teak Trees Co., Ltd", "TEAK TREES COMPANY LIMITED"), ("Teak-Trees", "Teak Trees"), ("Teak Trees JSC", "teak  trees"),
        ("Company Teak Trees Limited", "Teak Trees"), ("Group Teak Group", "teak"),
        ("ໄມ້​ສັກ", "ໄມ້ສັກ"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_give_one_key(one, other):
    assert name_key(one) == name_key(other) != ""


def test_other_names_stay_apart_and_a_name_of_legal_forms_only_keeps_something():
    assert name_key("Teak Trees") != name_key("Teak Tree Farms")
    assert name_key("Company Limited")


def test_a_party_is_found_by_another_spelling_of_its_name(cast, party):
    made = party("Teak Trees Co., Ltd", names=["Old Teak Ltd"])
    for text in ("teak trees company", "Old Teak", made.number):
        assert list(register_of_parties(cast.actor("district"), q=text)) == [made], text


def test_parties_are_entered_by_those_who_keep_the_register_there(cast, party):
    with pytest.raises(NotPermitted):
        operations.enter_party(
            cast.actor("other_district"), name={"lo": "ບໍລິສັດ"}, kind="company", keeper=cast.organisation("LAND-D0101")
        )
    assert not Party.objects.exists()


def test_the_public_sees_no_party_and_a_company_itself(cast, party, tree_company):
    other = party("Somebody else")
    assert not visible(cast.actor("public"), Party).exists()
    assert list(visible(cast.actor("company"), Party)) == [tree_company]
    assert set(visible(cast.actor("inspector"), Party)) == {tree_company, other}


def test_a_registration_number_is_entered_once(party):
    party("One", country="XA", registration="77")
    with pytest.raises(Invalid, match="registration number"):
        party("Two", country="XA", registration="77")


def test_shares_of_a_day_are_a_whole_at_most(party, hold):
    owned, first, second = party("Owned"), party("First"), party("Second")
    hold(first, owned, 60, start=date(2020, 1, 1))
    with pytest.raises(Invalid, match="101"):
        hold(second, owned, 41, start=date(2021, 1, 1))
    assert hold(second, owned, 40, start=date(2021, 1, 1)).share == 40


def test_shares_of_other_days_do_not_add_up(cast, party, hold):
    owned, first, second = party("Owned"), party("First"), party("Second")
    holding = hold(first, owned, 100, start=date(2020, 1, 1))
    operations.end_holding(cast.actor("command"), holding, on=date(2022, 1, 1))
    assert hold(second, owned, 100, start=date(2022, 1, 1)).pk
    with pytest.raises(Conflict):
        operations.end_holding(cast.actor("command"), holding, on=date(2023, 1, 1))


def test_nobody_holds_shares_in_itself_nor_twice_on_a_day(party, hold):
    owned, owner = party("Owned"), party("Owner")
    with pytest.raises(Invalid):
        hold(owned, owned, 10)
    hold(owner, owned, 10)
    with pytest.raises((Invalid, Conflict)):
        hold(owner, owned, 20)


def test_a_lender_takes_no_share(party, hold):
    owned, owner, bank = party("Owned"), party("Owner"), party("Bank")
    hold(owner, owned, 100)
    assert hold(bank, owned, 80, role="lender").role == "lender"
    assert ultimate_holders([owned.pk], DAY)[owned.pk] == [(owner.pk, Decimal(1))]


def test_the_end_of_the_chain_has_the_product_of_its_shares_over_all_ways(party, hold):
    top, left, right, bottom = party("Top"), party("Left"), party("Right"), party("Bottom")
    hold(left, bottom, 50)
    hold(right, bottom, 30)
    hold(top, left, 80)
    hold(top, right, 50)
    found = ultimate_holders([bottom.pk, top.pk], DAY)
    assert found[bottom.pk] == [(top.pk, Decimal("0.55"))]
    assert found[top.pk] == [(top.pk, Decimal(1))]


def test_a_chain_is_that_of_the_day(party, hold):
    old, new, bottom = party("Old"), party("New"), party("Bottom")
    hold(old, bottom, 100, start=date(2010, 1, 1), end=date(2020, 1, 1))
    hold(new, bottom, 100, start=date(2020, 1, 1))
    assert ultimate_holders([bottom.pk], date(2019, 12, 31))[bottom.pk][0][0] == old.pk
    assert ultimate_holders([bottom.pk], date(2020, 1, 1))[bottom.pk][0][0] == new.pk
    assert ultimate_holders([bottom.pk], date(2009, 1, 1))[bottom.pk][0][0] == bottom.pk


def test_a_circle_ends_and_an_unknown_share_stays_unknown(party, hold):
    one, two, three = party("One"), party("Two"), party("Three")
    hold(one, two, 50)
    hold(two, three, 50)
    hold(three, one, 50)
    assert [pk for pk, _share in ultimate_holders([one.pk], DAY)[one.pk]] == [two.pk]
    unknown, known = party("Unknown"), party("Known")
    hold(unknown, known, None)
    assert ultimate_holders([known.pk], DAY)[known.pk] == [(unknown.pk, None)]


def test_ultimate_holders_take_one_statement_however_many(party, hold, django_assert_num_queries):
    bottoms = [party(f"Bottom {number}") for number in range(4)]
    top = party("Top")
    for bottom in bottoms:
        hold(top, bottom, 25)
    with django_assert_num_queries(1):
        found = ultimate_holders([bottom.pk for bottom in bottoms], DAY)
    assert all(chain == [(top.pk, Decimal("0.25"))] for chain in found.values())


def test_most_at_once_looks_at_every_day():
    rows = [(R(None, date(2020, 1, 1)), 60), (R(date(2019, 1, 1), None), 50), (R(date(2020, 1, 1), None), 45)]
    assert most_at_once(rows) == 110
    assert most_at_once([]) == 0


def test_a_change_is_recorded_with_its_reason(cast, party):
    made = party()
    operations.change_party(
        cast.actor("district"), made, reason="New seal", names=["Teak seal"], website="https://example.org"
    )
    assert "New seal" in Event.objects.filter(subject_type="party", subject_id=made.pk).latest("id").text
    assert [row.text for row in made.names.all()] == ["Teak seal"]
