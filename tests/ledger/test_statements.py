"""Statements of the bank: read, taken in once, matched, placed; what has no place stays in suspense."""

from datetime import date
from pathlib import Path

import pytest

from sala.access.actor import command
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.ledger import bank_files, operations
from sala.ledger.models import Account, BankStatement, LineState, StatementLine
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.matching import matched
from sala.places import lists
from sala.places.lists import Line
from tests.ledger.conftest import FOREIGN, OWN, days_ago


def listed(rows, **columns):
    """Rows of a file as they were read: a list of texts each, by the order of the columns named."""
    keys = list(columns)
    return [Line(number, dict(zip(keys, row, strict=True))) for number, row in enumerate(rows, 2)], columns


def said(text, currency=OWN, mark=""):
    lines, columns = listed([["2026-01-31", text]], day="day", amount="amount")
    return bank_files.read(lines, columns, currency, mark)


# ---- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("1,250.50", OWN, 125_050), ("1.250,50", OWN, 125_050), ("1250", OWN, 125_000), ("-30.25", OWN, -3_025),
        ("(30.25)", OWN, -3_025), ("XTS 12.00", OWN, 1_200), ("໑໒.໕", OWN, 1_250), ("1,250,000", FOREIGN, 1_250_000),
        ("1.250.000", FOREIGN, 1_250_000), ("1,250", FOREIGN, 1_250), ("1.250", FOREIGN, 1_250),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_its_bank_wrote_it(text, currency, amount):
    assert [line.amount for line in said(text, currency).lines] == [amount]


def test_an_amount_that_two_conventions_read_differently_is_not_guessed():
    assert "mark stands before decimals" in said("1.250").refused[0][1]
    assert said("1.250", mark=".").lines[0].amount == 125
    assert said("1.250", mark=",").lines[0].amount == 125_000


def test_other_amounts_of_the_file_show_how_this_bank_writes():
    lines, columns = listed([["2026-01-31", "1.250"], ["2026-01-31", "7,50"]], day="day", amount="amount")
    assert [line.amount for line in bank_files.read(lines, columns, OWN).lines] == [125_000, 750]


def test_two_columns_for_in_and_out():
    lines, columns = listed(
        [["31/01/2026", "100.00", "", "A"], ["31/01/2026", "", "40.00", "B"], ["", "", "", "carried over"]],
        day="day", paid_in="in", paid_out="out", text="text",
    )  # fmt: skip
    lines = [Line(line.row, {columns[role]: value for role, value in line.values.items()}) for line in lines]
    found = bank_files.read(lines, columns, OWN)
    assert [(line.row, line.day, line.amount) for line in found.lines] == [
        (2, date(2026, 1, 31), 10_000), (3, date(2026, 1, 31), -4_000),
    ]  # fmt: skip
    assert found.refused == []


def test_a_row_that_cannot_be_read_is_refused_with_its_reason_and_the_others_stay():
    lines, columns = listed(
        [["2026-01-31", "10.00"], ["31 January", "10.00"], ["2026-01-30", "ten"], ["2026-01-30", "1.005"]], day="day", amount="amount"
    )  # fmt: skip
    found = bank_files.read(lines, columns, OWN)
    assert [line.row for line in found.lines] == [2]
    assert [(row, why.split(".")[0]) for row, why in found.refused] == [
        (3, "“31 January” is not a date"), (4, "“ten” is not an amount"), (5, "The currency has no smaller unit"),
    ]  # fmt: skip


def test_lines_that_are_alike_are_two_and_the_same_lines_keep_their_keys():
    rows = [["2026-01-31", "10.00"], ["2026-01-31", "10.00"], ["2026-01-30", "10.00"]]
    first = bank_files.read(*listed(rows, day="day", amount="amount"), OWN)
    again = bank_files.read(*listed(rows[::-1], day="day", amount="amount"), OWN)
    assert len({line.key for line in first.lines}) == 3
    assert {line.key for line in first.lines} == {line.key for line in again.lines}


def test_no_date_or_no_amount_is_asked_for():
    with pytest.raises(Invalid, match="which column"):
        bank_files.read([Line(2, {"a": "1"})], {"amount": "a"}, OWN)


