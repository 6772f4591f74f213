"""How a file was read is remembered for the next one, as a whole: shown, changed, and dropped with columns that are gone."""

import pytest

from sala.catalogue import operations
from sala.catalogue.models import Edition

from .conftest import rows_of

pytestmark = pytest.mark.django_db

# the row above the headings looks like headings, and every day can be read two ways
FIRST = "Report of the year;2024;draft\ncode;opened;clinics\n0101;03/04/2024;12\n0102;05/06/2024;9\n"
SECOND = "Report of the year;2025;draft\ncode;opened;clinics\n0101;07/08/2025;13\n0102;09/10/2025;8\n"
ASKED = {"header_row": "2", "role_code": "area", "role_opened": "", "role_clinics": "value"}


@pytest.fixture
def received(world, dataset, table_file):
    """received(text, name) → an edition not settled yet."""

    def make(text: str, name: str) -> Edition:
        part = dataset.distributions.get()
        return operations.receive_edition(world.actor("owner"), part, table_file(text, name), name)

    return make


@pytest.fixture
def first(visit, received) -> Edition:
    """The first file, of which somebody said where its headings stand and how its days are written."""
    edition = received(FIRST, "first.csv")
    assert edition.profile["header_row"] == 1, "it is taken wrongly, or this file tests nothing"
    address = f"{edition.settle_url}?header_row=2"
    assert visit("owner").post(address, ASKED | {"date_order:opened": "dmy"}).status_code == 302
    return Edition.objects.get(pk=edition.pk)


def days(edition: Edition) -> list[str]:
    found = rows_of(edition)
    return [str(row[found.names.index("opened") + 1]) for row in found.rows]


def test_the_next_file_is_read_like_the_last_without_being_asked(visit, first, received):
    assert days(first) == ["2024-04-03", "2024-06-05"]
    edition = received(SECOND, "second.csv")
    assert edition.profile["header_row"] == 2 and edition.profile["questions"] == []
    html = visit("owner").get(edition.settle_url).content.decode()
    assert '<option value="dmy" selected>' in html and 'value="2"' in html
    assert visit("owner").post(edition.settle_url, ASKED | {"date_order:opened": "dmy"}).status_code == 302
    assert days(Edition.objects.get(pk=edition.pk)) == ["2025-08-07", "2025-10-09"]


def test_a_remembered_answer_can_be_changed(visit, first, received):
    edition = received(SECOND, "second.csv")
    assert visit("owner").post(edition.settle_url, ASKED | {"date_order:opened": "mdy"}).status_code == 302
    assert days(Edition.objects.get(pk=edition.pk)) == ["2025-07-08", "2025-09-10"]
    assert Edition.objects.get(pk=edition.pk).distribution.recipe["date_order"] == {"opened": "mdy"}


def test_answers_of_a_column_that_is_gone_are_dropped(visit, first, received):
    edition = received("Report of the year;2025\ncode;clinics\n0101;13\n0102;8\n", "narrow.csv")
    assert edition.profile["header_row"] == 2
    assert visit("owner").post(edition.settle_url, ASKED).status_code == 302
    settled = Edition.objects.get(pk=edition.pk)
    assert settled.state == "draft" and settled.rows == 2 and "date_order" not in settled.distribution.recipe


def test_what_nobody_is_asked_on_the_page_is_kept_too(world, visit, dataset, received):
    edition = received(FIRST, "first.csv")
    recipe = {"header_row": 2, "date_order": {"opened": "dmy"}, "types": {"clinics": "text"}}
    operations.settle_edition(world.actor("owner"), edition, recipe=recipe, roles={"code": "area"})
    following = received(SECOND, "second.csv")
    visit("owner").post(following.settle_url, ASKED | {"date_order:opened": "dmy"})
    columns = {column["name"]: column["type"] for column in Edition.objects.get(pk=following.pk).columns}
    assert columns["clinics"] == "text" and columns["opened"] == "date"


def test_a_file_laid_out_anew_is_looked_at_afresh(first, received):
    edition = received("district;beds\n0101;4\n0102;6\n0103;2\n", "other.csv")
    assert edition.profile["header_row"] == 1
    assert [column["name"] for column in edition.profile["columns"]] == ["district", "beds"]


def test_how_a_table_was_read_says_nothing_of_a_layer(world, dataset, visit, first, tmp_path):
    path = tmp_path / "clinics.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"opened": "03/04/2024"},'
        ' "geometry": {"type": "Point", "coordinates": [102.6, 17.9]}}]}'
    )
    edition = operations.receive_edition(world.actor("owner"), dataset.distributions.get(), path, path.name)
    assert visit("owner").post(edition.settle_url, {"role_opened": ""}).status_code == 302
    assert Edition.objects.get(pk=edition.pk).state == "draft"
