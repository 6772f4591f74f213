"""What a dataset was made from, and that it is no longer kept: said and taken back on pages and in the API."""

import pytest

from sala.catalogue import operations
from sala.catalogue.models import Dataset, Lineage, PromisedEdition
from sala.core.language import Translated
from sala.core.models import Term
from sala.journal.models import Event

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}
PAGE, API = "/datasets/clinics-of-phuthong/", "/api/v1/datasets/clinics-of-phuthong"


@pytest.fixture
def register(world) -> Dataset:
    """Another dataset of the house, not published."""
    return operations.create_dataset(
        world.actor("owner"), owner=world.organisation("HEALTH-P01"), slug="register-of-beds", place=world.area("01"),
        title=Translated(lo="ທະບຽນຕຽງ", en="Register of beds"), tier="public",
        licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip


@pytest.fixture
def public(dataset, deliver, release) -> Dataset:
    release(deliver(period="2023"))
    return Dataset.objects.get(pk=dataset.pk)


def journalled(words: str) -> bool:
    return words in Event.objects.filter(subject_type="dataset").latest("pk").text


def test_several_sources_are_named_on_the_page_and_shown_to_those_who_may_see_them(visit, public, register):
    owner = visit("owner")
    owner.post(f"{PAGE}origins/", {"source": "register-of-beds", "note": "Counted by district"})
    owner.post(f"{PAGE}origins/", {"outside": "Sentinel-2, 2024"})
    html = owner.get(PAGE).content.decode()
    assert "/datasets/register-of-beds/" in html and "Counted by district" in html and "Sentinel-2, 2024" in html
    html = visit().get(PAGE).content.decode()
    assert "/datasets/register-of-beds/" not in html and "Register of beds" not in html and "Sentinel-2" in html


def test_what_names_no_source_or_two_or_the_same_twice_is_refused_beside_its_field(visit, public, register):
    owner = visit("owner")
    for sent, words in (
        ({"note": "n"}, "Name either a dataset kept here"),
        ({"source": "register-of-beds", "outside": "A survey"}, "Name either a dataset kept here"),
        ({"source": "clinics-of-phuthong"}, "itself made from this one"),
    ):
        answer = owner.post(f"{PAGE}origins/", sent)
        assert answer.status_code == 200 and words in answer.content.decode(), sent
    assert not Lineage.objects.exists()
    owner.post(f"{PAGE}origins/", {"outside": "A survey"})
    assert "named already" in owner.post(f"{PAGE}origins/", {"outside": "A survey"}).content.decode()
    assert Lineage.objects.count() == 1


def test_a_source_is_taken_back_and_the_journal_keeps_it(visit, public):
    owner = visit("owner")
    owner.post(f"{PAGE}origins/", {"outside": "A survey", "note": "2019"})
    origin = Lineage.objects.get()
    assert visit("stranger").post(f"{PAGE}origins/{origin.pk}/take-back/").status_code == 403
    assert Lineage.objects.exists()
    assert visit("owner").post(f"{PAGE}origins/{origin.pk}/take-back/").status_code == 302
    assert not Lineage.objects.exists() and journalled("origin taken back") and journalled("A survey")


def test_whoever_may_not_describe_the_dataset_has_no_form(visit, public):
    assert visit("stranger").get(f"{PAGE}origins/").status_code == 403
    assert visit("stranger").post(f"{PAGE}origins/", {"outside": "x"}).status_code == 403
    assert not Lineage.objects.exists()


def test_programs_name_sources_and_take_them_back_by_the_same_rules(visit, public, register):
    made = visit("owner").post(f"{API}/origins", {"source": "register-of-beds", "note": "n"}, **JSON)
    assert made.status_code == 201 and made.json()["source"] == "register-of-beds"
    assert visit("owner").post(f"{API}/origins", {"source": "nothing-here"}, **JSON).status_code == 422
    for wrong in ({}, {"outside": "x" * 301}):
        assert visit("owner").post(f"{API}/origins", wrong, **JSON).status_code == 422
    assert visit("stranger").post(f"{API}/origins", {"outside": "x"}, **JSON).status_code == 403
    assert [row["source"] for row in visit().get(f"{API}/origins").json()] == [""], "it is not open to the public"
    address = f"{API}/origins/{made.json()['pk']}"
    assert visit("stranger").delete(address).status_code == 403
    assert visit("owner").delete(address).status_code == 204 and not Lineage.objects.exists()
    assert visit("owner").delete(address).status_code == 404


def test_a_dataset_is_marked_as_no_longer_kept_with_a_reason_and_taken_up_again(visit, public):
    head = visit("head")
    assert PromisedEdition.objects.filter(dataset=public).exists()
    assert "retire/" in head.get(PAGE).content.decode()
    assert head.post(f"{PAGE}retire/", {"reason": ""}).status_code == 200
    assert head.post(f"{PAGE}retire/", {"reason": "The survey ended."}).status_code == 302
    html = visit().get(PAGE).content.decode()
    assert "no longer kept since" in html and "resume/" not in html
    assert not PromisedEdition.objects.filter(dataset=public).exists()
    assert visit("head").post(f"{PAGE}resume/").status_code == 302
    assert PromisedEdition.objects.filter(dataset=public).exists() and journalled("taken up again")
    assert "no longer kept since" not in visit().get(PAGE).content.decode()


def test_whoever_may_not_withdraw_may_not_retire_nor_take_up(visit, public):
    assert visit("stranger").get(f"{PAGE}retire/").status_code == 403
    for who in ("stranger", "reviewer"):
        assert visit(who).post(f"{API}/retire", {"reason": "x"}, **JSON).status_code == 403
    assert Dataset.objects.get(pk=public.pk).retired_on is None
    told = visit("head").post(f"{API}/retire", {"reason": "The survey ended."}, **JSON)
    assert told.status_code == 200 and told.json()["retired_on"]
    assert visit("head").post(f"{API}/retire", {"reason": "Again"}, **JSON).status_code == 409
    assert visit("stranger").post(f"{API}/resume").status_code == 403
    assert visit("head").post(f"{API}/resume").json()["retired_on"] is None
    assert visit("head").post(f"{API}/resume").status_code == 409


def test_it_is_not_taken_up_again_beside_another_official_source(world, visit, public, register):
    Dataset.objects.filter(pk=public.pk).update(concept="beds", is_official=True)
    operations.retire_dataset(world.actor("head"), public, reason="The survey ended.")
    Dataset.objects.filter(pk=register.pk).update(concept="beds", is_official=True)
    assert visit("head").post(f"{API}/resume").status_code == 409
    assert Dataset.objects.get(pk=public.pk).retired_on is not None
