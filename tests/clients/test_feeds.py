"""A feed reader understands our feeds, and finds in them what the public sees and nothing else."""

import feedparser
import pytest

from sala.catalogue.models import Dataset
from sala.core.models import Term
from tests.crawl.samples import SECRET, make_world

pytestmark = pytest.mark.django_db

FEEDS = [
    "/feeds/datasets.atom", "/feeds/documents.atom", "/feeds/places/01.atom", "/feeds/organisations/HEALTH-P01.atom",
]  # fmt: skip


@pytest.fixture
def read(visit):
    """read(address) → the feed as feedparser understands it."""

    def get(address: str, who: str = "public", language: str = "en"):
        answer = visit(who, language).get(address)
        assert answer.status_code == 200 and answer["Content-Type"].startswith("application/atom+xml")
        found = feedparser.parse(answer.content)
        assert not found.bozo and found.version == "atom10"
        return found

    return get


@pytest.mark.parametrize("address", FEEDS)
def test_every_feed_holds_what_is_public_whoever_reads_it(world, read, address):
    make_world(world)
    titles = {entry.title for entry in read(address).entries}
    ours = {title for title in titles if SECRET in title}
    assert ours and all("public published" in title for title in ours)
    assert {entry.title for entry in read(address, "owner").entries} == titles


def test_an_entry_has_what_a_reader_needs(world, read):
    make_world(world)
    entry = next(entry for entry in read("/feeds/datasets.atom").entries if SECRET in entry.title)
    assert entry.link.startswith("http") and entry.link.endswith(f"/datasets/{SECRET}-public-published/table/1/")
    assert entry.id == entry.link and entry.updated_parsed and entry.author
    lao = next(one for one in read("/feeds/datasets.atom", language="lo").entries if one.link == entry.link)
    assert "ຊຸດຂໍ້ມູນ" in lao.title


def test_a_topic_and_a_dataset_have_their_own_feed_and_what_is_hidden_has_none(world, read, visit):
    make_world(world)
    topic = Term.objects.filter(scheme="topic").first()
    found = Dataset.objects.get(slug=f"{SECRET}-public-published")
    found.topics.add(topic)
    assert [entry.title for entry in read(f"/feeds/topics/{topic.code}.atom").entries if SECRET in entry.title]
    feed = read(f"/feeds/datasets/{found.slug}.atom")
    assert len(feed.entries) == 1 and feed.feed.link.endswith(found.get_absolute_url())
    for who in ("public", "owner"):
        assert visit(who).get(f"/feeds/datasets/{SECRET}-own-published.atom").status_code == 404
    assert visit().get(f"/feeds/datasets/{SECRET}-public-withdrawn.atom").status_code == 410
    assert visit().get("/feeds/topics/nothing.atom").status_code == 404
