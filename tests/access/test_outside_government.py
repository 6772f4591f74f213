"""A post in a company or with a development partner is a post, and not one of government."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from sala.catalogue.models import DailyUse, Dataset
from sala.collection.models import Form
from sala.collection.queries.phones import Phone, listed_for
from sala.documents.models import Document
from sala.people import operations
from sala.people.models import Appointment, Person
from sala.people.queries import actor_for, actor_for_token, actor_of_key, actor_of_post
from sala.search.operations import reindex
from tests.crawl.samples import SECRET, make_forms, make_world
from tests.outside import POSTS

pytestmark = pytest.mark.django_db
CLOSED = f"{SECRET}-government-published"
OUTSIDE = ["company", "partner"]


@pytest.fixture
def closed(world):
    """A dataset and a document that are open to government."""
    make_world(world)
    reindex(["dataset", "document"])
    return Dataset.objects.get(slug=CLOSED), Document.objects.get(slug=CLOSED)


@pytest.mark.parametrize("who", OUTSIDE)
def test_what_is_open_to_government_is_closed_to_who_is_outside(closed, visit, who):
    for row in closed:
        api = f"/api/v1/{row._meta.model_name}s/{CLOSED}"
        assert [visit(who).get(address).status_code for address in (row.get_absolute_url(), api)] == [404, 404]
        assert [visit("stranger").get(address).status_code for address in (row.get_absolute_url(), api)] == [200, 200]


@pytest.mark.parametrize("who", OUTSIDE)
def test_search_does_not_find_it_for_them_neither_page_nor_api(closed, visit, who):
    def found(reader):
        page = visit(reader).get(f"/search/?q={SECRET}").content.decode()
        answer = visit(reader).get(f"/api/v1/search?q={SECRET}&size=100").json()
        return CLOSED in page, any(CLOSED in item["url"] for item in answer["items"])

    assert found(who) == (False, False) and found("stranger") == (True, True)


@pytest.mark.parametrize("who", OUTSIDE)
def test_the_front_door_of_government_is_closed_to_them_and_says_where_to_go(closed, visit, settings, who):
    settings.ALLOWED_HOSTS = ["*"]
    answer = visit(who).get("/", headers={"host": "internal.example.org"})
    assert answer.status_code == 403 and "Use the public one" in answer.content.decode()
    assert visit(who).get("/").status_code == 200


def test_a_key_of_their_post_and_the_post_itself_are_not_of_government_either(closed, world):
    for code in POSTS.values():
        post = world.position(code)
        key, _secret = operations.make_token(world.actor("command"), post, name="x", verbs=[], days=1)
        actors = [actor_for_token(key), actor_of_key(key)[0], actor_of_post(post)]
        assert [(actor.has_post, actor.is_government) for actor in actors] == [(True, False)] * 3


def test_they_keep_their_desk_and_are_offered_it(closed, visit):
    page = visit("company").get("/desk/")
    words = page.content.decode()
    assert page.status_code == 200 and "You hold no post today" not in words and 'href="/desk/"' in words
    assert "/concessions/" in words and "/answers/" in words


def test_who_has_a_post_of_government_besides_reads_as_government(closed, world):
    person = world.person("company")
    Appointment.objects.create(
        person=person, position=world.position("LAND-P02-head"), valid=DateRange(date(2020, 1, 1), None)
    )
    assert actor_for(person).is_government


def test_use_by_a_company_is_not_counted_as_that_of_an_official(closed, visit):
    open_to_all = Dataset.objects.get(slug=f"{SECRET}-public-published")
    visit("company").get(open_to_all.get_absolute_url())
    visit("partner").get(open_to_all.get_absolute_url())
    visit("stranger").get(open_to_all.get_absolute_url())
    counted = DailyUse.objects.filter(dataset=open_to_all).values_list("user_kind", flat=True)
    assert sorted(counted) == ["business", "official", "partner"]


def test_who_is_invited_to_a_company_is_not_made_known_as_an_official(closed, world):
    made = operations.invite(
        world.actor("admin"), world.position("TREECO-representative"), name="X", email="x@example.org", language="en"
    )
    assert Person.objects.get(pk=made.pk).kind == "business"


def test_who_is_outside_asks_for_access_as_a_person_does(closed, visit):
    answer = visit("company").get(reverse("catalogue:ask_access"))
    assert answer.status_code == 302 and answer["Location"].endswith("/access/person/")


def test_how_long_papers_wait_is_told_to_government_only(closed, visit):
    assert visit("stranger").get(reverse("duties:waits")).status_code == 200
    assert visit("company").get(reverse("duties:waits")).status_code == 403


def test_a_phone_of_a_company_gets_no_standing_form_that_is_open_to_government(closed, world):
    def listed(code):
        behind = Phone(1, "x", world.position(code).pk, ["collection.send"], frozenset())
        return {row.slug for row in listed_for(behind) if row.slug.startswith(SECRET)}

    make_forms(world)
    Form.objects.filter(slug__startswith=SECRET).update(is_standing=True)
    public, government = f"{SECRET}-public-used", f"{SECRET}-government-used"
    assert listed("TREECO-representative") == {public}
    cache.clear()  # the rights behind a phone are kept for seconds
    assert listed("LAND-P03-data") == {public, government}
