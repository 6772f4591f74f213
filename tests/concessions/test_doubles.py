"""Entries made twice: what is owed on the double is told, and moved or ended, never left behind silently."""

from datetime import timedelta

import pytest
from django.db import connection

from sala.concessions import operations
from sala.concessions.models import Change
from sala.concessions.queries import due_periods
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


def settle(cast, double, kept, owed="move", who="cashier", mark=False):
    if mark:
        double.same_as = kept
        double.save(update_fields=["same_as"])
    operations.settle_double(cast.actor(who), double, same_as=kept, owed=owed, reason="Same land")


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


def test_a_term_goes_over_with_what_was_charged_by_it_and_no_day_is_charged_again(cast, twice):
    kept, double = twice
    due = double.dues.get()
    settle(cast, double, kept)
    due.refresh_from_db()
    assert due.concession == kept and due.ends_on is None and not double.dues.exists()
    assert {row.grant.concession_id for row in due.raised.all()} == {kept.pk}
    assert {row.charge.account.subject_id for row in due.raised.all()} == {kept.pk}
    assert operations.raise_charges(cast.actor("cashier"), kept) == []
    assert {change.reason for change in Change.objects.filter(concession__in=[kept, double], reason="Same land")} == {"Same land"}  # fmt: skip


@pytest.mark.parametrize("part", [300_000, 600_000, 450_000])
def test_what_was_paid_on_the_double_is_not_charged_a_second_time(cast, twice, bank, part):  # noqa: F811
    kept, double = twice
    account = Account.objects.get(subject_id=double.pk, kind="receivable")
    ledger.pay(cast.actor("cashier"), account, into=bank, amount=part, paid_on=months_ago(0))
    with pytest.raises(Conflict, match="aid"):
        settle(cast, double, kept, "end", who="command")
    assert owed_on(double).terms and double.dues.get().ends_on is None
    settle(cast, double, kept)
    assert not owed_on(double) and open_on(double) == 0 and open_on(kept) == 600_000 - part
    assert operations.raise_charges(cast.actor("cashier"), kept, again=True) == []
    (told,) = due_periods.told(cast.actor("cashier"), kept, months_ago(0))
    assert [(row.charged, row.differs) for row in told.periods] == [(300_000, False)] * 2
    assert sum(row.settled for row in told.periods) == part
    assert sum(row.open for row in told.periods) == open_on(kept)


def test_an_entry_whose_days_are_all_paid_is_not_marked_before_they_are_moved(cast, twice, bank):  # noqa: F811
    kept, double = twice
    account = Account.objects.get(subject_id=double.pk, kind="receivable")
    ledger.pay(cast.actor("cashier"), account, into=bank, amount=600_000, paid_on=months_ago(0))
    due = double.dues.get()
    last = max(row.ends_on for row in due.raised.all())
    operations.end_due(cast.actor("cashier"), due, ends_on=last, reason="Over")
    double.refresh_from_db()
    with pytest.raises(Invalid, match="owed"):
        operations.mark_double(cast.actor("province"), double, same_as=kept, reason="Same land")


def test_a_moving_taken_back_leaves_one_charge_that_is_moved_once_more(cast, twice, bank):  # noqa: F811
    kept, double = twice
    account = Account.objects.get(subject_id=double.pk, kind="receivable")
    payment = ledger.pay(cast.actor("cashier"), account, into=bank, amount=100_000, paid_on=months_ago(0))
    settle(cast, double, kept)
    with pytest.raises(Conflict, match="was moved"):
        ledger.reverse(cast.actor("approver"), payment.transaction, reason="Bounced")
    first = Charge.objects.filter(account__subject_id=kept.pk).earliest("due_on")
    ledger.reverse(cast.actor("approver"), first.transaction, reason="Wrong")
    ledger.reverse(cast.actor("approver"), payment.transaction, reason="Bounced")
    assert (open_on(double), open_on(kept)) == (300_000, 300_000)
    with pytest.raises(Conflict, match="stands on the account of the entry made twice"):
        operations.raise_charges(cast.actor("cashier"), kept, again=True)
    settle(cast, double, kept)
    assert (open_on(double), open_on(kept)) == (0, 600_000)
    assert sum(row.open for told in due_periods.told(cast.actor("cashier"), kept, months_ago(0)) for row in told.periods) == 600_000  # fmt: skip


def test_a_term_beside_one_that_ended_before_goes_over_and_beside_one_that_runs_is_refused(cast, twice, rent):
    kept, double = twice
    due = double.dues.get()
    ended = rent(kept, starts_on=months_ago(14), ends_on=months_ago(3))
    with pytest.raises(Conflict, match="owes the same already"):
        settle(cast, double, kept)
    assert open_on(double) == 600_000 and due in double.dues.all()
    operations.remove_due(cast.actor("cashier"), ended, reason="Wrong")
    last = max(row.ends_on for row in due.raised.all())
    operations.end_due(cast.actor("cashier"), due, ends_on=last, reason="Another rate")
    later = rent(kept, starts_on=last + timedelta(days=1))
    settle(cast, double, kept)
    assert set(kept.dues.all()) == {due, later} and open_on(kept) == 600_000


def test_a_sum_owed_once_neither_hinders_a_term_nor_is_owed_twice(cast, twice, rent):
    kept, double = twice
    once = {"basis": "once", "area_basis": "", "rate": None, "amount": 5_000, "starts_on": months_ago(2)}
    rent(kept, **once)
    settle(cast, double, kept)
    assert kept.dues.count() == 2 and not double.dues.exists()
    again = rent(double, **once)
    with pytest.raises(Conflict, match=r"50\.00 XTS"):
        settle(cast, double, kept)
    again.refresh_from_db()
    assert again.concession == double


def test_a_term_of_one_grant_stays_with_that_holder(cast, twice, rent, party, term):
    kept, double = twice
    royalty = {"kind": term("charge-kind", "royalty"), "starts_on": months_ago(13)}
    due = rent(double, grant=double.grants.get(), **royalty)
    settle(cast, double, kept)
    due.refresh_from_db()
    assert due.concession == kept and due.grant == kept.grants.get()


def test_a_term_of_a_holder_who_holds_nothing_by_the_other_entry_is_refused(cast, granted, concession, rent, party):
    start = months_ago(14)
    kept = granted(100, concession("Kept"), starts_on=start, decided_on=start, holder=party("Somebody else"))
    double = granted(100, concession("Double"), starts_on=start, decided_on=start)
    due = rent(double, starts_on=start, grant=double.grants.get())
    with pytest.raises(Conflict, match="No holder"):
        settle(cast, double, kept)
    with pytest.raises(Conflict, match="one grant"):
        operations.mark_double(cast.actor("command"), double, same_as=kept, reason="Same land", owed="move")
    due.refresh_from_db()
    double.refresh_from_db()
    assert due.concession == double and due.grant == double.grants.get() and double.same_as is None


def test_the_office_needs_its_rights_on_the_entry_that_receives(cast, twice, concession):
    _kept, double = twice
    far = concession(
        "Far", who="other_district", area=cast.area("0201"), lead=cast.organisation("LAND-D0201")
    )  # fmt: skip
    for owed in ("move", "end"):
        with pytest.raises(NotPermitted, match="Finance Department"):
            settle(cast, double, far, owed, mark=True)
    assert open_on(double) == 600_000 and not far.dues.exists()


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
    with pytest.raises(Conflict, match="owes the same already"):
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
