"""Entries made twice: what is owed on the double is told, and moved or ended, never left behind silently."""

import pytest
from django.db import connection

from sala.concessions import operations
from sala.concessions.models import Change, Due, Raised
from sala.concessions.queries.doubles import owed_on
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.ledger import operations as ledger
from sala.ledger.models import Account, Charge
from sala.ledger.queries.open_items import with_open
from tests.concessions.test_dues import months_ago
from tests.concessions.test_dues_pages import bank  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(cast, granted, concession, rent):
    """(entry that counts, its double), both granted; two years of rent are charged on the double."""
    start = months_ago(14)
    kept, double = (granted(100, concession(name), starts_on=start, decided_on=start) for name in ("Kept", "Double"))
    rent(double, starts_on=start)
    operations.raise_charges(cast.actor("cashier"), double)
    for row in (kept, double):
        row.refresh_from_db()
    return kept, double


def open_on(concession) -> int:
    accounts = Account.objects.filter(subject_type="concession", subject_id=concession.pk)
    return sum(int(row.open) for row in with_open(Charge.objects.filter(account__in=accounts)))


def test_marking_tells_what_is_owed_and_asks_what_becomes_of_it(cast, visit, twice):
    kept, double = twice
    with pytest.raises(Invalid) as refused:
        operations.mark_double(cast.actor("province"), double, same_as=kept, reason="Same land")
    assert "6,000.00 XTS open" in refused.value.fields["owed"][0]
    page = visit("province").get(f"/concessions/{double.reference}/double/").content.decode()
    assert "6,000.00 XTS open" in page and 'name="owed"' in page
    double.refresh_from_db()
    assert double.same_as is None
    empty = visit("province").get(f"/concessions/{kept.reference}/double/").content.decode()
    assert 'name="owed"' not in empty


def test_an_office_without_the_books_is_told_whom_to_ask(cast, twice):
    kept, double = twice
    with pytest.raises(NotPermitted, match="Finance Department"):
        operations.mark_double(cast.actor("province"), double, same_as=kept, reason="Same land", owed="move")
    assert open_on(double) == 600_000 and open_on(kept) == 0


def test_the_office_of_the_books_moves_it_by_postings_and_then_it_is_marked(cast, visit, twice):
    kept, double = twice
    officer, address = visit("cashier"), f"/concessions/{double.reference}/dues/double/"
    assert "6,000.00 XTS open" in officer.get(address).content.decode()
    sent = {"same_as": kept.reference, "owed": "move", "reason": "Same land", "version": double.version}
    answer = officer.post(address, sent)
    assert answer.status_code == 302, answer.content.decode()
    assert (open_on(double), open_on(kept)) == (0, 600_000)
    moved = list(Charge.objects.filter(account__subject_id=kept.pk).order_by("due_on"))
    assert [row.basis["formula"] for row in moved] == ["30 × 100 × 12 / 12"] * 2
    assert {row.transaction.kind for row in moved} == {"transfer"}
    assert not owed_on(double)
    double.refresh_from_db()
    operations.mark_double(cast.actor("province"), double, same_as=kept, reason="Same land")
    double.refresh_from_db()
    assert double.same_as == kept
    connection.check_constraints()


def test_a_term_goes_on_where_the_entry_that_counts_has_none_and_no_day_is_charged_again(cast, twice):
    kept, double = twice
    operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="move", reason="Same land")
    old, new = Due.objects.get(concession=double), Due.objects.get(concession=kept)
    last = max(row.ends_on for row in Raised.objects.filter(due=old))
    assert old.ends_on == last and (new.starts_on - last).days == 1 and new.rate == old.rate
    assert operations.raise_charges(cast.actor("cashier"), kept) == []
    assert {change.reason for change in Change.objects.filter(concession__in=[kept, double], reason="Same land")} == {"Same land"}  # fmt: skip


def test_a_term_by_which_nothing_was_charged_becomes_one_of_the_entry_that_counts(cast, granted, concession, rent):
    start = months_ago(14)
    kept, double = (granted(100, concession(name), starts_on=start, decided_on=start) for name in ("Kept", "Double"))
    due = rent(double, starts_on=start)
    operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="move", reason="Same land")
    due.refresh_from_db()
    assert due.concession == kept and not double.dues.exists()
    assert len(operations.raise_charges(cast.actor("cashier"), kept)) == 2


def test_days_charged_on_both_are_not_moved(cast, twice, rent):
    kept, double = twice
    rent(kept, starts_on=months_ago(14))
    operations.raise_charges(cast.actor("cashier"), kept)
    with pytest.raises(Conflict, match="charged twice"):
        operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="move", reason="Same land")
    assert open_on(double) == open_on(kept) == 600_000


def test_ending_stops_the_terms_once_a_second_person_took_back_what_nobody_paid(cast, twice):
    kept, double = twice
    with pytest.raises(Conflict, match="second person"):
        operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="end", reason="Charged twice")
    with pytest.raises(NotPermitted):
        operations.settle_double(cast.actor("treasurer"), double, same_as=kept, owed="end", reason="Charged twice")
    assert open_on(double) == 600_000 and double.dues.get().ends_on is None
    for charge in Charge.objects.filter(account__subject_id=double.pk).select_related("transaction"):
        ledger.reverse(cast.actor("approver"), charge.transaction, reason="Charged twice")
    operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="end", reason="Charged twice")
    assert open_on(double) == open_on(kept) == 0 and not owed_on(double)
    assert not kept.dues.exists() and double.dues.get().ends_on is not None
    operations.mark_double(cast.actor("province"), double, same_as=kept, reason="Same land")
    connection.check_constraints()


def test_whoever_has_both_rights_ends_it_at_once(cast, twice):
    kept, double = twice
    operations.settle_double(cast.actor("command"), double, same_as=kept, owed="end", reason="Charged twice")
    assert open_on(double) == 0 and not owed_on(double)


def test_what_was_paid_in_part_is_not_ended_and_credit_is_given_back_first(cast, twice, bank):  # noqa: F811
    kept, double = twice
    account = Account.objects.get(subject_id=double.pk, kind="receivable")
    ledger.pay(cast.actor("cashier"), account, into=bank, amount=100_000, paid_on=months_ago(0))
    with pytest.raises(Conflict, match="Paid in part"):
        operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="end", reason="Charged twice")
    operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="move", reason="Same land")
    assert open_on(kept) == 500_000
    ledger.pay(cast.actor("cashier"), account, into=bank, amount=7_000, paid_on=months_ago(0))
    with pytest.raises(Conflict, match="credit"):
        operations.settle_double(cast.actor("cashier"), double, same_as=kept, owed="move", reason="Same land")


def test_strangers_reach_none_of_it(visit, twice):
    _kept, double = twice
    address = f"/concessions/{double.reference}/dues/double/"
    for who, status in (("company", 403), ("district", 403), ("far_cashier", 404), ("public", 404)):
        assert visit(who).get(address).status_code == status, who
