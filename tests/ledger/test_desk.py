"""What waits on the desk: lines to place, debts that became late, what a payer owes."""

from sala.ledger.queries.desk import desk_rows
from tests.ledger.conftest import days_ago
from tests.ledger.test_statements import taken  # noqa: F401


def notes(world, who):
    return [row.note for row in desk_rows(world.actor(who))]


def test_an_empty_ledger_leaves_every_desk_empty(world, bank):
    assert [notes(world, who) for who in ("cashier", "approver", "owner", "public")] == [[], [], [], []]


def test_the_cashier_is_told_of_lines_to_place_and_of_debts_that_became_late(world, taken, owed, charged):  # noqa: F811
    taken((3, 100, "TT-1", "A", ""), (2, 60, "TT-2", "B", ""))
    charged(owed(), 5_000, due=10)
    assert notes(world, "cashier") == [
        "Lines of the bank to place: 2", "Accounts late since less than a month: 1",
    ]  # fmt: skip
    assert notes(world, "far_cashier") == notes(world, "owner") == []


def test_a_payer_is_told_what_is_due_until_it_is_paid(world, owed, charged, paid):
    account = owed()
    charged(account, 5_000, due=10)
    charged(account, 300, due=-100)
    (row,) = desk_rows(world.actor("rubber-1"))
    assert (row.note, row.due, row.url) == ("To pay", days_ago(10), account.get_absolute_url())
    paid(account, 5_000)
    assert desk_rows(world.actor("rubber-1")) == []
