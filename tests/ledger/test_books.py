"""What the database itself keeps: balance per currency, gapless numbers, nothing altered, nothing added later."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.ledger import operations
from sala.ledger.models import Account, Allocation, Charge, Entry, Transaction
from sala.ledger.operations.posting import Draft, Side, post
from sala.ledger.queries.accounts import balance
from tests.ledger.conftest import FOREIGN, OWN, days_ago


def refused(check):
    """What is refused when the database checks as at commit."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        check()
        connection.check_constraints()
    return str(caught.value)


def test_what_does_not_balance_is_not_committed(owed, charged, bank, balanced):
    row = charged(owed(), 5_000).transaction
    balanced()

    def one_sided():
        copy = Transaction.objects.get(pk=row.pk)
        copy.pk, copy.sequence, copy.number = None, 999, "FIN-P01-T-2026-0999"
        copy.save(force_insert=True)
        Entry.objects.create(transaction=copy, account=bank, day=copy.day, amount=10)
        Entry.objects.create(transaction=copy, account=owed(), day=copy.day, amount=-9)

    assert "does not balance" in refused(one_sided)


def test_two_currencies_do_not_balance_each_other(owed, charged, bank, balanced):
    foreign, row = owed(currency=FOREIGN), charged(owed(), 5_000).transaction
    balanced()

    def crossed():
        copy = Transaction.objects.get(pk=row.pk)
        copy.pk, copy.sequence, copy.number = None, 998, "FIN-P01-T-2026-0998"
        copy.save(force_insert=True)
        Entry.objects.create(transaction=copy, account=bank, day=copy.day, amount=10)
        Entry.objects.create(transaction=copy, account=foreign, day=copy.day, amount=-10)

    assert "does not balance" in refused(crossed)


def test_no_entry_is_added_to_a_transaction_that_was_committed(owed, charged, bank, balanced):
    row = charged(owed(), 5_000).transaction
    balanced()

    def added():
        Entry.objects.create(transaction=row, account=bank, day=row.day, amount=10)
        Entry.objects.create(transaction=row, account=bank, day=row.day, amount=-10)

    assert "another number of entries" in refused(added)


def test_entries_lie_on_the_day_and_in_the_books_of_their_transaction(world, owed, charged, bank, balanced):
    row = charged(owed(), 5_000).transaction
    balanced()
    elsewhere = operations.open_account(
        world.actor("far_cashier"), world.organisation("FIN-P02"), kind="cash", currency=OWN
    )

    def copied(day, account):
        copy = Transaction.objects.get(pk=row.pk)
        copy.pk, copy.sequence, copy.number = None, 997, "FIN-P01-T-2026-0997"
        copy.save(force_insert=True)
        Entry.objects.create(transaction=copy, account=bank, day=day, amount=10)
        Entry.objects.create(transaction=copy, account=account, day=day, amount=-10)

    assert "of another day" in refused(lambda: copied(days_ago(9), owed()))
    assert "in other books" in refused(lambda: copied(row.day, elsewhere))


@pytest.mark.parametrize("model", [Transaction, Entry, Allocation, Charge])
def test_nothing_entered_is_altered_or_removed(model, owed, charged, paid):
    account = owed()
    charged(account, 5_000)
    paid(account, 2_000)
    table = model._meta.db_table
    for change in (f"update {table} set id = id", f"delete from {table}"):
        with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
        assert any(
            word in str(caught.value).lower() for word in ("permission denied", "cannot update", "cannot delete")
        )
    assert model.objects.exists()


def test_numbers_of_the_books_have_no_gap_even_after_an_attempt_that_failed(owed, charged, paid, books):
    account = owed()
    charged(account, 5_000)
    with pytest.raises(Conflict):
        paid(account, 2_000, bank_reference="A1")
        paid(account, 2_000, bank_reference="A1")
    with pytest.raises(Invalid):
        charged(account, 0)
    charged(account, 100)
    numbers = list(Transaction.objects.filter(owner=books).order_by("sequence").values_list("sequence", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) == 3


def test_a_draft_that_does_not_balance_is_a_fault_of_the_program(world, owed, bank, books):
    with pytest.raises(ValueError, match="balance"):
        post(world.actor("cashier"), books, Draft("transfer", clock.today(), [Side(bank, 5), Side(owed(), -4)]))


def test_nothing_is_entered_for_a_day_to_come(owed, paid):
    with pytest.raises(Invalid, match="future"):
        paid(owed(), 100, ago=-1)


def test_an_account_that_is_closed_takes_nothing_more(world, owed, charged, paid):
    account = owed()
    charged(account, 500)
    with pytest.raises(Conflict, match=r"5\.00"):
        operations.close_account(world.actor("approver"), account, reason="Left")
    paid(account, 500)
    closed = operations.close_account(world.actor("approver"), account, reason="Left the country")
    assert closed.closed_on and balance(closed) == 0
    with pytest.raises(Conflict, match="closed"):
        charged(closed, 100)


def test_an_account_of_a_payer_and_its_subject_is_opened_once(world, books, company):
    payer, actor = company(), world.actor("cashier")
    subject = ("organisation", payer.pk)
    first = operations.open_account(actor, books, currency=OWN, payer=payer, subject=subject)
    again = operations.open_account(actor, books, currency=OWN, payer=payer, subject=payer)
    other = operations.open_account(actor, books, currency=FOREIGN, payer=payer, subject=payer)
    assert first == again != other
    assert first.code.startswith("fin-p01-a-") and first.name == payer.name
    assert Account.objects.filter(payer=payer).count() == 2


def test_a_currency_that_no_office_takes_is_refused(world, books, company):
    with pytest.raises(Invalid, match="XTS, XDL"):
        operations.open_account(world.actor("cashier"), books, currency="ABC", payer=company())


def test_a_receivable_of_nobody_for_nothing_is_refused(world, books):
    with pytest.raises(Invalid, match="who owes"):
        operations.open_account(world.actor("cashier"), books, currency=OWN, name={"lo": "ບໍ່ມີ"})
