"""Who sees a dataset: draft, each tier, shared, embargoed; on the page, in the API, in the list, as a download."""

from datetime import timedelta

import pytest

from sala.access.scope import audiences_of, visible
from sala.catalogue import operations
from sala.catalogue.models import Dataset, Edition
from sala.core import clock
from sala.core.models import Term

pytestmark = pytest.mark.django_db
CAST = ["owner", "colleague", "stranger", "citizen", "public"]


def seen_by(world, dataset):
    return [who for who in CAST if visible(world.actor(who), Dataset).filter(pk=dataset.pk).exists()]


def close(dataset, tier):
    dataset.tier, dataset.restriction = tier, Term.objects.filter(scheme="restriction").first()
    dataset.save()


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        ("public", CAST),
        ("government", ["owner", "colleague", "stranger"]),
        ("named", ["owner", "colleague"]),
        ("own", ["owner", "colleague"]),
    ],
)
def test_a_published_dataset_is_seen_by_its_tier(world, visit, dataset, deliver, release, tier, expected):
    edition = release(deliver(period="2024"))
    dataset = Dataset.objects.get(pk=dataset.pk)
    close(dataset, tier)
    assert seen_by(world, dataset) == expected
    addresses = [dataset.get_absolute_url(), edition.get_absolute_url(), edition.get_absolute_url() + "download/csv/",
                 f"/api/v1/datasets/{dataset.slug}"]  # fmt: skip
    for who in CAST:
        for address in addresses:
            assert (visit(who).get(address).status_code == 200) == (who in expected), (who, address)
        listed = {item["slug"] for item in visit(who).get("/api/v1/datasets").json()["items"]}
        assert (dataset.slug in listed) == (who in expected)


def test_a_draft_is_seen_by_its_own_house_only(world, dataset):
    assert seen_by(world, dataset) == ["owner", "colleague"]


def test_an_embargoed_edition_waits_for_its_hour(world, visit, dataset, deliver):
    edition = deliver(period="2024")
    operations.submit_edition(world.actor("owner"), edition)
    operations.publish_edition(world.actor("colleague"), edition, not_before=clock.now() + timedelta(days=3))
    assert visit().get(edition.get_absolute_url()).status_code == 404
    assert visit("owner").get(edition.get_absolute_url()).status_code == 200
    with clock.fixed(clock.now() + timedelta(days=4)):
        assert visible(world.actor("public"), Edition).filter(pk=edition.pk).exists()


@pytest.mark.parametrize("tier", ["public", "government", "own"])
def test_the_search_words_agree_with_the_rule(world, dataset, deliver, release, tier):
    release(deliver(period="2024"))
    dataset = Dataset.objects.get(pk=dataset.pk)
    close(dataset, tier)
    words = set(audiences_of(Dataset.objects.get(pk=dataset.pk)))
    for who in CAST:
        assert bool(world.actor(who).audiences & words) == (who in seen_by(world, dataset)), who


def test_a_tier_forged_through_the_api_is_refused(world, visit, dataset):
    token_of = visit("stranger")
    answer = token_of.patch(f"/api/v1/datasets/{dataset.slug}", {"tier": "public"}, content_type="application/json")
    assert answer.status_code == 404
    answer = visit("owner").patch(
        f"/api/v1/datasets/{dataset.slug}", {"tier": "everyone"}, content_type="application/json"
    )
    assert answer.status_code == 422 and "tier" in answer.json()["fields"]
    answer = visit("owner").patch(f"/api/v1/datasets/{dataset.slug}", {"tier": "own"}, content_type="application/json")
    assert answer.status_code == 422 and "restriction" in answer.json()["fields"]
