"""The history of each field, and what was known on a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sala.access.actor import public
from sala.concessions import operations
from sala.concessions.field_classes import values_of
from sala.concessions.models import Change
from sala.concessions.queries.history import history, known_on
from sala.core import clock
from sala.core.language import Translated

pytestmark = pytest.mark.django_db
NOW = clock.now()


def later(days):
    return clock.fixed(NOW + timedelta(days=days))


def day(days):
    """The day that it then is in the country: in the evening of universal time the next one has begun there."""
    with later(days):
        return clock.today()


def said(actor, made, on):
    return {known.subject: known.values for known in known_on(actor, made, on)}


def test_as_known_on_a_day_every_later_change_is_undone(cast, concession, party):
    district = cast.actor("district")
    with later(0):
        made = concession()
    with later(10):
        grant = operations.grant(
            district, made, holder=party(), granted_ha=Decimal(100), starts_on=date(2020, 1, 1), term_months=12
        )
    with later(20):
        made.refresh_from_db()
        operations.change(district, made, made.version, reason="New name", name=Translated(lo="ໃໝ່"))
        made.refresh_from_db()
        operations.correct_grant(district, grant, made.version, reason="Read again", granted_ha=Decimal(80))
    inspector = cast.actor("inspector")
    assert said(inspector, made, day(-1)) == {}
    assert set(said(inspector, made, day(5))) == {"concession"}
    before, after = said(inspector, made, day(15)), said(inspector, made, day(25))
    assert before["concession"]["name"]["en"] == "Teak one" and after["concession"]["name"] == {"lo": "ໃໝ່"}
    assert before[f"grant:{grant.pk}"]["granted_ha"] == "100" and after[f"grant:{grant.pk}"]["granted_ha"] == "80"
    marked = {known.subject: known.differs for known in known_on(inspector, made, day(15))}
    assert marked["concession"] == {"name"} and "granted_ha" in marked[f"grant:{grant.pk}"]


def test_what_was_taken_out_later_was_known_before(cast, concession):
    district = cast.actor("district")
    with later(0):
        made = concession()
        village = operations.tell_village(district, made, cast.area("0101"), households=12)
        subject = f"village:{village.pk}"
    with later(10):
        operations.remove_village(district, village, reason="Another project")
    assert said(cast.actor("inspector"), made, day(5))[subject]["households"] == 12
    assert subject not in said(cast.actor("inspector"), made, day(15))


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    steps=st.lists(st.sampled_from(["lease", "concession"]) | st.dates(date(2000, 1, 1), date(2020, 1, 1)), max_size=6)
)
def test_whatever_was_changed_each_day_says_what_stood_there_then(cast, concession, steps):
    """Values noted after each change are what the register gives back for that day."""
    with later(0):
        made = concession()
    noted = [values_of(made)]
    for number, step in enumerate(steps, 1):
        with later(number):
            made.refresh_from_db()
            field = {"kind": step} if isinstance(step, str) else {"requested_on": step}
            operations.change(cast.actor("district"), made, made.version, reason="Step", **field)
            made.refresh_from_db()
            noted.append(values_of(made))
    for number, values in enumerate(noted):
        assert said(cast.actor("inspector"), made, day(number))["concession"] == values


def test_history_holds_the_classes_that_the_reader_reads_and_no_other(cast, granted, paper, stand_for):
    made = granted()
    stand_for("basics")
    operations.open_class(cast.actor("ministry"), field_class="basics", decision=paper(owner="LAND"), start=day(-1))
    made.refresh_from_db()
    whole = history(cast.actor("inspector"), made)
    assert {row.field_class for row in history(public(), made)} == {"basics"}
    assert {row.field_class for row in whole} >= {"basics", "place", "holder", "hectares", "terms", "papers"}
    assert not {row.field_class for row in history(cast.actor("company"), made)} & {"judgement"}


def test_changes_are_kept_by_the_database(concession):
    made = concession()
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        Change.objects.filter(concession=made).update(reason="never")


def test_pages_tell_fields_in_words(visit, cast, granted):
    made = granted()
    operations.change(cast.actor("district"), made, made.version, reason="Slip of the pen", kind="lease")
    shown = visit("district").get(f"{made.get_absolute_url()}changes/").content.decode()
    assert "<del>Concession</del> → Lease" in shown and "Slip of the pen" in shown and "Invented Trees Company" in shown
    known = visit("district").get(f"{made.get_absolute_url()}known/?day={day(0)}").content.decode()
    assert "Invented Trees Company" in known and "Tree plantation" in known
    assert visit("other_district").get(f"{made.get_absolute_url()}changes/").status_code == 404