CSV = (
    "Value date,Credit,Debit,Ref no,Sender,Particulars\n"
    "{0},1 250.00,,TT-1,Company rubber-1 Co Ltd,land rent\n"
    "{0},300.00,,TT-2,Somebody,unknown\n"
    "{0},,15.00,FEE,,charge of the bank\n"
)


def test_a_file_of_a_bank_is_read_by_its_headings(tmp_path):
    path: Path = tmp_path / "january.csv"
    path.write_text(CSV.format(days_ago(3).isoformat()))
    asked = lists.read(path, "january.csv")
    guess = bank_files.guess(asked)
    assert {role: asked.columns[column] for role, column in guess.items()} == {
        "day": "Value date", "paid_in": "Credit", "paid_out": "Debit", "reference": "Ref no", "payer": "Sender", "text": "Particulars",
    }  # fmt: skip
    found = bank_files.read(asked.lines, guess, OWN)
    assert [(line.amount, line.reference) for line in found.lines] == [
        (125_000, "TT-1"),
        (30_000, "TT-2"),
        (-1_500, "FEE"),
    ]


# ---- taking in ------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken(world, bank):
    """taken((days ago, amount, reference, payer, text), …, sha="a" * 64) → what became of the file."""

    def take(*rows, sha="a" * 64, who="cashier"):
        lines, columns = listed(
            [[days_ago(ago).isoformat(), str(amount), *more] for ago, amount, *more in rows],
            day="day", amount="amount", reference="reference", payer="payer", text="text",
        )  # fmt: skip
        file = bank_files.read(lines, columns, OWN, ".")
        return operations.take_in(world.actor(who), bank, file, file_name="january.csv", sha256=sha)

    return take


def suspense():
    return Account.objects.get(kind="suspense")


def lines_of(taken_in):
    return list(StatementLine.objects.filter(statement=taken_in.statement).order_by("row"))


def test_what_came_in_waits_in_suspense_and_what_went_out_is_only_listed(taken, bank, balanced):
    found = taken((3, 100, "TT-1", "A", ""), (3, -15, "FEE", "", ""))
    assert (found.new, found.out, found.unchanged) == (2, 1, 0)
    assert balance(bank) == 10_000 and balance(suspense()) == -10_000
    assert [line.state for line in lines_of(found)] == [LineState.WAITING, LineState.OUT]
    balanced()


def test_the_same_file_or_a_longer_one_adds_only_what_is_new(taken, bank):
    rows = [(3, 100, "TT-1", "A", ""), (3, 100, "TT-1", "A", ""), (2, 40, "", "B", "x")]
    assert taken(*rows).new == 3
    again = taken(*rows)
    assert (again.new, again.unchanged) == (0, 3)
    longer = taken(*rows, (1, 7, "TT-9", "C", ""), sha="b" * 64)
    assert (longer.new, longer.unchanged) == (1, 3)
    assert balance(bank) == 24_700 and BankStatement.objects.count() == 2


def test_a_payment_entered_by_hand_is_known_again(taken, owed, paid, bank, balanced):
    payment = paid(owed(), 10_000, ago=3, bank_reference="TT-1")
    found = taken((3, 100, "TT-1", "A", ""), (3, 50, "TT-2", "A", ""))
    assert found.known == 1 and balance(bank) == 15_000
    assert lines_of(found)[0].payment == payment
    balanced()


def test_only_who_may_takes_in_and_no_day_to_come(taken, world):
    for who in ("approver", "far_cashier", "owner"):
        with pytest.raises(NotPermitted):
            taken((3, 100, "", "", ""), who=who)
    with pytest.raises(Conflict, match="future"):
        taken((-2, 100, "", "", ""))
    assert not BankStatement.objects.exists()


# ---- matching and placing -------------------------------------------------------------------------------------------


