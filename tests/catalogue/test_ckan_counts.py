"""package_search counts what it finds: each dataset once, in every facet, with words and without."""

from collections import Counter
from urllib.parse import urlencode

import pytest
from django.core.cache import cache

from sala.catalogue.models import Dataset, Distribution, Edition
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.search.operations import reindex

pytestmark = pytest.mark.django_db
FACETS = '["organization", "groups", "tags", "license_id", "res_format"]'


@pytest.fixture
def released(world):
    """Thirty datasets of four houses, in three forms, with none to three topics; every fifth for government only."""
    cache.clear()
    houses = [world.organisation(code) for code in ("LAND", "HEALTH-P01", "HEALTH", "STAT")]
    licences, topics = Term.objects.filter(scheme="licence")[:2], list(Term.objects.filter(scheme="topic")[:4])
    for number in range(30):
        dataset = Dataset.objects.create(
            slug=f"counted-{number}", title=Translated(lo="ແມ່ນ້ຳ", en=f"Rivers {'wide' if number % 2 else 'long'}"),
            owner=houses[number % 7 % 4], place=world.area("01"), tier="public" if number % 5 else "government",
            licence=licences[number % 2] if number % 5 else None, state="published", is_published=True,
        )  # fmt: skip
        dataset.topics.set(topics[number % 4 :])
        part = Distribution.objects.create(dataset=dataset, code="data", name=Translated(lo="ກ", en="A"))
        form, table = (("csv", "7" * 64), ("gpkg", "8" * 64), ("pdf", ""))[number % 3]
        Edition.objects.create(
            distribution=part, number=1, state="published", is_published=True, file_name=f"data.{form}", format=form,
            media_type="text/plain", bytes=1, sha256=f"{number:064}", table_sha256=table, rows=1, columns=[],
            received_at=clock.now(), published_at=clock.now(),
        )  # fmt: skip
    reindex(["dataset"])


def search(browser, **asked):
    sent = {"rows": 1000, "facet.field": FACETS, "facet.limit": -1} | asked
    return browser.get(f"/api/3/action/package_search?{urlencode(sent)}").json()["result"]


def counted(packages):
    """The same counts from the packages themselves."""
    found = {name: Counter() for name in ("organization", "groups", "tags", "license_id", "res_format")}
    for package in packages:
        found["organization"][package["organization"]["name"]] += 1
        found["license_id"].update(filter(None, [package["license_id"]]))
        for name in ("groups", "tags"):
            found[name].update(one["name"] for one in package[name])
        found["res_format"].update({one["format"] for one in package["resources"]})
    return found


@pytest.mark.parametrize(
    "asked", [{}, {"q": "rivers"}, {"q": "ແມ່ນ້ຳ"}, {"q": "wide"}, {"q": "rivers", "fq": "res_format:CSV"}]
)
@pytest.mark.parametrize("who", ["public", "member"])
def test_facets_count_what_is_found(released, visit, who, asked):
    found = search(visit(who), **asked)
    assert 0 < found["count"] == len(found["results"]) == len({one["id"] for one in found["results"]})
    assert {name: Counter(values) for name, values in found["facets"].items()} == counted(found["results"])
    for name, values in found["search_facets"].items():
        numbers = [(-one["count"], one["name"]) for one in values["items"]]
        assert numbers == sorted(numbers) and all(one["display_name"] for one in values["items"]), name


def test_the_largest_are_given_where_not_all_are_asked(released, visit):
    every, few = search(visit(), q="rivers"), search(visit(), q="rivers", **{"facet.limit": 1})
    for name in ("organization", "groups", "license_id"):
        assert list(few["facets"][name].items()) == list(every["facets"][name].items())[:1]


def test_a_dataset_of_two_topics_is_found_and_counted_once(released, visit):
    topics = Dataset.objects.get(slug="counted-4").topics.order_by("pk")
    either = search(visit(), fq=f"groups:({topics[0].code} OR {topics[1].code})")
    assert [one["name"] for one in either["results"]].count("counted-4") == 1
    assert either["count"] == len(either["results"])
    assert Counter(either["facets"]["groups"]) == counted(either["results"])["groups"]
    neither = search(visit(), fq=f"-tags:({topics[0].code} OR {topics[1].code})")
    assert "counted-4" not in [one["name"] for one in neither["results"]]
    assert neither["count"] + either["count"] == search(visit())["count"]
