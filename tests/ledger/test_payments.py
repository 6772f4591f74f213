"""Charges, payments, credit, currencies; and that nothing is entered twice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.ledger import operations
from sala.ledger.models import Account, AccountKind, Charge, Entry, Payment
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.open_items import credit, open_charges, with_open
from tests.ledger.conftest import FOREIGN, OWN, days_ago


def open_of(account):
    return {one.pk: one.open for one in open_charges(account)}


def test_a_payment_settles_the_oldest_charge_first_and_the_rest_is_credit(owed, charged, paid, bank, balanced):
    account = owed()
    newer, older = charged(account, 3_000, due=5), charged(account, 5_000, due=40)
    paid(account, 6_000)
    assert open_of(account) == {newer.pk: 2_000}
    paid(account, 2_500)
    assert open_of(account) == {} and credit(account) == 500
    assert balance(account) == -500 and balance(bank) == 8_500
    assert older.amount == 5_000
    balanced()


def test_what_is_chosen_is_settled_before_what_is_older(owed, charged, paid):
    account = owed()
    older, newer = charged(account, 5_000, due=40), charged(account, 3_000, due=5)
    paid(account, 3_500, chosen=[newer])
    assert open_of(account) == {older.pk: 4_500}


def test_credit_settles_the_next_charge_by_itself(owed, charged, paid, balanced):
    account = owed()
    paid(account, 4_000, ago=3)
    charge = charged(account, 3_000)
    assert open_of(account) == {} and credit(account) == 1_000
    assert [one.amount for one in charge.allocations.all()] == [3_000]
    balanced()


def test_a_charge_says_its_period_and_how_it_came_about(owed, charged):
    begins, basis = days_ago(365), {"rate": "30", "quantity": "10", "unit": "ha", "formula": "30 × 10 × 12 / 12"}
    made = charged(owed(), 30_000, period=(begins, days_ago(1)), basis=basis, note={"lo": "ປີ 2025", "en": "2025"})
    kept = Charge.objects.get(pk=made.pk)
    assert (kept.period_from, kept.basis, str(kept.kind)) == (begins, basis, "Land rent")
    assert balance(Account.objects.get(kind=AccountKind.REVENUE, income=kept.kind)) == -30_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"amount": -5}, "above nought"), ({"kind": "nonsense"}, "kind of charge"),
     ({"period": (days_ago(1), days_ago(9))}, "ends before")],
)  # fmt: skip
def test_a_charge_that_cannot_be_is_refused_and_nothing_is_kept(owed, charged, changes, words):
    account = owed()
    with pytest.raises(Invalid, match=words):
        charged(account, **({"amount": 100} | changes))
    assert not Entry.objects.filter(account=account).exists()


def test_the_same_key_is_entered_once(owed, charged, paid):
    account = owed()
    assert charged(account, 900, key="2025-rent") == charged(account, 900, key="2025-rent")
    assert paid(account, 500, key="k1") == paid(account, 500, key="k1")
    assert (Charge.objects.count(), Payment.objects.count(), balance(account)) == (1, 1, 400)


def test_a_key_that_meant_something_else_is_refused(owed, charged, paid):
    account = owed()
    paid(account, 500, key="k1")
    for again in (lambda: paid(account, 600, key="k1"), lambda: charged(account, 500, key="k1")):
        with pytest.raises(Conflict, match="used for something else"):
            again()
    assert balance(account) == -500


def test_the_same_reference_amount_and_day_is_entered_once(owed, charged, paid, company):
    account, other = owed(), owed(company("rubber-2"))
    first = paid(account, 500, ago=2, bank_reference="TT-77")
    with pytest.raises(Conflict, match=first.transaction.number):
        paid(other, 500, ago=2, bank_reference=" TT-77 ")
    assert paid(account, 501, ago=2, bank_reference="TT-77") and paid(account, 500, ago=1, bank_reference="TT-77")
    assert Payment.objects.count() == 3


def test_a_stranger_enters_nothing(world, owed, bank):
    account = owed()
    for who in ("far_cashier", "owner", "approver"):
        with pytest.raises(NotPermitted):
            operations.pay(world.actor(who), account, into=bank, amount=5, paid_on=clock.today())
        with pytest.raises(NotPermitted):
            operations.charge(world.actor(who), account, kind="rent", amount=5, due_on=clock.today())
    assert not Entry.objects.exists()


def test_money_goes_from_a_payer_to_a_bank_or_a_box_of_the_same_books(world, owed, bank, paid):
    other = operations.open_account(
        world.actor("far_cashier"), world.organisation("FIN-P02"), kind="cash", currency=OWN
    )
    with pytest.raises(Invalid, match="different organisations"):
        paid(owed(), 500, into=other)
    with pytest.raises(Invalid, match="bank account or a cash box"):
        paid(owed(), 500, into=owed())
    with pytest.raises(Invalid, match="bank account or a cash box"):
        paid(bank, 500)


# ---- currencies -----------------------------------------------------------------------------------------------------


@pytest.fixture
def rate(world):
    """rate(value, start, end=None) → what one unit of foreign money is worth in the country's."""

    def make(value: str, start: int, end: int | None = None, **more):
        return operations.add_rate(
            world.actor("command"), world.organisation("FIN"), from_currency=FOREIGN, to_currency=OWN,
            rate=Decimal(value), start=days_ago(start), end=None if end is None else days_ago(end),
            source="Notice 5 of the bank", **more,
        )  # fmt: skip

    return make


