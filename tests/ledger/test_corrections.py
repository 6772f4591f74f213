"""Voids, refunds and waivers: a second person, a new entry, and all that hung on it follows."""

import pytest

from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.ledger import operations
from sala.ledger.models import Charge, Transaction
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.open_items import credit, free_of, open_charges
from sala.people.models import PositionGrant, Role
from tests.ledger.conftest import days_ago


@pytest.fixture
def approve(world):
    """approve(operation, *args) as the head of the office."""
    return lambda operation, *args, **named: operation(world.actor("approver"), *args, **named)


def open_of(account):
    return {one.pk: one.open for one in open_charges(account)}


def test_a_voided_payment_opens_its_charges_again(owed, charged, paid, bank, approve, balanced):
    account = owed()
    charge = charged(account, 5_000, due=9)
    payment = paid(account, 5_000, bank_reference="TT-1")
    void = approve(operations.reverse, payment.transaction, reason="Wrong company")
    payment.refresh_from_db()
    assert payment.is_void and void.reverses == payment.transaction and free_of(payment) == 0
    assert open_of(account) == {charge.pk: 5_000} and balance(bank) == 0 and balance(account) == 5_000
    assert paid(account, 5_000, bank_reference="TT-1").pk != payment.pk  # it may be entered rightly now
    balanced()


def test_a_voided_charge_frees_its_payment_for_the_others(owed, charged, paid, approve, balanced):
    account = owed()
    wrong, right = charged(account, 5_000, due=40), charged(account, 3_000, due=5)
    paid(account, 4_000)
    assert open_of(account) == {wrong.pk: 1_000, right.pk: 3_000}
    approve(operations.reverse, wrong.transaction, reason="Area was returned before")
    assert open_of(account) == {} and credit(account) == 1_000 and balance(account) == -1_000
    balanced()


def test_whoever_entered_it_does_not_take_it_back(world, owed, charged, paid, decision):
    PositionGrant.objects.create(position=world.position("FIN-P01-finance"), role=Role.objects.get(code="head_of_unit"))
    account = owed()
    charge, payment = charged(account, 5_000), paid(account, 6_000)
    cashier = world.actor("cashier")
    for attempt in (
        lambda: operations.reverse(cashier, charge.transaction, reason="Mine"),
        lambda: operations.reverse(cashier, payment.transaction, reason="Mine"),
        lambda: operations.refund(cashier, payment, amount=10, paid_on=clock.today(), reason="Mine"),
        lambda: operations.waive(cashier, charge, decision=decision),
    ):
        with pytest.raises(NotPermitted, match="second person"):
            attempt()
    assert Transaction.objects.count() == 2


def test_a_stranger_and_the_cashier_without_the_right_take_nothing_back(world, owed, charged, decision):
    charge = charged(owed(), 5_000)
    for who in ("cashier", "far_cashier", "head", "owner"):
        with pytest.raises(NotPermitted):
            operations.reverse(world.actor(who), charge.transaction, reason="No")
        with pytest.raises(NotPermitted):
            operations.waive(world.actor(who), charge, decision=decision)


def test_nothing_is_taken_back_twice_and_a_void_is_not_voided(owed, charged, approve):
    charge = charged(owed(), 5_000)
    void = approve(operations.reverse, charge.transaction, reason="Wrong")
    with pytest.raises(Conflict, match=void.number):
        approve(operations.reverse, charge.transaction, reason="Wrong")
    with pytest.raises(Conflict, match="took something back"):
        approve(operations.reverse, void, reason="Wrong")


def test_taking_back_needs_a_reason(owed, charged, approve):
    with pytest.raises(Invalid, match="why"):
        approve(operations.reverse, charged(owed(), 5_000).transaction, reason="  ")


def test_a_waiver_needs_a_numbered_decision_and_no_more_than_is_open(owed, charged, paid, approve, decision, balanced):
    account = owed()
    charge = charged(account, 5_000)
    paid(account, 3_000)
    with pytest.raises(Conflict, match=r"20\.00"):
        approve(operations.waive, charge, amount=2_001, decision=decision)
    approve(operations.waive, charge, amount=500, decision=decision)
    assert open_of(account) == {charge.pk: 1_500} and balance(account) == 1_500
    approve(operations.waive, charge, decision=decision)
    assert open_of(account) == {}
    with pytest.raises(Conflict, match="Nothing is open"):
        approve(operations.waive, charge, decision=decision)
    decision.number = ""
    with pytest.raises(Invalid, match="numbered decision"):
        approve(operations.waive, charge, decision=decision)
    balanced()


def test_a_waiver_taken_back_opens_the_charge(world, owed, charged, approve, decision, balanced):
    account = owed()
    charge = charged(account, 5_000)
    waiver = approve(operations.waive, charge, amount=2_000, decision=decision)
    with pytest.raises(Conflict, match=waiver.transaction.number):
        approve(operations.reverse, charge.transaction, reason="Wrong")
    with pytest.raises(NotPermitted, match="second person"):
        approve(operations.reverse, waiver.transaction, reason="The decision was revoked")
    operations.reverse(world.actor("treasurer"), waiver.transaction, reason="The decision was revoked")
    assert open_of(account) == {charge.pk: 5_000}
    approve(operations.reverse, Charge.objects.get(pk=charge.pk).transaction, reason="Wrong")
    assert balance(account) == 0
    balanced()


def test_only_what_is_not_used_is_given_back(world, owed, charged, paid, bank, approve, balanced):
    account = owed()
    charged(account, 5_000)
    payment = paid(account, 6_000, ago=4)
    for amount in (1_001, 0):
        with pytest.raises(Conflict, match=r"10\.00"):
            approve(operations.refund, payment, amount=amount, paid_on=clock.today(), reason="Paid too much")
    with pytest.raises(Invalid, match="before it was paid"):
        approve(operations.refund, payment, amount=100, paid_on=days_ago(5), reason="Paid too much")
    given = approve(operations.refund, payment, amount=1_000, paid_on=clock.today(), reason="Paid too much", key="r1")
    again = approve(operations.refund, payment, amount=1_000, paid_on=clock.today(), reason="Paid too much", key="r1")
    assert given == again and credit(account) == 0 and balance(account) == 0 and balance(bank) == 5_000
    with pytest.raises(Conflict, match=given.transaction.number):
        approve(operations.reverse, payment.transaction, reason="Wrong")
    operations.reverse(world.actor("treasurer"), given.transaction, reason="The bank sent it back")
    assert credit(account) == 1_000
    balanced()
