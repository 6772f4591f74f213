"""Grants: terms, approvals, shares, and what replaces what."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sala.concessions import operations
from sala.concessions.calculations.terms import last_day
from sala.concessions.models import FieldClass
from sala.core.errors import Conflict, Invalid, NotPermitted

DAYS = st.dates(date(1980, 1, 1), date(2080, 1, 1))


@pytest.mark.parametrize(
    "start, months, end",
    [
        (date(2020, 2, 1), 360, date(2050, 1, 31)), (date(2020, 1, 31), 1, date(2020, 2, 28)),
        (date(2020, 3, 1), 12, date(2021, 2, 28)), (date(2019, 3, 1), 12, date(2020, 2, 29)),
        (date(2020, 1, 1), 1, date(2020, 1, 31)),
    ],
)  # fmt: skip
def test_the_last_day_of_a_term(start, months, end):
    assert last_day(start, months) == end


@given(DAYS, st.integers(1, 1200))
def test_a_longer_term_never_ends_sooner_and_every_term_lasts(start, months):
    assert (last_day(start, months) - start).days >= 27 * months
    assert last_day(start, months + 1) > last_day(start, months)


@pytest.mark.django_db
def test_the_end_follows_from_the_term_and_the_change_is_told_class_by_class(cast, granted):
    made = granted()
    row = made.grants.get()
    assert row.ends_on == date(2050, 1, 31) and row.valid.upper == date(2050, 2, 1)
    told = {change.field_class for change in made.changes.filter(subject=f"grant:{row.pk}")}
    assert told == {FieldClass.HOLDER, FieldClass.HECTARES, FieldClass.TERMS}


@pytest.mark.django_db
def test_a_grant_before_its_approval_is_refused_in_words(cast, concession, tree_company):
    with pytest.raises(Invalid, match="before it was approved") as refused:
        operations.grant(
            cast.actor("district"),
            concession(),
            holder=tree_company,
            decided_on=date(2021, 1, 1),
            starts_on=date(2020, 1, 1),
        )
    assert "starts_on" in refused.value.fields


@pytest.mark.django_db
def test_who_may_not_enter_here_grants_nothing(cast, concession, tree_company):
    made = concession()
    for who in ("company", "other_district", "inspector"):
        with pytest.raises(NotPermitted):
            operations.grant(cast.actor(who), made, holder=tree_company)
    assert not made.grants.exists()


@pytest.mark.django_db
def test_the_same_holder_has_one_grant_a_day(cast, granted, tree_company):
    made = granted()
    with pytest.raises((Invalid, Conflict), match="End or replace that first"):
        operations.grant(cast.actor("district"), made, holder=tree_company, starts_on=date(2030, 1, 1), term_months=12)
    assert made.grants.count() == 1


@pytest.mark.django_db
def test_holders_of_a_day_have_the_whole_at_most(cast, concession, party):
    made, actor = concession(), cast.actor("district")
    days = {"starts_on": date(2020, 1, 1), "term_months": 120}
    operations.grant(actor, made, holder=party("One"), share=Decimal(70), **days)
    with pytest.raises(Invalid, match="110"):
        operations.grant(actor, made, holder=party("Two"), share=Decimal(40), **days)
    operations.grant(actor, made, holder=party("Three"), share=Decimal(30), **days)
    assert made.grants.count() == 2


@pytest.mark.django_db
def test_a_grant_that_replaces_another_ends_it_the_day_before(cast, granted, tree_company, party):
    made = granted()
    older = made.grants.get()
    newer = operations.grant(
        cast.actor("district"), made, holder=party("Buyer"), starts_on=date(2025, 7, 1), term_months=120, replaces=older,
        granted_ha=Decimal(80),
    )  # fmt: skip
    older.refresh_from_db()
    assert older.valid.upper == newer.starts_on and older.ends_on == date(2050, 1, 31)
    assert made.changes.filter(subject=f"grant:{older.pk}", field="valid").exists()
    with pytest.raises(Invalid, match="begins before the older one"):
        operations.grant(cast.actor("district"), made, holder=tree_company, starts_on=date(2025, 1, 1), replaces=newer)


@pytest.mark.django_db
def test_a_correction_keeps_dates_in_step_and_tells_old_and_new(cast, granted):
    made = granted()
    row = made.grants.get()
    operations.correct_grant(cast.actor("district"), row, made.version, reason="Read the paper again", term_months=240)
    row.refresh_from_db()
    assert row.ends_on == date(2040, 1, 31) and row.valid.upper == date(2040, 2, 1)
    told = {change.field: (change.old, change.new) for change in made.changes.filter(reason="Read the paper again")}
    assert told["term_months"] == (360, 240) and told["ends_on"] == ("2050-01-31", "2040-01-31")