def test_a_payment_in_another_currency_counts_at_the_rate_of_its_day(owed, charged, paid, rate, bank, balanced):
    account = owed(currency=FOREIGN)
    rate("20", start=30)
    rate("25", start=10)
    charged(account, 300)
    first = paid(account, 2_500_00, ago=5)  # at 25
    assert first.credited == 100 and balance(account) == 200
    second = paid(account, 2_000_00, ago=20)  # at 20
    assert second.credited == 100 and balance(account) == 100
    assert balance(bank) == 4_500_00
    clearing = {account.currency: balance(account) for account in Account.objects.filter(kind=AccountKind.CLEARING)}
    assert clearing == {OWN: -4_500_00, FOREIGN: 200}
    balanced()


def test_what_was_agreed_differs_from_the_rate_by_a_named_account(owed, charged, paid, rate, balanced):
    account = owed(currency=FOREIGN)
    rate("20", start=30)
    charged(account, 100)
    paid(account, 1_990_00, credited=100)  # the rate alone would give 99.5, which rounds to 100
    paid(account, 1_900_00, credited=96)  # the rate gives 95
    difference = Account.objects.get(kind=AccountKind.DIFFERENCE)
    assert difference.currency == FOREIGN and balance(difference) == 1
    balanced()


def test_a_day_without_a_rate_is_named(owed, paid, rate):
    rate("20", start=30, end=10)
    with pytest.raises(Invalid, match=f"{FOREIGN}|{OWN}"):
        paid(owed(currency=FOREIGN), 500_00, ago=5)
    assert not Payment.objects.exists()


def test_two_rates_never_hold_on_one_day(rate):
    rate("20", start=30, end=10)
    with pytest.raises(Conflict, match="Another rate"):
        rate("21", start=20, end=5)
    later = rate("22", start=10)
    rate("23", start=2)
    later.refresh_from_db()
    assert later.valid.upper == days_ago(2)


def test_a_province_lays_down_no_rate_for_the_country(world):
    for who, allowed in (("cashier", False), ("command", True)):
        lay = lambda who=who: operations.add_rate(  # noqa: E731
            world.actor(who), world.organisation("FIN-P01"), from_currency=FOREIGN, to_currency=OWN, rate=Decimal(20),
            start=clock.today(), source="Notice",
        )  # fmt: skip
        if allowed:
            assert lay().pk
        else:
            with pytest.raises(NotPermitted):
                lay()


# ---- at a day -------------------------------------------------------------------------------------------------------


def test_open_items_and_balance_agree_on_every_day(world, owed, charged, paid, decision):
    account, approver = owed(), world.actor("approver")
    charged(account, 5_000, due=50)
    wrong = charged(account, 700, due=40)
    paid(account, 6_000, ago=30)
    charged(account, 4_000, due=10)
    operations.waive(approver, Charge.objects.get(amount=4_000), amount=1_000, decision=decision)
    operations.reverse(approver, wrong.transaction, reason="Entered for another company")
    late = paid(account, 900, ago=20)
    operations.reverse(approver, late.transaction, reason="Cheque bounced")
    for ago in range(60, -1, -1):
        day = clock.today() - timedelta(days=ago)
        open_ = sum(row.open for row in with_open(Charge.objects.filter(account=account), day))
        assert open_ - credit(account, day) == balance(account, day), day
        assert open_ >= 0 and credit(account, day) >= 0
