"""What the database's own functions write: the same as was asked, numbered as every paper, checked as before."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from sala.access.actor import command
from sala.core import clock
from sala.core.errors import Conflict
from sala.documents import numbering
from sala.documents.models import NumberSeries
from sala.journal.models import Event
from sala.journal.operations import canonical
from sala.ledger import policy
from sala.ledger.models import Allocation, Entry, Payment, Transaction
from sala.ledger.operations.locking import held_with_open
from sala.ledger.operations.posting import Draft, Side, post_many
from sala.ledger.queries.open_items import open_charges
from tests.ledger.test_invariants import STEPS, do

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
AMOUNTS = st.integers(-(2**61), 2**61).filter(bool)
DRAFTS = st.lists(
    st.tuples(WORDS, st.lists(AMOUNTS, min_size=1, max_size=4), st.integers(0, 400)), min_size=1, max_size=5
)
ALONE = {"max_examples": 15, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(**ALONE)
@given(drafts=DRAFTS, before=st.sampled_from([0, 7, 9_997, 123_456]))
def test_what_is_written_is_what_was_asked(books, owed, bank, drafts, before):
    with transaction.atomic():
        account, year = owed(), clock.today().year
        series, _made = NumberSeries.objects.get_or_create(issuer=books, kind="transaction", year=year)
        NumberSeries.objects.filter(pk=series.pk).update(last=before)
        asked = [
            Draft(
                "transfer", clock.today() - timedelta(days=ago),
                [side for amount in amounts for side in (Side(bank, amount), Side(account, -amount))], reason=words,
            )
            for words, amounts, ago in drafts
        ]  # fmt: skip
        rows = post_many(command(), books, asked)
        assert [row.sequence for row in rows] == list(range(before + 1, before + 1 + len(rows)))
        for row, draft in zip(rows, asked, strict=True):
            kept = Transaction.objects.get(pk=row.pk)
            names = [field.attname for field in Transaction._meta.concrete_fields]
            assert {name: getattr(row, name) for name in names} == {name: getattr(kept, name) for name in names}
            assert kept.number == numbering.numbered(series, kept.sequence)
            entries = Entry.objects.filter(transaction=row).order_by("id").values_list("account_id", "day", "amount")
            assert list(entries) == [(side.account.pk, draft.day, side.amount) for side in draft.sides]
        connection.check_constraints()
        transaction.set_rollback(True)


@settings(**ALONE)
@given(steps=STEPS)
def test_what_is_open_is_told_alike_with_and_without_holding(world, owed, bank, decision, steps):
    cast = [world.actor(who) for who in ("cashier", "approver", "treasurer")]
    with transaction.atomic():
        account = owed()
        for step, first, second in steps:
            with suppress(Conflict), transaction.atomic():
                do(step, first, second, account, bank, cast, decision)
            assert held_with_open(account) == open_charges(account)
        transaction.set_rollback(True)


SPOILT = {
    "too few": "another number", "one more later": "another number", "day": "another day", "balance": "not balance",
}  # fmt: skip


@settings(**ALONE)
@given(spoilt=st.sampled_from(["", *SPOILT]), amounts=st.lists(AMOUNTS, min_size=1, max_size=4), first=st.booleans())
def test_a_transaction_is_checked_at_commit_in_whatever_order_it_was_written(
    charged, owed, bank, spoilt, amounts, first
):
    """first  the entries are there before their transaction, which the database checks at commit only"""
    with transaction.atomic():
        row = charged(owed(), 5_000).transaction
        connection.check_constraints()
        old, day = row.pk, row.day
        row.pk, row.sequence, row.number = 10**12, 99_999, "FIN-P01-T-2026-99999"
        pairs = [sign for amount in amounts for sign in (amount, -amount)]
        row.lines, row.kind = len(pairs), "transfer"
        entries = [Entry(transaction_id=row.pk, account=bank, day=day, amount=amount) for amount in pairs]
        if spoilt == "too few":
            entries.pop()
        if spoilt == "day":
            entries[-1].day -= timedelta(days=1)
        if spoilt == "balance":
            entries[-1].amount += 1 if entries[-1].amount != -1 else 2

        def write() -> None:
            for step in (Entry.objects.bulk_create, lambda _rows: row.save(force_insert=True))[:: 1 if first else -1]:
                step(entries)
            connection.check_constraints()
            if spoilt == "one more later":
                Entry.objects.create(transaction_id=old, account=bank, day=day, amount=1)
                connection.check_constraints()

        if spoilt:
            with pytest.raises(IntegrityError, match=SPOILT[spoilt]), transaction.atomic():
                write()
        else:
            write()
        transaction.set_rollback(True)


def test_a_payment_is_written_whole_and_its_event_says_what_it_said(world, owed, charged, bank, paid):
    account, actor = owed(), world.actor("cashier")
    older, newer = charged(account, 3_000, due=9), charged(account, 5_000)
    made = paid(account, 4_000, ago=2, payer_name=' ທ້າວ "ກ" ', bank_reference="B\\7")
    kept = Payment.objects.get(pk=made.pk)
    names = [field.attname for field in Payment._meta.concrete_fields]
    assert {name: getattr(made, name) for name in names} == {name: getattr(kept, name) for name in names}
    assert (kept.payer_name, kept.bank_reference, kept.credited) == ('ທ້າວ "ກ"', "B\\7", 4_000)
    parts = (
        Allocation.objects.filter(payment=made)
        .order_by("id")
        .values_list("charge_id", "transaction_id", "day", "amount")
    )
    assert list(parts) == [
        (older.pk, made.transaction_id, made.paid_on, 3_000), (newer.pk, made.transaction_id, clock.today(), 1_000),
    ]  # fmt: skip
    event = Event.objects.get(subject_type="payment", subject_id=made.pk)
    actor.position_id = event.position_id
    content = {
        "at": event.at, "verb": policy.ENTER, "subject": ["payment", made.pk], "actor": actor.as_recorded(),
        "change": "paid", "account": account.pk, "number": made.transaction.number, "amount": 4_000,
    }  # fmt: skip
    assert event.text == canonical(content) and event.verb == policy.ENTER
    assert (event.person_id, event.position_id) == (made.transaction.person_id, made.transaction.position_id)


def test_only_what_is_paid_for_a_concession_sets_its_grades_to_work(owed, paid):
    waiting = ProcrastinateJob.objects.filter(task_name="concessions.follow_payment")
    paid(owed(), 100)
    assert not waiting.exists()
    made = paid(owed(subject=("concession", 7)), 100)
    event = Event.objects.get(subject_type="payment", subject_id=made.pk)
    assert [job.args for job in waiting] == [{"event_id": event.pk}]
