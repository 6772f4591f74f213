"""The zip of the Land Matrix: its columns, what a reader without the right does not find in it, and its own way back."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.concessions import operations
from sala.concessions.exchange.giving import tables
from sala.concessions.exchange.land_matrix.reading import read
from sala.concessions.exchange.land_matrix.writing import write
from sala.concessions.models import Concession

from .land_matrix import typed

pytestmark = pytest.mark.django_db


def rows_of(content: bytes) -> dict[str, list[dict[str, str]]]:
    """Read with nothing of ours: the standard library's zip and CSV."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode()), delimiter=";")) for name in archive.namelist()
        }  # fmt: skip


@pytest.fixture
def taken(visit):
    """taken(who) → the tables that the reader gets from the address."""

    def get(who=None, query=""):
        answer = (visit(who) if who else visit()).get(f"/concessions/land-matrix.zip{query}")
        assert answer.status_code == 200
        return rows_of(b"".join(answer.streaming_content))

    return get


def test_six_tables_with_all_columns_in_order_also_when_there_is_nothing(cast, taken):
    found = taken("district")
    assert list(found) == [
        "deals.csv",
        "locations.csv",
        "contracts.csv",
        "datasources.csv",
        "involvements.csv",
        "investors.csv",
    ]
    answer = io.BytesIO()
    write(answer, {})
    with zipfile.ZipFile(answer) as archive:
        heading = next(csv.reader(io.StringIO(archive.read("deals.csv").decode()), delimiter=";"))
    assert heading == typed.HEADINGS


def test_a_deal_says_its_sizes_holder_and_state_in_their_words(cast, granted, drawn, taken):
    made = granted(hectares=120)
    drawn(made, stated_ha=118, measured_on=date(2021, 3, 1))
    found = taken("ministry")
    deal = found["deals.csv"][0]
    assert deal["Deal ID"] == made.reference and deal["Nature of the deal"] == "Concession"
    assert deal["Size under contract (leased or purchased area, in ha)"] == "2021-03-01#current#118"
    assert deal["Negotiation status"] == "2020-01-10#current#Contract signed" and deal["Target country"] == "Demoland"
    assert deal["Operating company: Name"] == "Invented Trees Company" == found["investors.csv"][0]["Name"]
    assert found["locations.csv"][0]["Spatial accuracy level"] == "Coordinates"
    assert found["contracts.csv"][0]["Duration of the agreement"] == "30" and found["datasources.csv"]


def test_the_public_finds_nothing_before_a_decision_opens_it(cast, granted, drawn, taken):
    drawn(granted())
    assert all(not rows for rows in taken().values())


def test_a_class_that_is_not_open_leaves_its_columns_empty(cast, granted, drawn, taken, paper, stand_for):
    made = granted()
    drawn(made)
    stand_for("basics", "place")
    for field_class in ("basics", "place"):
        operations.open_class(
            cast.actor("ministry"), field_class=field_class, decision=paper(owner="LAND"), start=date(2020, 1, 1)
        )
    found = taken()
    deal = found["deals.csv"][0]
    assert deal["Deal ID"] == made.reference and found["locations.csv"][0]["Point"]
    assert (
        not deal["Deal size"] and not deal["Operating company: Name"] and "2020-01-10" not in deal["Negotiation status"]
    )
    assert not deal["Size under contract (leased or purchased area, in ha)"]
    assert not any(found[name] for name in ("contracts.csv", "datasources.csv", "investors.csv", "involvements.csv"))


def test_the_reader_understands_what_the_writer_wrote(cast, granted, drawn, tmp_path):
    drawn(granted(hectares=120), stated_ha=118, measured_on=date(2021, 3, 1))
    path = tmp_path / "own.zip"
    with path.open("wb") as target:
        counts = write(target, tables(cast.actor("command"), Concession.objects.all()))
    again = read(str(path), path.name, str(tmp_path))
    assert again["faults"] == 0 and again["deals"] == counts["deals"] == 1


def test_the_number_of_queries_does_not_grow_with_the_rows(cast, granted, concession, drawn):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            write(io.BytesIO(), tables(cast.actor("ministry"), Concession.objects.all()))
        return len(queries)

    drawn(granted())
    few = counted()
    for number in range(5):
        drawn(granted(made=concession(f"More {number}")))
    assert counted() == few
