"""What was withdrawn says so, to those who could read it, and names what to read instead; to others it never was."""

import feedparser
import pytest

from sala.catalogue import operations
from sala.catalogue.models import Dataset
from sala.core.models import Term

pytestmark = pytest.mark.django_db


def test_a_withdrawn_edition_names_its_reason_and_the_newest_one(world, visit, deliver, release, dataset):
    first, second = release(deliver(period="2023")), release(deliver("code;year;clinics\n0101;2024;3\n", period="2024"))
    operations.withdraw_edition(world.actor("colleague"), first, reason="Wrong districts")
    for address in (first.get_absolute_url(), f"{first.get_absolute_url()}download/csv/"):
        gone = visit().get(address)
        assert gone.status_code == 410
        assert "Wrong districts" in gone.content.decode() and second.get_absolute_url() in gone.content.decode()
    answer = visit().get(f"/api/v1/datasets/{dataset.slug}/table/1/rows")
    assert answer.status_code == 410 and answer.json()["instead"][0]["url"] == second.get_absolute_url()
    assert visit("owner").get(first.get_absolute_url()).status_code == 200


def test_a_withdrawn_dataset_is_told_from_one_that_never_was(world, visit, deliver, release, dataset):
    release(deliver(period="2023"))
    operations.withdraw_dataset(world.actor("colleague"), Dataset.objects.get(pk=dataset.pk), reason="Counted twice")
    gone = visit("citizen").get(dataset.get_absolute_url())
    assert gone.status_code == 410 and "Counted twice" in gone.content.decode()
    assert visit().get(f"/api/v1/datasets/{dataset.slug}").status_code == 410
    assert visit().get("/datasets/never-was/").status_code == 404


def test_nothing_is_told_of_what_the_reader_could_not_read(world, visit, deliver, release, dataset):
    release(deliver(period="2023"))
    closed = Dataset.objects.get(pk=dataset.pk)
    closed.tier, closed.restriction = "own", Term.objects.filter(scheme="restriction").first()
    closed.save()
    operations.withdraw_dataset(world.actor("colleague"), closed, reason="Counted twice")
    for who in ("stranger", "citizen"):
        assert visit(who).get(dataset.get_absolute_url()).status_code == 404
        assert visit(who).get(f"/api/v1/datasets/{dataset.slug}").status_code == 404


def test_a_draft_that_was_never_published_is_no_tombstone(visit, dataset):
    assert visit().get(dataset.get_absolute_url()).status_code == 404


def test_a_table_too_large_for_a_workbook_is_offered_in_other_forms(visit, deliver, release):
    edition = release(deliver(period="2023"))
    page = visit().get(edition.dataset.get_absolute_url()).content.decode()
    assert "download/xlsx/" in page and "download/parquet/" in page
    edition.rows = 900_000
    edition.save(update_fields=["rows"])
    page = visit().get(edition.dataset.get_absolute_url()).content.decode()
    assert "download/xlsx/" not in page and "download/csv/" in page and "download/parquet/" in page
    assert visit().get(f"{edition.get_absolute_url()}download/xlsx/").status_code == 404


def test_uses_are_added_up_over_days_and_kinds_of_readers(visit, deliver, release):
    edition = release(deliver(period="2023"))
    for who in (None, None, "stranger", "citizen"):
        (visit(who) if who else visit()).get(f"{edition.get_absolute_url()}download/csv/")
    page = visit().get(edition.dataset.get_absolute_url()).content.decode()
    assert "downloaded 4" in " ".join(page.split())


def test_the_feed_of_a_dataset_tells_which_of_its_editions_was_withdrawn(visit, world, deliver, release, dataset):
    def entries():
        return feedparser.parse(visit().get(f"/feeds/datasets/{dataset.slug}.atom").content).entries

    first = release(deliver(period="2023"))
    release(deliver("code;year;clinics\n0101;2024;3\n", period="2024"))
    assert [entry.title.startswith("Withdrawn") for entry in entries()] == [False, False]
    operations.withdraw_edition(world.actor("colleague"), first, reason="Wrong districts")
    assert [entry.title.startswith("Withdrawn") for entry in entries()] == [True, False]
    told = entries()[0]
    assert told.summary == "Wrong districts" and told.id == f"{told.link}#withdrawn"
    assert visit().get(first.get_absolute_url()).status_code == 410
