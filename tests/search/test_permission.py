"""What is found, counted, suggested and grouped is what the asker may see."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from sala.access.scope import sees
from sala.core import clock
from sala.people.models import Organisation
from sala.places.models import Area
from sala.search.filters import Filters
from sala.search.models import SearchRow
from sala.search.operations import refresh, reindex, remove
from sala.search.queries import find
from sala.search.suggestions import suggest
from tests.search.conftest import NOUN, audience_of

pytestmark = pytest.mark.django_db
CAST = ["owner", "colleague", "reviewer", "head", "stranger", "registrar", "caller", "citizen", "public"]
OFFICE = {"owner", "colleague", "reviewer", "head"}
STAFF = OFFICE | {"stranger", "registrar", "caller"}


@pytest.fixture
def tiers(world, put):
    """One object for each tier, all with the same rare word. Tier → address."""
    own = audience_of(world.actor("owner"))
    other = audience_of(world.actor("stranger"))
    return {
        "public": put("Quokka one", audiences=["public", own], tier="public", topics=["water"], year=2021),
        "government": put("Quokka two", audiences=["gov", own], tier="government", topics=["forest"], year=2022),
        "named": put("Quokka three", audiences=[own, other], tier="named", topics=["health"], year=2023),
        "own": put("Quokka four", audiences=[own], tier="own", topics=["land"], year=2024,
                   pages=[(1, "en", "wallaby on the page")]),
    }  # fmt: skip


def expected(who: str) -> set[str]:
    if who in OFFICE:
        return {"public", "government", "named", "own"}
    if who == "stranger":
        return {"public", "government", "named"}
    return {"public", "government"} if who in STAFF else {"public"}


@pytest.mark.parametrize("who", CAST)
def test_each_finds_their_own_share(world, tiers, urls, who):
    results = find(world.actor(who), "quokka")
    assert set(urls(results)) == {tiers[tier] for tier in expected(who)}
    assert results.count == len(expected(who))


def test_the_command_line_and_an_operator_find_everything(world, tiers):
    assert find(world.actor("command"), "quokka").count == 4


@pytest.mark.parametrize("who", [*CAST, "command"])
@pytest.mark.parametrize("text", ["quokka", ""])
def test_counts_and_facets_say_nothing_of_hidden_objects(world, tiers, who, text):
    """Differential: everything counted is what the same asker can list one by one."""
    actor = world.actor(who)
    results = find(actor, text, Filters(noun=NOUN))
    shown = {tier for tier in tiers if tiers[tier] in [item.url for item in results.items]}
    assert results.count == len(shown) == len(expected(who) if who != "command" else tiers)
    topics = {"public": "water", "government": "forest", "named": "health", "own": "land"}
    facets = {facet.name: {value.value: value.number for value in facet.values} for facet in results.facets}
    assert facets["topic"] == {topics[tier]: 1 for tier in shown}
    assert sum(facets["year"].values()) == facets["noun"][NOUN] == len(shown)
    assert ("tier" in facets) == (who in STAFF or who == "command")


def test_a_hidden_object_is_not_found_by_any_filter_page_or_suggestion(world, tiers):
    stranger = world.actor("stranger")
    assert find(stranger, "wallaby").count == 0
    assert find(world.actor("owner"), "wallaby").count == 1
    for narrowing in ({"topic": "land"}, {"year": 2024}, {"tier": "own"}):
        assert find(stranger, "quokka", Filters(**narrowing)).count == 0
        assert find(world.actor("owner"), "quokka", Filters(**narrowing)).count == 1
    assert "Quokka four" not in suggest(stranger, "Quoka four")
    assert "Quokka four" in suggest(world.actor("owner"), "Quoka four")


def test_the_tier_is_no_filter_for_the_public(world, tiers):
    """Else the answer to ?tier=own would depend on what is hidden."""
    assert find(world.actor("public"), "quokka", Filters(tier="own")).count == 1


def test_before_its_release_only_the_owner_finds_it(world, put):
    own = audience_of(world.actor("owner"))
    release = clock.now() + timedelta(days=2)
    put("Embargoed numbat", audiences=["public", "gov", own], before=[own], not_before=release, topics=["water"])
    for who in CAST:
        seen = find(world.actor(who), "numbat")
        assert seen.count == (1 if who in OFFICE else 0), who
        assert bool(seen.facets) == (who in OFFICE)
    with clock.fixed(release + timedelta(seconds=1)):
        cache.clear()  # counts are kept for a minute
        assert find(world.actor("public"), "numbat").count == 1


def test_counts_kept_for_one_office_are_not_given_to_another(world, tiers):
    assert find(world.actor("owner"), "quokka").count == 4
    assert find(world.actor("stranger"), "quokka").count == 3
    assert find(world.actor("owner"), "quokka").count == 4


def test_a_row_follows_its_object_in_the_same_transaction(world):
    office = world.organisation("HEALTH-P01")
    assert find(world.actor("public"), "HEALTH-P01").items[0].url == office.get_absolute_url()
    Organisation.objects.filter(pk=office.pk).update(closed_on=clock.today())
    refresh(Organisation.objects.get(pk=office.pk))
    assert office.get_absolute_url() not in [item.url for item in find(world.actor("public"), "HEALTH-P01").items]


def test_what_everyone_sees_everyone_finds(world):
    """The words on the rows and the rule of the pages come from one Scope."""
    area = world.area("01")
    for who in CAST:
        assert sees(world.actor(who), area)
        assert area.get_absolute_url() in [item.url for item in find(world.actor(who), "Phuthong").items], who


def test_reindexing_changes_nothing_that_is_right_and_mends_what_is_wrong(world):
    whole = set(SearchRow.objects.filter(noun="area").values_list("pk", flat=True))
    count = reindex(["area"])
    assert count == Area.objects.count() == len(whole)
    assert set(SearchRow.objects.filter(noun="area").values_list("pk", flat=True)) == whole
    first = SearchRow.objects.filter(noun="area").first()
    SearchRow.objects.filter(pk=first.pk).update(digest="")
    SearchRow.objects.create(noun="area", subject_id=999_999, title={}, body={}, url="/gone/", audiences=["public"],
                             analyser="", digest="", vector="", pairs="")  # fmt: skip
    reindex(["area"])
    now = set(SearchRow.objects.filter(noun="area").values_list("subject_id", flat=True))
    assert now == set(Area.objects.values_list("pk", flat=True))
    assert not SearchRow.objects.filter(pk=first.pk).exists()
    assert SearchRow.objects.get(noun="area", subject_id=first.subject_id).digest


def test_a_removed_object_is_found_no_more(world):
    area = world.area("0101")
    assert find(world.actor("public"), area.code).items[0].url == area.get_absolute_url()
    remove(area)
    assert area.get_absolute_url() not in [item.url for item in find(world.actor("public"), area.code).items]