def test_number_name_and_amount_propose_an_account(taken, owed, charged, company):
    first, second, third = (owed(company(f"planter-{number}")) for number in (1, 2, 3))
    charged(third, 77_700)
    found = taken(
        (3, 10, "TT-1", "X", f"rent {first.code.upper()}"), (3, 10, "TT-2", "COMPANY PLANTER-2 CO., LTD", ""),
        (3, 777, "TT-3", "", ""), (3, 5, "TT-4", "Nobody", ""), (3, 777, "", "Company planter-3", ""),
    )  # fmt: skip
    rows = matched(command(), lines_of(found))
    assert [[proposal.account for proposal in row.proposals][:1] for row in rows] == [
        [first],
        [second],
        [third],
        [],
        [third],
    ]
    assert [row.is_sure for row in rows] == [True, False, False, False, True]


def test_a_placed_line_is_a_payment_and_leaves_suspense(world, taken, owed, charged, bank, balanced):
    account = owed()
    charged(account, 10_000)
    found = taken((3, 100, "TT-1", "A", ""), (3, 60, "TT-2", "B", ""))
    line, other = lines_of(found)
    payment = operations.place(world.actor("cashier"), line, account)
    assert (payment.amount, payment.paid_on, payment.bank_reference) == (10_000, days_ago(3), "TT-1")
    assert balance(bank) == 16_000 and balance(suspense()) == -6_000 and balance(account) == 0
    with pytest.raises(Conflict, match="placed already"):
        operations.place(world.actor("cashier"), line, account)
    for who in ("approver", "far_cashier"):
        with pytest.raises(NotPermitted):
            operations.place(world.actor(who), other, account)
    balanced()


def test_two_lines_of_one_reference_are_two_payments(world, taken, owed):
    account = owed()
    for line in lines_of(taken((3, 100, "TT-1", "A", ""), (3, 100, "TT-1", "A", ""))):
        operations.place(world.actor("cashier"), line, account)
    assert sorted(account.payments.values_list("bank_reference", flat=True)) == ["TT-1", "TT-1 #2"]


def test_a_payment_entered_by_hand_without_reference_is_offered_and_counts_once(
    world, taken, owed, paid, bank, balanced
):
    payment = paid(owed(), 10_000, ago=5)
    line = lines_of(taken((3, 100, "TT-1", "A", "")))[0]
    (row,) = matched(command(), [line])
    assert row.same == [payment] and not row.is_sure
    operations.same_as(world.actor("cashier"), line, payment)
    assert balance(bank) == 10_000 and balance(suspense()) == 0
    other = lines_of(taken((1, 100, "TT-5", "A", ""), sha="b" * 64))[0]
    with pytest.raises(Conflict, match="has its line already"):
        operations.same_as(world.actor("cashier"), other, payment)
    balanced()


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_voided_payment_puts_its_line_back(world, taken, owed, paid, bank, balanced, by_hand):
    account = owed()
    if by_hand:
        payment = paid(account, 10_000, ago=3, bank_reference="TT-1")
    line = lines_of(taken((3, 100, "TT-1", "A", "")))[0]
    if not by_hand:
        payment = operations.place(world.actor("cashier"), line, account)
    operations.reverse(world.actor("approver"), payment.transaction, reason="Wrong account")
    line.refresh_from_db()
    assert line.state == LineState.WAITING and line.payment is None
    assert balance(bank) == 10_000 and balance(suspense()) == -10_000 and balance(account) == 0
    assert operations.place(world.actor("cashier"), line, account).amount == 10_000
    balanced()


def test_money_from_the_bank_is_not_taken_back_by_hand(world, taken):
    line = lines_of(taken((3, 100, "TT-1", "A", "")))[0]
    with pytest.raises(Conflict, match="statement of the bank"):
        operations.reverse(world.actor("approver"), line.received, reason="No")


def test_matching_takes_as_many_statements_however_many_lines(taken, owed, charged, company, django_assert_num_queries):
    for number in range(4):
        charged(owed(company(f"planter-{number}")), 1_000)
    few = StatementLine.objects.filter(statement=taken((3, 10, "", "A", "")).statement).select_related(
        "bank", "statement"
    )
    many = StatementLine.objects.filter(
        statement=taken(*[(2, 10 + number, "", f"Company planter-{number % 4}", "") for number in range(20)], sha="b" * 64).statement
    ).select_related("bank", "statement")  # fmt: skip
    for rows in (list(few), list(many)):
        with django_assert_num_queries(3):
            assert len(matched(command(), rows)) == len(rows)
