"""Moving what is open to another account: balanced postings, the same due dates, taken back by a second person."""

import pytest

from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.ledger import operations
from sala.ledger.forms.accounts import MoveForm
from sala.ledger.models import Charge
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.listing import ages
from sala.ledger.queries.open_items import credit, with_open
from tests.ledger.conftest import FOREIGN, days_ago

pytestmark = pytest.mark.django_db


def open_of(account) -> list[int]:
    return [int(row.open) for row in with_open(Charge.objects.filter(account=account)).order_by("due_on", "pk")]


@pytest.fixture
def pair(owed, company, charged, paid):
    """An account with two charges, one of them paid in part, and an empty one of another payer."""
    source, target = owed(), owed(company("other-2"))
    charged(source, 5_000, due=40), charged(source, 3_000, due=5)
    paid(source, 2_000, ago=1)
    return source, target


def test_what_is_open_is_owed_on_the_other_account_until_the_same_day(world, pair, balanced):
    source, target = pair
    moved = operations.move_open(world.actor("cashier"), source, target, reason="Another payer")
    assert (balance(source), balance(target)) == (0, 6_000)
    assert open_of(source) == [0, 0] and open_of(target) == [3_000, 3_000]
    assert [one.new.due_on for one in moved] == [days_ago(40), days_ago(5)]
    assert all(one.new.basis["moved"] == one.old.transaction.number for one in moved)
    today = ages([source.pk, target.pk], days_ago(0))
    assert source.pk not in today and sum(today[target.pk].values()) == 6_000
    assert sum(ages([source.pk], days_ago(1))[source.pk].values()) == 6_000  # the past stays as it was
    balanced()
    with pytest.raises(Conflict, match="Nothing is open"):
        operations.move_open(world.actor("cashier"), source, target, reason="Again")


def test_credit_of_the_other_account_settles_what_comes(world, pair, paid, balanced):
    source, target = pair
    paid(target, 4_000)
    operations.move_open(world.actor("cashier"), source, target, reason="Another payer")
    assert open_of(target) == [0, 2_000] and credit(target) == 0
    balanced()


def test_a_second_person_takes_a_posting_back_and_the_old_charge_is_open_again(world, pair, balanced):
    source, target = pair
    first, _second = operations.move_open(world.actor("cashier"), source, target, reason="Another payer")
    with pytest.raises(Conflict, match="moved"):
        operations.reverse(world.actor("approver"), first.old.transaction, reason="Wrong")
    with pytest.raises(NotPermitted):
        operations.reverse(world.actor("cashier"), first.new.transaction, reason="Wrong")
    operations.reverse(world.actor("approver"), first.new.transaction, reason="Wrong account")
    assert open_of(source) == [3_000, 0] and open_of(target) == [3_000]
    assert (balance(source), balance(target)) == (3_000, 3_000)
    balanced()


def test_only_accounts_of_the_same_books_and_currency_by_their_own_office(world, pair, owed, company, bank):
    source, target = pair
    for wrong in (source, owed(company("abroad-3"), currency=FOREIGN), bank):
        with pytest.raises(Invalid):
            operations.move_open(world.actor("cashier"), source, wrong, reason="x")
    with pytest.raises(Invalid):
        operations.move_open(world.actor("cashier"), source, target, reason=" ")
    for who in ("far_cashier", "owner", "rubber-1"):
        with pytest.raises(NotPermitted):
            operations.move_open(world.actor(who), source, target, reason="x")
    assert open_of(target) == []


def test_an_account_about_a_record_is_left_to_the_page_of_that_record(world, visit, pair, owed, company, charged):
    source, target = pair
    about = owed(company("other-3"), subject=world.area("0101"))
    charged(about, 7_000)
    for one, other in ((about, target), (source, about)):
        with pytest.raises(Conflict, match=about.code):
            operations.move_open(world.actor("cashier"), one, other, reason="Another payer")
    assert (open_of(about), open_of(target), open_of(source)) == ([7_000], [], [3_000, 3_000])
    page = visit("cashier").get(about.get_absolute_url()).content.decode()
    assert "Enter a payment" in page and "Move what is open" not in page


def test_only_accounts_that_are_seen_and_open_are_offered(world, pair, owed, company):
    source, target = pair
    closed = owed(company("other-4"))
    operations.close_account(world.actor("approver"), closed, reason="Done")
    offered = MoveForm(actor=world.actor("cashier"), source=source).fields["target"].within()
    assert set(offered) >= {target} and not {source, closed} & set(offered)
    assert not MoveForm(actor=world.actor("far_cashier"), source=source).fields["target"].within().exists()


def test_the_page_moves_and_both_accounts_show_it(visit, pair):
    source, target = pair
    browser, address = visit("cashier"), f"{pair[0].get_absolute_url()}move/"
    assert "Move what is open" in browser.get(source.get_absolute_url()).content.decode()
    answer = browser.post(address, {"target": target.code, "reason": "Another payer"})
    assert answer.status_code == 302 and answer.url == target.get_absolute_url()
    assert "Another payer" in browser.get(source.get_absolute_url()).content.decode()
    charge = Charge.objects.filter(account=target).first()
    assert "Moved here from" in browser.get(charge.get_absolute_url()).content.decode()
    old = Charge.objects.filter(account=source).first()
    assert "Moved to another account" in browser.get(old.get_absolute_url()).content.decode()
    assert visit("far_cashier").get(address).status_code == 404 and visit("rubber-1").get(address).status_code == 403
