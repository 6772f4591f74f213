"""A feed reader understands our feeds, and finds in them what the public sees and nothing else."""

import feedparser
import pytest

from sala.catalogue import operations as catalogue
from sala.catalogue.models import Dataset
from sala.core.models import Term
from sala.documents import operations as documents
from sala.documents.models import Document
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
    told = {title for title in ours if title.startswith("Withdrawn: ")}
    assert ours - told and all("public published" in title for title in ours - told)
    assert all("public withdrawn" in title for title in told)
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


def test_a_withdrawal_is_an_entry_of_its_own_with_its_reason_and_only_where_it_was_public(world, read):
    make_world(world)
    actor, reason = world.actor("command"), "The districts were swapped"
    for tier in ("public", "government"):
        found = Dataset.objects.get(slug=f"{SECRET}-{tier}-published")
        catalogue.withdraw_edition(
            actor, found.distributions.get().editions.filter(is_published=True).get(), reason=reason
        )
        for document in Document.objects.filter(slug__startswith=SECRET, tier=tier, state="published"):
            documents.withdraw_document(actor, document, reason=reason)
    for address in FEEDS:
        gone = [entry for entry in read(address, "owner").entries if entry.summary == reason]
        assert gone and all(entry.title.startswith("Withdrawn: ") and "public" in entry.title for entry in gone), (
            address
        )
        assert all(entry.id == f"{entry.link}#withdrawn" and entry.updated_parsed for entry in gone)
        assert not {entry.link for entry in gone} & {
            entry.link for entry in read(address).entries if not entry.id.endswith("#withdrawn")
        }
    lao = [entry.title for entry in read("/feeds/datasets.atom", language="lo").entries if entry.summary == reason]
    assert lao and all(title.startswith("ຖອນ") for title in lao)
