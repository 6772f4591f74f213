"""Many charges at once, each by its key; and who owes without being an organisation here."""

import pytest

from sala.access.actor import command
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.journal.models import Event
from sala.ledger import bank_files, operations
from sala.ledger.models import Account, Allocation, Charge
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.matching import matched
from sala.places.lists import Line
from tests.ledger.conftest import OWN, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(db):
    rent = Term.objects.get(scheme="charge-kind", code="rent")

    def make(account, amount, key, **more):
        return operations.Asked(account=account, kind=rent, amount=amount, due_on=days_ago(5), key=key, **more)

    return make


def test_many_are_entered_once_each_and_balance(world, books, owed, company, asked, balanced):
    one, two = owed(), owed(company("rubber-2"))
    wanted = [asked(one, 1_000, "a"), asked(two, 2_000, "b"), asked(one, 500, "c", period=(days_ago(30), days_ago(1)))]
    made = operations.charge_many(world.actor("cashier"), books, wanted)
    assert [row.amount for row in made] == [1_000, 2_000, 500] and (balance(one), balance(two)) == (1_500, 2_000)
    again = operations.charge_many(world.actor("cashier"), books, [*wanted, asked(two, 7, "d")])
    assert [row.pk for row in again[:3]] == [row.pk for row in made] and Charge.objects.count() == 4
    assert Event.objects.filter(verb="ledger.enter", subject_type="charge").count() == 4
    assert len({row.transaction.number for row in again}) == 4
    balanced()


def test_what_was_paid_before_settles_them(world, books, owed, asked, paid):
    account = owed()
    paid(account, 1_200)
    operations.charge_many(world.actor("cashier"), books, [asked(account, 1_000, "a"), asked(account, 1_000, "b")])
    assert sum(row.amount for row in Allocation.objects.all()) == 1_200 and balance(account) == 800


def test_a_key_that_stands_for_another_charge_is_refused_and_nothing_is_entered(world, books, owed, asked):
    account = owed()
    operations.charge_many(world.actor("cashier"), books, [asked(account, 1_000, "a")])
    with pytest.raises(Conflict):
        operations.charge_many(world.actor("cashier"), books, [asked(account, 1_001, "a")])
    with pytest.raises(Invalid):
        operations.charge_many(world.actor("cashier"), books, [asked(account, 5, "x"), asked(account, 0, "y")])
    with pytest.raises(NotPermitted):
        operations.charge_many(world.actor("far_cashier"), books, [asked(account, 5, "z")])
    assert Charge.objects.count() == 1


def test_who_is_no_organisation_here_owes_under_its_own_name(world, books):
    area = world.area("0101")
    name = Translated(lo="ຜູ້ຖືສິດ", en="A holder")
    first = operations.open_account(command(), books, currency=OWN, debtor=("party", 7), subject=area, name=name)
    assert (
        operations.open_account(command(), books, currency=OWN, debtor=("party", 7), subject=area, name=name) == first
    )
    other = operations.open_account(command(), books, currency=OWN, debtor=("party", 8), subject=area, name=name)
    assert other != first and Account.objects.filter(subject_type="area", debtor_type="party").count() == 2
    with pytest.raises(Invalid):
        operations.open_account(
            command(), books, currency=OWN, debtor=("party", 7), payer=books, subject=area, name=name
        )


def test_a_list_and_a_line_of_the_bank_tell_accounts_of_one_payer_apart(world, visit, owed, charged, take_one):
    account = owed(subject=world.area("0101"))
    charged(account, 900)
    assert world.area("0101").name["en"] in visit("cashier").get("/ledger/").content.decode()
    (row,) = matched(command(), [take_one("9.00")])
    assert row.proposals[0].account == account and row.proposals[0].about == ""


@pytest.fixture
def take_one(world, bank):
    """take_one(amount) → the line of a bank that waits."""

    def make(amount):
        values = {"day": days_ago(1).isoformat(), "amount": amount}
        file = bank_files.read([Line(2, values)], {name: name for name in values}, OWN, ".")
        taken = operations.take_in(world.actor("cashier"), bank, file, file_name="one.csv", sha256="2" * 64)
        return taken.statement.lines.select_related("bank").get()

    return make
