"""Loading many rows at once: all or nothing, few statements, one event, rows as the single operations make them."""

from datetime import date
from decimal import Decimal

import pytest
import shapely
from django.contrib.gis.geos import Point

from sala.access.actor import command
from sala.concessions.models import AreaPiece, Concession, ConcessionArea, Grant, Party, PartyName
from sala.concessions.operations.bulk import Drawn, Load, load
from sala.core.errors import Invalid, NotPermitted
from sala.core.language import Translated
from sala.journal.models import Event

from .conftest import square

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast, term):
    """many(count, shape=…) → a load of that many concessions with holder, grant and area."""

    def make(count, shape=None):
        rows, office = Load(), cast.organisation("LAND")
        for number in range(count):
            party = Party(name=Translated(lo=f"ບໍລິສັດ {number}"), kind="company", keeper=office, area=office.area)
            made = Concession(
                kind="lease", name=Translated(lo=f"ໂຄງການ {number}"), sector=term("sector", "mining"), lead=office,
                area=cast.area("0101"), is_invented=True,
            )  # fmt: skip
            area = ConcessionArea(concession=made, purpose="granted", accuracy="survey", stated_ha=Decimal(number + 1))
            rows.parties.append(party)
            rows.names.append(PartyName(party=party, text=f"Company {number}", key=f"company{number}"))
            rows.concessions.append(made)
            rows.grants.append(
                Grant(concession=made, holder=party, starts_on=date(2020, 1, 1), term_months=12, granted_ha=number + 1)
            )
            rows.areas.append(Drawn(area, shape or square(100.2 + number / 50), None))
        return rows

    return make


def test_rows_are_as_the_single_operations_make_them(cast, many):
    counts = load(command(), cast.organisation("LAND"), many(3), source="Old list", file_hash="0" * 64)
    assert counts == {"parties": 3, "names": 3, "concessions": 3, "grants": 3, "areas": 3}
    made = Concession.objects.order_by("reference").last()
    row = made.grants.get()
    assert row.ends_on == date(2020, 12, 31) and row.valid.upper == date(2021, 1, 1)
    assert made.areas.get().mapped_ha > 100 and made.areas.get().pieces.exists()
    assert made.keys and row.holder.keys == ["2", "ບໍລິສັດ2"] and made.reference.startswith("LC-")
    event = Event.objects.get(subject_type="organisation", verb="concessions.import")
    assert '"concessions":3' in event.text and "0" * 64 in event.text


def test_the_number_of_statements_does_not_grow_with_the_rows(cast, many, django_assert_max_num_queries):
    rows, office = many(40), cast.organisation("LAND")
    with django_assert_max_num_queries(45):
        load(command(), office, rows, source="Old list")


def test_one_bad_row_stops_the_whole_load_and_is_named(cast, many):
    rows = many(2)
    crossing = shapely.Polygon([(100, 20), (100.1, 20.1), (100.1, 20), (100, 20.1)])
    rows.areas[1] = Drawn(rows.areas[1].area, crossing)
    with pytest.raises(Invalid, match=r"LC-\d+: .*crosses itself"):
        load(command(), cast.organisation("LAND"), rows, source="Old list")
    assert not Concession.objects.exists() and not Party.objects.exists() and not AreaPiece.objects.exists()


def test_a_point_stands_for_a_shape_that_is_not_known_and_a_figure_for_itself(cast, many):
    rows = many(2)
    rows.areas[0] = Drawn(rows.areas[0].area, None, Point(100.2, 20.4, srid=4326))
    rows.areas[1] = Drawn(rows.areas[1].area)
    load(command(), cast.organisation("LAND"), rows, source="Old list")
    assert ConcessionArea.objects.filter(shape__geometry__isnull=True, shape__isnull=False).count() == 1
    assert ConcessionArea.objects.filter(shape__isnull=True).count() == 1


def test_who_may_not_read_registers_in_loads_nothing(cast, many):
    with pytest.raises(NotPermitted):
        load(cast.actor("district"), cast.organisation("LAND"), many(1), source="Old list")
    assert not Concession.objects.exists()
