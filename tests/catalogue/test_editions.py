"""From a file to a published edition: joined, checked, immutable, with every figure leading to its cell."""

import csv

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from sala.catalogue import operations, tables
from sala.catalogue.models import Dataset, Edition, EditionArea, Figure
from sala.catalogue.queries import latest_figures, missing_editions
from sala.core.errors import Conflict, Invalid, NotPermitted, Unreadable
from sala.core.files import store

from .conftest import CLINICS, rows_of

pytestmark = pytest.mark.django_db


def test_a_file_is_read_joined_to_places_and_published(world, dataset, deliver, release):
    edition = release(deliver(period="2024"))
    assert edition.is_published and edition.rows == 4
    assert Dataset.objects.get(pk=dataset.pk).is_published
    assert {row.area.code: row.rows for row in EditionArea.objects.filter(edition=edition)} == {"0101": 2, "0102": 2}


def test_codes_keep_their_leading_zeros(deliver):
    page = rows_of(deliver())
    assert page.rows[0][1 + page.names.index("code")] == "0101"


def test_a_figure_leads_to_the_cell_of_the_delivered_file(world, deliver, release, clinics_figure):
    edition = release(deliver(period="2024"))
    figure = next(row for row in latest_figures(world.actor("public"), world.area("0101")))
    assert (figure.period, int(figure.value)) == ("2024", 14)
    lines = store.path_of(edition.sha256).read_bytes().decode().splitlines()
    cells = dict(zip(lines[0].split(";"), next(csv.reader([lines[figure.row - 1]], delimiter=";")), strict=True))
    assert cells["clinics"] == "14" and cells["code"] == "0101"
    assert f"row={figure.row}" in figure.get_absolute_url()


def test_the_marked_row_stands_on_the_page(visit, deliver, release, clinics_figure):
    edition = release(deliver(period="2024"))
    figure = Figure.objects.filter(edition=edition, area__code="0101", period="2024").get()
    html = visit().get(figure.get_absolute_url().partition("#")[0]).content.decode()
    assert f'id="row-{figure.row}" class="marked"' in html


def test_the_same_file_twice_is_refused_and_nothing_is_added(deliver, release):
    release(deliver(period="2024"))
    with pytest.raises(Conflict):
        deliver(period="2024", reason="again")
    assert Edition.objects.count() == 1


def test_a_second_edition_of_a_period_needs_a_reason(deliver, release):
    release(deliver(period="2024"))
    changed = CLINICS.replace("97", "98")
    with pytest.raises(Invalid):
        deliver(changed, "new.csv", period="2024")
    assert deliver(changed, "new.csv", period="2024", reason="a typing error").number == 2


def test_a_published_edition_cannot_be_changed_even_behind_the_programs_back(deliver, release):
    edition = release(deliver(period="2024"))
    for statement in (
        "update catalogue_edition set table_sha256 = 'x' where id = %s",
        "update catalogue_edition set sha256 = 'x' where id = %s",
        "delete from catalogue_edition where id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [edition.pk])


def test_gaps_between_editions_are_shown(dataset, deliver, release, visit):
    for number, period in enumerate(("2020", "2023")):
        release(deliver(CLINICS.replace("97", str(90 + number)), f"{period}.csv", period=period))
    assert missing_editions(dataset) == ["2021", "2022"]
    assert "2021, 2022" in visit().get(dataset.get_absolute_url()).content.decode()


def test_what_changed_between_two_editions_is_counted_by_key(deliver, release):
    old = release(deliver(period="2023"))
    new = release(
        deliver(CLINICS.replace(";14;97", ";15;97") + "0301;Paknam;Paknam;2024;2;9\n", "b.csv", period="2024")
    )
    found = tables.difference(old, new, ["code", "year"])
    assert (found.added, found.removed, found.changed) == (1, 0, 1)


def test_a_rule_names_the_failing_rows(world, dataset, deliver):
    part = dataset.distributions.get(code="table")
    operations.declare_rule(world.actor("owner"), part, column="staff", kind="at_least", value="42")
    operations.declare_rule(world.actor("owner"), part, column="code", kind="place")
    edition = deliver(CLINICS + "9999;Nowhere;Nowhere;2024;1;50\n")
    failing = {result.rule.kind: [item["row"] for item in result.sample] for result in edition.results.all()}
    assert failing == {"at_least": [3], "place": [6]}


def test_a_decimal_comma_that_can_be_read_two_ways_is_asked_and_not_guessed(world, deliver):
    text = "code;year;rate\n0101;2024;1,234\n0102;2024;2,345\n"
    with pytest.raises(Unreadable):
        deliver(text, "rates.csv", roles={})
    asked = Edition.objects.get()
    assert asked.profile["questions"][0]["column"] == "rate"
    settled = operations.settle_edition(world.actor("owner"), asked, recipe={"decimal_mark": {"rate": ","}})
    page = rows_of(settled)
    assert str(page.rows[0][1 + page.names.index("rate")]).startswith("1.234")


def test_the_states_of_an_edition_cannot_be_jumped(world, deliver):
    edition = deliver()
    with pytest.raises(Conflict):
        operations.publish_edition(world.actor("colleague"), edition)
    operations.submit_edition(world.actor("owner"), edition)
    with pytest.raises(Invalid):
        operations.return_edition(world.actor("reviewer"), edition, reason=" ")
    operations.return_edition(world.actor("reviewer"), edition, reason="The staff of 0102 is too low.")
    assert Edition.objects.get(pk=edition.pk).state == "returned"


@pytest.mark.parametrize("who", ["stranger", "owner"])
def test_only_a_publisher_of_the_house_publishes(world, deliver, who):
    edition = deliver()
    operations.submit_edition(world.actor("owner"), edition)
    with pytest.raises(NotPermitted):
        operations.publish_edition(world.actor(who), edition)
    assert not Edition.objects.get(pk=edition.pk).is_published


def test_a_withdrawn_edition_is_gone_for_others_and_kept_for_its_owner(
    world, visit, dataset, deliver, release, clinics_figure
):
    edition = release(deliver(period="2024"))
    operations.withdraw_edition(world.actor("colleague"), edition, reason="Two villages were counted twice.")
    assert not Figure.objects.exists()
    assert visit().get(edition.get_absolute_url()).status_code == 410
    assert visit("owner").get(edition.get_absolute_url()).status_code == 200


def test_a_refused_file_leaves_nothing_behind(world, dataset, table_file):
    part = dataset.distributions.get(code="table")
    with pytest.raises(Unreadable):
        operations.receive_edition(world.actor("owner"), part, table_file("\x00\x01\x02", "odd.csv"), "odd.csv")
    assert Edition.objects.count() == 0
