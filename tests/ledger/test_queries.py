"""What other parts ask: balances and ages of many subjects, in a number of statements that does not grow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.access.actor import command
from sala.core import clock
from sala.ledger.calculations import Band
from sala.ledger.queries import ageing_of, balance_of
from tests.ledger.conftest import FOREIGN, OWN


@pytest.fixture
def subjects(owed, charged, paid, company):
    """Three companies, each of which owes for itself; the second partly paid, the third in two currencies."""
    keys = []
    for number in (1, 2, 3):
        payer = company(f"planter-{number}")
        keys.append(("organisation", payer.pk))
        account = owed(payer, subject=payer)
        charged(account, 10_000, due=100)
        charged(account, 4_000, due=20)
        if number == 2:
            paid(account, 11_000, ago=10)
        if number == 3:
            charged(owed(payer, FOREIGN, subject=payer), 70, due=-30)
    return keys


def test_balances_are_told_by_subject_and_currency(subjects):
    found = balance_of(command(), subjects)
    assert [found[key] for key in subjects] == [{OWN: 14_000}, {OWN: 3_000}, {OWN: 14_000, FOREIGN: 70}]


def test_balances_and_ages_of_an_earlier_day(subjects):
    first, second, _third = subjects
    before = clock.today() - timedelta(days=15)
    assert balance_of(command(), [second], before) == {second: {OWN: 14_000}}
    assert ageing_of(command(), [second], before)[second][OWN][Band.QUARTER] == 10_000
    now = ageing_of(command(), [first, second], clock.today())
    assert now[first][OWN] == {Band.CURRENT: 0, Band.MONTH: 4_000, Band.QUARTER: 0, Band.YEAR: 10_000, Band.OLDER: 0}
    assert now[second][OWN] == {Band.CURRENT: 0, Band.MONTH: 3_000, Band.QUARTER: 0, Band.YEAR: 0, Band.OLDER: 0}


def test_only_accounts_that_the_reader_sees_count(world, subjects):
    assert balance_of(world.actor("cashier"), subjects) == balance_of(command(), subjects)
    for who in ("public", "owner", "far_cashier"):
        assert balance_of(world.actor(who), subjects) == {}
        assert ageing_of(world.actor(who), subjects, clock.today()) == {}
    assert set(balance_of(world.actor("treasurer"), subjects)) == set(subjects)


def test_many_subjects_take_as_many_statements_as_one(subjects):
    for ask in (lambda keys: balance_of(command(), keys), lambda keys: ageing_of(command(), keys, clock.today())):
        with CaptureQueriesContext(connection) as one:
            ask(subjects[:1])
        with CaptureQueriesContext(connection) as many:
            ask([*subjects, ("organisation", 10**9), ("area", 1)])
        assert len(one) == len(many) == 1


def test_a_subject_without_account_is_not_in_the_answer(world, company):
    assert balance_of(command(), [("organisation", company("nobody").pk)]) == {}
    assert balance_of(command(), []) == {}


def test_a_company_sees_what_is_its_own(subjects, world, owed, charged):
    actor = world.actor("planter-1")
    assert balance_of(actor, subjects) == {subjects[0]: {OWN: 14_000}}
