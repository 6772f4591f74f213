"""What is owed for a concession: terms of payment, charging each period once, and nothing after the end."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from sala.access.actor import Grant, command
from sala.concessions import operations
from sala.concessions.models import Change, Due, FieldClass, Raised
from sala.concessions.queries.due_periods import periods
from sala.concessions.queries.dues import dues_of, loaded
from sala.core import clock
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.documents.models import Rule
from sala.journal.models import Event
from sala.ledger import operations as ledger
from sala.ledger import policy as ledger_policy
from sala.ledger.models import Account, Charge
from sala.ledger.queries.about import balance_of

pytestmark = pytest.mark.django_db


def months_ago(count):
    today = clock.today().replace(day=1)
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return date(year, month + 1, 1)


def lines(concession, until=None):
    return [line for one in loaded(list(dues_of([concession.pk]))) for line in periods(one, until or clock.today())]


@pytest.fixture
def lately(granted):
    """lately(months=30, **fields) → granted so many months ago, 100 ha for thirty years."""

    def make(months=30, hectares=100, **fields):
        start = months_ago(months)
        return granted(hectares, decided_on=start - timedelta(days=10), starts_on=start, **fields)

    return make


def test_each_period_that_has_begun_is_charged_once(cast, lately, rent):
    made = lately(30)
    rent(made, starts_on=months_ago(30))
    raised = operations.raise_charges(cast.actor("cashier"), made)
    assert [row.charge.amount for row in raised] == [300_000] * 3
    assert [row.starts_on for row in raised] == [months_ago(30), months_ago(18), months_ago(6)]
    charge = raised[0].charge
    assert charge.due_on == months_ago(30) + timedelta(days=30) and charge.period_from == months_ago(30)
    assert charge.basis["formula"] == "30 × 100 × 12 / 12" and charge.basis["area"] == "granted"
    account = charge.account
    assert account.payer == cast.organisation("TREECO") and (account.subject_type, account.subject_id) == (
        "concession",
        made.pk,
    )
    assert balance_of(command(), [("concession", made.pk)]) == {("concession", made.pk): {"XTS": 900_000}}
    assert operations.raise_charges(cast.actor("cashier"), made) == [] and Charge.objects.count() == 3
    connection.check_constraints()


def test_a_term_keeps_the_books_of_who_charges_and_others_are_refused(cast, lately, rent):
    made = lately()
    for who in ("district", "province", "company", "far_cashier", "stranger"):
        with pytest.raises(NotPermitted):
            rent(made, who)
    row = rent(made, "ministry")
    assert row.books == cast.organisation("FIN-P01")
    for who in ("ministry", "district", "company", "far_cashier"):
        with pytest.raises(NotPermitted):
            operations.raise_charges(cast.actor(who), made)
    assert not Charge.objects.exists()


def test_entering_is_told_in_the_class_of_money_and_takes_its_confirmation_back(cast, lately, rent):
    made = lately()
    operations.confirm(cast.actor("province"), made, "money", "basics")
    rent(made, reason="as agreed")
    change = Change.objects.filter(concession=made, subject__startswith="due:").get()
    assert change.field_class == FieldClass.MONEY and change.new["rate"] == "30" and change.reason == "as agreed"
    standing = made.confirmations.filter(withdrawn_at__isnull=True).values_list("field_class", flat=True)
    assert list(standing) == ["basics"]
    assert Event.objects.filter(verb="concessions.dues", subject_id=made.pk, text__contains="due entered").exists()


def test_nothing_is_charged_after_the_end_of_the_grant(cast, lately, rent):
    made = lately(30, term_months=18)
    rent(made, starts_on=months_ago(30))
    raised = operations.raise_charges(cast.actor("cashier"), made)
    assert [(row.starts_on, row.charge.amount) for row in raised] == [
        (months_ago(30), 300_000),
        (months_ago(18), 150_000),
    ]
    assert raised[-1].charge.period_until == months_ago(12) - timedelta(days=1)
    assert Due.objects.get().next_on is None
    with pytest.raises(Invalid, match="after the grant has ended"):
        rent(made, kind=rent_kind("tax"), starts_on=months_ago(11))


def rent_kind(code):
    from sala.core.models import Term

    return Term.objects.get(scheme="charge-kind", code=code)


def test_a_termination_ends_what_is_owed(cast, lately, rent, with_paper):
    made = lately(30)
    rent(made, starts_on=months_ago(30))
    operations.raise_charges(cast.actor("cashier"), made)
    with_paper(made, "order", number="4/GOV", issued_on=months_ago(3))
    operations.take_step(
        cast.actor("province"), made, "terminate", decided_on=months_ago(3), body=cast.organisation("GOV-P01")
    )
    made.refresh_from_db()
    assert operations.raise_charges(cast.actor("cashier"), made) == []
    last = lines(made)[-1]
    assert last.owed.end == months_ago(3) and last.charged == 300_000 and last.owed.amount < 80_000 and last.differs


def test_an_expired_concession_without_a_known_end_owes_nothing_after_the_step(cast, lately, rent):
    made = lately(30, term_months=None)
    rent(made, starts_on=months_ago(30))
    operations.take_step(cast.actor("province"), made, "expire", decided_on=months_ago(18))
    made.refresh_from_db()
    raised = operations.raise_charges(cast.actor("cashier"), made)
    assert [row.starts_on for row in raised] == [months_ago(30), months_ago(18)]
    assert raised[-1].charge.period_until == months_ago(18)


def test_the_rate_of_the_rules_is_the_one_of_each_day_and_its_place(cast, lately, rent):
    made = lately(12)
    rent(made, basis="rule", rate=None, starts_on=months_ago(12))
    (first, _second) = operations.raise_charges(cast.actor("cashier"), made)
    rule = Rule.objects.get(
        kind="fee_rate", key="concession.fee.rent", area__isnull=True, valid__contains=clock.today()
    )
    assert first.charge.amount == round(rule.number * 100 * 100) and first.charge.basis["rules"] == [rule.pk]


def test_days_without_a_rate_are_named_and_nothing_is_entered(cast, lately, rent):
    made = lately(12)
    rent(made, basis="rule", rate=None, currency="XDL", starts_on=months_ago(12))
    with pytest.raises(Conflict, match=f"{months_ago(12):%d/%m/%Y}"):
        operations.raise_charges(cast.actor("cashier"), made)
    assert not Charge.objects.exists()


def test_two_terms_of_a_kind_on_one_day_are_refused(lately, rent):
    made = lately()
    row = rent(made, starts_on=months_ago(30), ends_on=months_ago(18) - timedelta(days=1))
    rent(made, starts_on=months_ago(18), rate=Decimal(40))
    with pytest.raises(Invalid, match="same kind"):
        rent(made, starts_on=months_ago(20), ends_on=months_ago(19))
    with pytest.raises(Conflict, match="whole concession and for one grant"):
        rent(made, grant=made.grants.get(), starts_on=months_ago(6))
    assert Due.objects.count() == 2 and row.ends_on


def test_a_rate_that_rises_by_the_agreement_is_a_second_term(cast, lately, rent):
    made = lately(24)
    first = rent(made, starts_on=months_ago(24))
    operations.end_due(
        cast.actor("cashier"), first, ends_on=months_ago(12) - timedelta(days=1), reason="the rate rises"
    )
    rent(made, starts_on=months_ago(12), rate=Decimal(40))
    raised = operations.raise_charges(cast.actor("cashier"), made)
    assert sorted((row.starts_on, row.charge.amount) for row in raised) == [
        (months_ago(24), 300_000), (months_ago(12), 400_000), (months_ago(0), 400_000),
    ]  # fmt: skip


def test_holders_owe_by_their_shares_each_on_an_account_of_its_own(
    cast, granted, concession, tree_company, party, rent
):
    made = concession()
    start = months_ago(6)
    other = party("A holder without a post")
    granted(60, made, share=Decimal(60), starts_on=start, decided_on=start)
    operations.grant(
        cast.actor("district"), made, holder=other, share=Decimal(40), granted_ha=Decimal(40), starts_on=start
    )
    rent(made, starts_on=start)
    raised = operations.raise_charges(cast.actor("cashier"), made)
    assert sorted(row.charge.amount for row in raised) == [120_000, 180_000]
    account = Account.objects.get(debtor_type="party")
    assert account.debtor_id == other.pk and account.payer is None and account.name == other.name
    assert {row.charge.account.payer_id for row in raised} == {None, cast.organisation("TREECO").pk}


def test_a_charge_taken_back_stays_so_until_it_is_raised_again_on_purpose(cast, lately, rent):
    made = lately(6)
    rent(made, starts_on=months_ago(6))
    (first,) = operations.raise_charges(cast.actor("cashier"), made)
    ledger.reverse(cast.actor("approver"), first.charge.transaction, reason="wrong area")
    assert operations.raise_charges(cast.actor("cashier"), made) == []
    assert [line.taken_back for line in lines(made)] == [True]
    (second,) = operations.raise_charges(cast.actor("cashier"), made, again=True)
    assert second.attempt == 1 and second.charge.amount == 300_000
    assert operations.raise_charges(cast.actor("cashier"), made, again=True) == []
    assert balance_of(command(), [("concession", made.pk)])["concession", made.pk]["XTS"] == 300_000


def test_a_correction_shows_the_difference_and_never_charges_on_top(cast, lately, rent):
    made = lately(6)
    row = rent(made, starts_on=months_ago(6))
    operations.raise_charges(cast.actor("cashier"), made)
    made.refresh_from_db()
    operations.correct_due(cast.actor("cashier"), row, made.version, reason="slip of the pen", rate=Decimal(45))
    assert operations.raise_charges(cast.actor("cashier"), made, again=True) == []
    (line,) = lines(made)
    assert (line.owed.amount, line.charged, line.differs) == (450_000, 300_000, True)
    with pytest.raises(Conflict, match="Let it end"):
        operations.remove_due(cast.actor("cashier"), row, reason="?")


@pytest.mark.parametrize(
    "other",
    [{"starts_on": months_ago(15)}, {"months": 6}, {"currency": "XDL"}, {"basis": "yearly", "area_basis": "", "rate": None, "amount": 7},
     {"kind": "tax"}, {"grant": True}, {"books": "FIN-P02"}],
)  # fmt: skip
def test_what_a_charge_stands_on_stays_until_the_charge_is_taken_back(cast, lately, rent, other):
    made = lately(30)
    row = rent(made, starts_on=months_ago(14))
    raised = operations.raise_charges(cast.actor("cashier"), made)
    said = dict(other)
    if "kind" in said:
        said["kind"] = rent_kind("tax")
    if "grant" in said:
        said["grant"] = made.grants.get()
    if "books" in said:
        said["books"] = cast.organisation("FIN-P02")
    made.refresh_from_db()
    with pytest.raises(Conflict, match="End it and enter a new one"):
        operations.correct_due(command(), row, made.version, reason="slip of the pen", **said)
    assert operations.raise_all(command()).charges == 0 and Charge.objects.count() == len(raised) == 2
    for one in raised:
        ledger.reverse(cast.actor("approver"), one.charge.transaction, reason="wrong term")
    operations.correct_due(command(), row, made.version, reason="slip of the pen", **said)
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in said} == said


def test_a_term_ends_with_a_charged_period_and_never_within_it(cast, lately, rent):
    made, cashier = lately(30), cast.actor("cashier")
    row = rent(made, starts_on=months_ago(18))
    first, second = operations.raise_charges(cashier, made)
    for day in (months_ago(12) - timedelta(days=1), first.ends_on, second.ends_on - timedelta(days=1)):
        with pytest.raises(Invalid, match=f"charged until {second.ends_on:%d/%m/%Y}"):
            operations.end_due(cashier, row, ends_on=day, reason="the rate rises")
        made.refresh_from_db()
        with pytest.raises(Invalid, match=f"charged until {second.ends_on:%d/%m/%Y}"):
            operations.correct_due(cashier, row, made.version, reason="?", ends_on=day)
    ledger.reverse(cast.actor("approver"), second.charge.transaction, reason="the rate rose")
    operations.end_due(cashier, row, ends_on=first.ends_on, reason="the rate rises")
    rent(made, starts_on=first.ends_on + timedelta(days=1), rate=Decimal(40))
    assert operations.raise_all(command()).charges == 1
    assert balance_of(command(), [("concession", made.pk)])["concession", made.pk]["XTS"] == 700_000


def test_a_term_that_ends_with_its_charged_period_is_followed_by_the_next(cast, lately, rent):
    made, cashier = lately(30), cast.actor("cashier")
    row = rent(made, starts_on=months_ago(18))
    _first, second = operations.raise_charges(cashier, made)
    operations.end_due(cashier, row, ends_on=second.ends_on, reason="the rate rises")
    rent(made, starts_on=second.ends_on + timedelta(days=1), rate=Decimal(40))
    assert operations.raise_all(command()).charges == 0 and Charge.objects.count() == 2


def test_no_other_term_is_entered_for_days_that_are_charged(cast, lately, rent):
    """As it may stand in books of before: the term was cut in the middle of a year that stands charged."""
    made, cashier = lately(30), cast.actor("cashier")
    row = rent(made, starts_on=months_ago(18))
    first, second = operations.raise_charges(cashier, made)
    Due.objects.filter(pk=row.pk).update(ends_on=months_ago(3) - timedelta(days=1))
    for more in ({}, {"grant": made.grants.get()}):
        with pytest.raises(Invalid, match=f"{second.starts_on:%d/%m/%Y} to {second.ends_on:%d/%m/%Y} already"):
            rent(made, starts_on=months_ago(3), **more)
    rent(made, starts_on=months_ago(3), kind=rent_kind("tax"))
    assert [charge.charge.kind.code for charge in operations.raise_charges(cashier, made)] == ["tax"]
    ledger.reverse(cast.actor("approver"), second.charge.transaction, reason="cut")
    rent(made, starts_on=months_ago(3))
    assert first.ends_on < months_ago(3)
    assert [charge.charge.amount for charge in operations.raise_charges(cashier, made)] == [300_000]


@pytest.mark.parametrize("cut", [{"starts_on": months_ago(15)}, {"months": 6}])
def test_the_night_never_charges_charged_days_again_and_shows_what_waits(cast, lately, rent, cut):
    """As it may stand in books of before: days of a charged term were corrected."""
    made = lately(30)
    row = rent(made, starts_on=months_ago(14))
    operations.raise_charges(cast.actor("cashier"), made)
    Due.objects.filter(pk=row.pk).update(**cut, to_check=True)
    assert operations.raise_all(command()).charges == 0 and Charge.objects.count() == 2
    assert Due.objects.get().next_on <= clock.today()  # it stands on the desk of who keeps the books
    for again in (False, True):
        assert operations.raise_charges(cast.actor("cashier"), made, again=again) == []


def test_the_night_never_charges_by_one_term_what_stands_by_another(cast, lately, rent):
    made = lately(30)
    row = rent(made, starts_on=months_ago(14))
    operations.raise_charges(cast.actor("cashier"), made)
    Due.objects.filter(pk=row.pk).update(ends_on=months_ago(20) + timedelta(days=1), starts_on=months_ago(20))
    after = rent(made, kind=rent_kind("tax"), starts_on=months_ago(5))
    Due.objects.filter(pk=after.pk).update(kind=row.kind)
    assert operations.raise_all(command()).charges == 1  # the days of the first term before anything was charged
    assert not after.raised.exists() and Due.objects.get(pk=after.pk).next_on == months_ago(5)


def test_only_the_books_are_charged_in_which_one_says_what_is_owed(cast, lately, rent):
    """Charges may be entered in both books, what is owed be said in one: nothing comes into the other."""
    made, actor = lately(6), cast.actor("cashier")
    (holding,) = actor.holdings
    enters = Grant(frozenset({ledger_policy.ENTER}), "", "")
    actor.holdings = (replace(holding, grants=(*holding.grants, enters)),)
    rent(made, starts_on=months_ago(6))
    other = rent(made, "command", kind=rent_kind("tax"), starts_on=months_ago(6), books=cast.organisation("FIN-P02"))
    assert [row.due.books.code for row in operations.raise_charges(actor, made)] == ["FIN-P01"]
    Due.objects.exclude(pk=other.pk).update(concession=lately(6))
    with pytest.raises(NotPermitted):
        operations.raise_charges(actor, made)
    assert not other.raised.exists() and operations.raise_charges(command(), made)


def test_a_term_entered_by_mistake_is_taken_out_and_told(cast, lately, rent):
    made = lately(6)
    row = rent(made)
    operations.remove_due(cast.actor("cashier"), row, reason="another project")
    assert not Due.objects.exists()
    assert Change.objects.filter(concession=made, subject=f"due:{row.pk}", new__isnull=True).exists()


def test_a_fine_is_charged_once_and_stands_on_a_numbered_decision(cast, lately, rent, paper, term):
    made = lately(6)
    fine = {"kind": term("charge-kind", "fine"), "basis": "once", "area_basis": "", "rate": None, "amount": 50_000,
            "starts_on": clock.today()}  # fmt: skip
    with pytest.raises(Invalid, match="numbered decision"):
        rent(made, **fine)
    rent(made, **fine, document=paper(number="7/GOV"))
    (row,) = operations.raise_charges(cast.actor("cashier"), made)
    assert row.charge.amount == 50_000 and row.charge.period_from is None
    assert operations.raise_charges(cast.actor("cashier"), made) == []


def test_a_royalty_waits_for_the_reported_value(cast, lately, rent, term):
    made = lately(14)
    row = rent(
        made,
        kind=term("charge-kind", "royalty"),
        basis="percent",
        area_basis="",
        rate=Decimal("2.5"),
        starts_on=months_ago(14),
    )
    assert operations.raise_charges(cast.actor("cashier"), made) == []
    assert Due.objects.get().next_on == months_ago(2)  # when the first year was over
    told = {"value": 8_000_000, "reported_on": clock.today(), "reported_by": "Director"}
    with pytest.raises(NotPermitted):
        operations.declare(cast.actor("company"), row, starts_on=months_ago(14), **told)
    with pytest.raises(Invalid, match="No period"):
        operations.declare(cast.actor("cashier"), row, starts_on=months_ago(13), **told)
    operations.declare(cast.actor("cashier"), row, starts_on=months_ago(14), **told)
    (charged,) = operations.raise_charges(cast.actor("cashier"), made)
    assert charged.charge.amount == 200_000 and charged.charge.basis["formula"] == "2.5 % × 80000"
    assert charged.charge.due_on == months_ago(2) + timedelta(days=30)
    assert Due.objects.get().next_on == months_ago(-10)
    (first, second) = lines(made)
    assert not first.lacks and second.owed.waits and not second.lacks


def test_the_night_charges_what_has_begun_and_tells_what_it_could_not(cast, lately, granted, concession, rent):
    good, bad = lately(6), concession("Without hectares")
    granted(1, bad, granted_ha=None, starts_on=months_ago(6), decided_on=months_ago(6))
    rent(good, starts_on=months_ago(6))
    rent(bad, starts_on=months_ago(6))
    outcome = operations.raise_all(command())
    assert (outcome.charges, [reference for reference, _why in outcome.refused]) == (1, [bad.reference])
    assert operations.raise_all(command()).charges == 0 and Raised.objects.count() == 1


def test_amounts_that_no_term_allows_are_refused_in_words(lately, rent):
    made = lately()
    for wrong, words in (
        ({"rate": None}, "Give the rate"), ({"basis": "yearly", "rate": None, "area_basis": ""}, "Give the amount"),
        ({"area_basis": ""}, "which hectares"), ({"area_basis": "written"}, "Write the hectares"), ({"currency": "ZZZ"}, "not a currency"),
        ({"ends_on": date(2019, 1, 1)}, "ends before it begins"), ({"months": 0}, "1"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=words):
            rent(made, **wrong)
    assert not Due.objects.exists()
