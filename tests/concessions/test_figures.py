"""What grants and areas add up to, kept by the database: equal to adding up anew, whatever was changed and how."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sala.access.actor import command
from sala.concessions.models import Concession, ConcessionArea, Figures, Grant, Party
from sala.concessions.queries.register import Narrowing, in_order, register, totals

HECTARES = st.none() | st.integers(0, 99_999).map(lambda number: Decimal(number) / 100)
ENDS = st.none() | st.integers(1, 9000).map(lambda days: date(2020, 1, 2) + timedelta(days))


def added_up(concession: Concession) -> tuple[Decimal | None, Decimal | None, date | None]:
    """Hectares of the last grants, hectares developed, latest end; reckoned here, row by row."""
    grants = list(concession.grants.all())
    replaced = {row.replaces_id for row in grants}
    last = [row for row in grants if row.pk not in replaced]
    granted = [row.granted_ha for row in last if row.granted_ha is not None]
    areas = [row for row in concession.areas.all() if row.purpose == "implementation" and row.is_current]
    developed = [row.hectares for row in areas if row.hectares is not None]
    ends = [row.ends_on for row in last if row.ends_on is not None]
    return sum(granted) if granted else None, sum(developed) if developed else None, max(ends, default=None)


def kept(concession: Concession) -> tuple[Decimal | None, Decimal | None, date | None]:
    row = Figures.objects.filter(concession=concession).first()
    return (row.granted_ha, row.developed_ha, row.ends_on) if row else (None, None, None)


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), HECTARES, ENDS), st.tuples(st.just("replace"), HECTARES, ENDS),
        st.tuples(st.just("correct"), HECTARES, ENDS), st.tuples(st.just("area"), HECTARES, HECTARES),
        st.tuples(st.just("old"), st.none(), st.none()), st.tuples(st.just("take"), st.none(), st.none()),
    ), max_size=8,
)  # fmt: skip


def change(made: Concession, party: Party, turn: int, what: str, one: Any, other: Any) -> None:
    last = made.grants.order_by("-pk").first()
    day = date(1990, 1, 1) + timedelta(turn)
    values = {
        "concession": made,
        "holder": party,
        "granted_ha": one,
        "ends_on": other,
        "valid": (day, day + timedelta(1)),
    }
    if what in ("grant", "replace"):
        Grant.objects.create(**values, replaces=last if what == "replace" else None)
    elif what == "correct":
        made.grants.update(granted_ha=one, ends_on=other)
    elif what == "area":
        made.areas.update(is_current=False)
        ConcessionArea.objects.create(
            concession=made, purpose="implementation", accuracy="unit", stated_ha=one, mapped_ha=other
        )
    elif what == "old":
        made.areas.update(is_current=False)
    elif last is not None:
        last.delete()


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_whatever_is_changed_the_figures_are_those_of_adding_up(concession, cast, changes):
    before = transaction.savepoint()
    made = concession()
    party = Party.objects.create(
        number="P-T", name={"lo": "ບ"}, kind="company", area=cast.area("01"), keeper=cast.organisation("LAND"),
        is_invented=True,
    )  # fmt: skip
    for turn, (what, one, other) in enumerate(changes):
        change(made, party, turn, what, one, other)
        assert kept(made) == added_up(made)
    transaction.savepoint_rollback(before)


@pytest.mark.django_db
def test_what_one_statement_changes_is_in_the_figures_too(granted):
    made = granted()
    with connection.cursor() as cursor:
        cursor.execute("update concessions_grant set granted_ha = granted_ha + 10 where concession_id = %s", [made.pk])
    assert kept(made) == added_up(made)


@pytest.mark.django_db
def test_the_list_sorts_narrows_and_adds_up_by_them(concession, granted):
    small, large, none = granted(), granted(), concession("Asked")
    small.grants.update(granted_ha=10)
    large.grants.update(granted_ha=400)
    actor = command()
    rows = register(actor, Narrowing()).filter(pk__in=[small.pk, large.pk, none.pk])
    assert list(in_order(rows, "hectares")) == [large, small, none]
    assert list(register(actor, Narrowing(least=Decimal(100))).filter(pk__in=rows.values("pk"))) == [large]
    assert list(register(actor, Narrowing(most=Decimal(10))).filter(pk__in=rows.values("pk"))) == [small]
    found = totals(actor, rows)
    assert (found.number, found.counted, found.granted) == (3, 2, Decimal(410))
