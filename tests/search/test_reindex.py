"""Writing all search rows anew, in numbers."""

import random
import threading

import pytest
from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.test.utils import CaptureQueriesContext

from bench import many
from sala.access.actor import public
from sala.catalogue.models import DataService, Dataset, HarvestSource, RemoteDataset
from sala.core import subjects
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.operation import lock
from sala.ledger.models import Account
from sala.places.models import Facility, FacilityCode, FacilityKind
from sala.search import operations
from sala.search.gathering import INDEXES
from sala.search.models import SearchRow
from sala.search.operations import found_of, refresh, reindex
from sala.search.queries import find
from tests.conftest import connected_to
from tests.crawl.samples import make_bodies, make_concessions, make_forms, make_maps, make_visits
from tests.world import World


@pytest.fixture
def some_of_all(world):
    """A few rows of every noun that is searched, as the benchmark makes them."""
    chance = random.Random(1)
    for make in many.PARTS.values():
        make(20, chance)
    make_bodies(world)
    make_forms(world)
    make_visits(world)
    make_maps(world)
    make_concessions(world)
    office = world.organisation("HEALTH-P01")
    DataService.objects.create(
        slug="rain", owner=office, title=Translated(lo="ນ້ຳຝົນ", en="Rain"), endpoint="https://example.org/api"
    )
    facility = Facility.objects.create(
        code="S-1", kind=FacilityKind.objects.get(code="market"), name={"lo": "ຕະຫຼາດ"}, area=world.area("0101")
    )
    FacilityCode.objects.create(facility=facility, system="tax", value="7")
    source = HarvestSource.objects.create(
        slug="beyond", name="Beyond", kind="ckan", address="https://example.org", language="en", owner=office
    )
    Account.objects.create(
        code="tax-1", kind="receivable", currency="XTS", owner=office, payer=world.organisation("LAND"),
        name=Translated(lo="ຄ່າເຊົ່າ", en="Rent"),
    )  # fmt: skip
    RemoteDataset.objects.create(source=source, remote_id="1", digest="0", title={"en": "Rivers"})


@pytest.mark.django_db
def test_relations_of_many_rows_are_read_at_once(some_of_all):
    """Written one by one, each row would ask for its owner, its place, its topics and its files again."""
    searched = [subject for subject in subjects.all_subjects() if subject.search]
    assert len(searched) >= 5
    for subject in searched:
        rows = list(subject.model_class._default_manager.all()[:50])
        prefetch_related_objects(rows, *subject.reads)
        with CaptureQueriesContext(connection) as captured:
            assert any([found_of(subject, row) for row in rows]), subject.noun
        assert [query["sql"] for query in captured] == [], subject.noun


@pytest.mark.django_db
def test_read_at_once_or_one_by_one_a_row_is_found_by_the_same_words(some_of_all):
    for subject in subjects.all_subjects():
        if subject.search:
            alone = list(subject.model_class._default_manager.order_by("pk")[:50])
            together = list(subject.model_class._default_manager.order_by("pk")[:50])
            prefetch_related_objects(together, *subject.reads)
            assert [found_of(subject, row) for row in alone] == [found_of(subject, row) for row in together]


def test_several_hands_write_what_one_writes(committed):
    with connected_to(committed, as_owner=True):
        written = []
        for hands in (1, 3):
            SearchRow.objects.filter(noun="area").update(title={"lo": "?"}, digest="")
            SearchRow.objects.create(
                noun="dataset", subject_id=10**9, title={}, body={}, url="", audiences=["public"], vector="", pairs=""
            )
            count = reindex(force=True, hands=hands)
            rows = SearchRow.objects.order_by("noun", "subject_id")
            written.append((count, list(rows.values_list("noun", "subject_id", "title", "digest", "vector", "pairs"))))
        assert written[0] == written[1]
        assert count == len(written[0][1]) > 20


def test_a_reindexing_by_the_owner_leaves_the_index_quick_to_read(committed):
    """Meanwhile the index gathers words in a list, which every reader has to look through; afterwards it is empty."""
    with connected_to(committed, as_owner=True):
        found = find(public(), "health").count
        assert found and reindex(force=True)
        with connection.cursor() as cursor:
            cursor.execute("select reloptions from pg_class where relname = any(%s)", [list(INDEXES)])
            assert [options for (options,) in cursor.fetchall()] == [["fastupdate=off"]] * len(INDEXES)
            for name in INDEXES:
                cursor.execute("select gin_clean_pending_list(%s::regclass)", [name])
                assert cursor.fetchone() == (0,)
        assert find(public(), "health").count == found


@pytest.fixture
def open_dataset(committed):
    """A dataset that everybody finds."""
    world = World()
    dataset = Dataset.objects.create(
        slug="axolotl", title={"lo": "ອາໂຊໂລດ", "en": "Axolotl"}, owner=world.organisation("HEALTH-P01"), place=world.area("01"),
        tier="public", is_published=True, state="published", licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    refresh(dataset)
    assert find(public(), "axolotl").count == 1
    return dataset


class Closing(threading.Thread):
    """Closes a dataset in a connection of its own, and holds it until told to commit."""

    def __init__(self, dataset: Dataset):
        super().__init__()
        self.dataset, self.changed, self.may_commit = dataset, threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            with transaction.atomic():
                dataset = lock(self.dataset)
                dataset.tier = "own"
                dataset.save()
                refresh(dataset)
                self.changed.set()
                self.may_commit.wait(20)
        finally:
            connection.close()


def test_a_change_after_the_reading_is_not_overwritten(open_dataset, monkeypatch):
    """The dataset is closed between what the reindexing read and what it writes: it stays closed."""
    closing = Closing(open_dataset)
    closing.may_commit.set()
    index = operations.index

    def after_a_change(found, force=False):
        if not closing.ident and any(one.noun == "dataset" for one in found):
            closing.start()
            closing.join(2)  # as far as it comes
        index(found, force)

    monkeypatch.setattr(operations, "index", after_a_change)
    reindex(["dataset"], force=True)
    closing.join()
    assert closing.changed.is_set() and find(public(), "axolotl").count == 0


def test_a_change_before_the_reading_is_waited_for(open_dataset):
    """What somebody is changing is read when that is done; the rest does not wait."""
    closing = Closing(open_dataset)
    closing.start()
    assert closing.changed.wait(20)
    threading.Timer(1, closing.may_commit.set).start()
    assert reindex(["dataset"], force=True) == Dataset.objects.count()
    closing.join()
    assert find(public(), "axolotl").count == 0
    assert SearchRow.objects.filter(noun="dataset", subject_id=open_dataset.pk).count() == 1
