"""The home page of a front door shows what the front door is for: its place and its topics."""

import pytest
from django.test import override_settings

from sala.catalogue.models import Dataset
from sala.core.language import Translated
from sala.core.models import Term
from sala.site.models import Portal
from tests.catalogue.conftest import dataset, deliver, release, table_file
from tests.documents.conftest import delivered, draft, kind, published

__all__ = ["dataset", "deliver", "delivered", "draft", "kind", "published", "release", "table_file"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(world, visit):
    """home(code of the place, topics, who) → the home page of a front door for that place and those topics."""

    def show(place: str, topics: list[str], who: str = "public") -> str:
        door = Portal.objects.create(
            code=f"door{Portal.objects.count()}", host=f"door{Portal.objects.count()}.example.org",
            name={"lo": "ໜ້າ", "en": "Door"}, place=world.area(place), owner=world.organisation("HEALTH"), topics=topics,
        )  # fmt: skip
        with override_settings(ALLOWED_HOSTS=["*"]):
            answer = visit(who).get("/", headers={"host": door.host})
        assert answer.status_code == 200
        return answer.content.decode()

    return show


def topics(*codes: str) -> list[Term]:
    return list(Term.objects.filter(scheme="topic", code__in=codes))


def test_a_sector_platform_shows_new_data_of_its_topics_only(home, dataset, deliver, release):
    release(deliver())
    title = str(dataset.title["en"])
    assert title in home("DM", []) and title not in home("DM", ["health"])
    dataset.topics.set(topics("health", "people"))
    assert title in home("DM", ["people", "health"]) and title in home("DM", ["health"])
    assert title not in home("DM", ["water"])


def test_data_of_several_topics_stands_once(home, dataset, deliver, release):
    release(deliver())
    dataset.topics.set(topics("health", "people"))
    assert home("DM", ["people", "health"]).count(f'href="{dataset.get_absolute_url()}"') == 1


def test_new_documents_are_those_of_the_topics_and_of_the_place(world, home, published):
    for title, place, topic in (
        ("Clinic rules", "0101", "health"),
        ("Clinics far", "02", "health"),
        ("Canals", "01", "water"),
        ("Bare", "", ""),
    ):
        paper = published(title=Translated(lo="ເອກະສານ", en=title), words=title)
        paper.areas.set([world.area(place)] if place else [])
        paper.topics.set(topics(topic))

    def shown(*door: object) -> set[str]:
        page = home(*door)
        return {title for title in ("Clinic rules", "Clinics far", "Canals", "Bare") if title in page}

    assert shown("DM", []) == {"Clinic rules", "Clinics far", "Canals", "Bare"}
    assert shown("DM", ["health"]) == {"Clinic rules", "Clinics far"}
    assert shown("01", []) == {"Clinic rules", "Canals"}
    assert shown("01", ["health"]) == {"Clinic rules"}
    assert shown("02", ["water"]) == set()


def test_the_front_door_opens_nothing(home, dataset, deliver, release, draft):
    release(deliver())
    dataset.topics.set(topics("health"))
    Dataset.objects.filter(pk=dataset.pk).update(tier="own")
    paper = draft(title=Translated(lo="ຮ່າງ", en="Hidden draft"))
    paper.topics.set(topics("health"))
    for who, sees in (("public", False), ("stranger", False), ("owner", True)):
        page = home("DM", ["health"], who)
        assert (str(dataset.title["en"]) in page) is sees
        assert "Hidden draft" not in page
