"""Whatever is entered, waived, given back and taken back, in any order: the books stay in balance and nothing is lost."""

from contextlib import suppress
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sala.core import clock
from sala.core.errors import Conflict
from sala.ledger import operations
from sala.ledger.models import Account, Charge, Entry, Payment, Transaction
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.open_items import credit, free_of, with_free, with_open

AMOUNT, DAYS, WHICH = st.integers(1, 10_000), st.integers(0, 60), st.integers(0, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("charge"), AMOUNT, DAYS), st.tuples(st.just("pay"), AMOUNT, DAYS),
        st.tuples(st.just("void"), WHICH, DAYS), st.tuples(st.just("waive"), AMOUNT, WHICH),
        st.tuples(st.just("refund"), AMOUNT, WHICH),
    ),
    min_size=3, max_size=12,
)  # fmt: skip


def picked(rows, number):
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


def do(step, first, second, account, bank, cast, decision):
    """One step; one that the rules refuse changes nothing."""
    cashier, approver, treasurer = cast
    today = clock.today()
    if step == "charge":
        operations.charge(cashier, account, kind="rent", amount=first, due_on=today, day=today - timedelta(days=second))
    elif step == "pay":
        operations.pay(cashier, account, into=bank, amount=first, paid_on=today - timedelta(days=second))
    elif step == "void" and (
        row := picked(Transaction.objects.filter(kind__in=["charge", "payment", "waiver", "refund"]), first)
    ):
        operations.reverse(treasurer, row, reason="Wrong")
    elif step == "waive" and (charge := picked(Charge.objects.all(), second)):
        operations.waive(approver, charge, amount=first, decision=decision)
    elif step == "refund" and (payment := picked(Payment.objects.all(), second)):
        operations.refund(
            approver, payment, amount=min(first, max(1, free_of(payment))), paid_on=today, reason="Too much"
        )


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_books_balance_whatever_is_done(world, owed, bank, decision, steps):
    cast = [world.actor(who) for who in ("cashier", "approver", "treasurer")]
    with transaction.atomic():
        account = owed()
        for step, first, second in steps:
            with suppress(Conflict), transaction.atomic():
                do(step, first, second, account, bank, cast, decision)
        connection.check_constraints()
        assert Entry.objects.aggregate(sum=Sum("amount"))["sum"] in (0, None)
        sequence = list(Transaction.objects.order_by("sequence").values_list("sequence", flat=True))
        assert sequence == list(range(1, len(sequence) + 1))
        for ago in (61, 40, 20, 5, 0):
            day = clock.today() - timedelta(days=ago)
            open_ = list(with_open(Charge.objects.filter(account=account), day).values_list("open", flat=True))
            free = list(with_free(Payment.objects.filter(account=account), day).values_list("free", flat=True))
            assert all(amount >= 0 for amount in [*open_, *free])
            assert sum(open_) - credit(account, day) == balance(account, day)
        left = with_open(Charge.objects.filter(account=account)).filter(open__gt=0).exists()
        assert not (left and credit(account)), "what is to the payer's credit settles what is open"
        assert sum(balance(row) for row in Account.objects.all()) == 0
        transaction.set_rollback(True)
