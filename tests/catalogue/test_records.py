"""The record of a dataset: what open and closed data need, one official source, honest origins."""

import pytest
from django.db import IntegrityError, transaction

from sala.catalogue import operations
from sala.catalogue.calculations import score
from sala.catalogue.models import Dataset
from sala.catalogue.queries import completeness_of, criteria_of
from sala.core.errors import Conflict, Invalid, NotPermitted, SignInNeeded
from sala.core.language import Translated
from sala.core.models import Term

pytestmark = pytest.mark.django_db


def enter(world, who="owner", **changes):
    fields = {
        "owner": world.organisation("HEALTH-P01"), "slug": "beds", "place": world.area("01"), "tier": "public",
        "title": Translated(lo="ຕຽງ", en="Beds"), "licence": Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    }  # fmt: skip
    return operations.create_dataset(world.actor(who), **{**fields, **changes})


def test_public_data_needs_a_licence_and_closed_data_a_reason(world):
    with pytest.raises(Invalid):
        enter(world, licence=None)
    with pytest.raises(Invalid):
        enter(world, tier="own")
    assert enter(world, tier="own", restriction=Term.objects.filter(scheme="restriction").first()).pk


@pytest.mark.parametrize(
    ("who", "error"), [("stranger", NotPermitted), ("citizen", NotPermitted), ("public", SignInNeeded)]
)
def test_others_enter_nothing_in_the_name_of_the_house(world, who, error):
    with pytest.raises(error):
        enter(world, who)
    assert not Dataset.objects.exists()


def test_an_address_is_taken_once(world):
    enter(world)
    with pytest.raises(Conflict):
        enter(world)


def test_one_official_source_of_a_concept_in_a_place(world):
    enter(world, concept="beds", is_official=True)
    second = enter(world, slug="beds-2", concept="beds")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dataset.objects.filter(pk=second.pk).update(is_official=True)


def test_a_copy_points_to_the_official_source(world, visit):
    enter(world, concept="beds", is_official=True, slug="official-beds")
    Dataset.objects.update(is_published=True, state="published")
    copy = enter(world, slug="copied-beds", concept="beds")
    assert "/datasets/official-beds/" in visit("owner").get(copy.get_absolute_url()).content.decode()


def test_origins_make_no_circle(world):
    first, second = enter(world), enter(world, slug="beds-2")
    operations.name_origin(world.actor("owner"), second, source=first)
    with pytest.raises(Invalid):
        operations.name_origin(world.actor("owner"), first, source=second)


def test_completeness_is_told_per_language_and_reading_by_a_second_person(world):
    dataset = enter(world, title=Translated(lo="ຕຽງ"))
    assert {row["language"]: row["share"] for row in completeness_of(dataset)} == {"lo": 50, "en": 0}
    operations.review_language(world.actor("reviewer"), dataset, code="lo")
    assert [row["reviewed"] for row in completeness_of(Dataset.objects.get())] == [True, False]
    with pytest.raises(NotPermitted):
        operations.review_language(world.actor("owner"), dataset, code="en")


def test_the_score_says_which_questions_are_not_met(world):
    dataset = enter(world)
    unmet = {criterion.code for criterion in criteria_of(dataset) if not criterion.met}
    assert "described" in unmet and "has_licence" not in unmet
    before = score(criteria_of(dataset))
    Dataset.objects.update(description=Translated(lo="ຂໍ້ຄວາມ", en="text"))
    assert score(criteria_of(Dataset.objects.get())) > before


@pytest.mark.parametrize("who", ["owner", "stranger", "public"])
def test_who_gets_the_forms(world, visit, who):
    enter(world)
    expected = {"owner": 200, "stranger": 404, "public": 404}[who]
    assert visit(who).get("/datasets/beds/edit/").status_code == expected


def test_a_record_is_edited_through_its_form_and_the_change_is_in_the_journal(world, visit):
    dataset = enter(world)
    data = {"title_0": "ຕຽງໂຮງໝໍ", "title_1": "Hospital beds", "place": "01", "tier": "public",
            "licence": dataset.licence_id, "grace_days": 30}  # fmt: skip
    form = visit("owner").get("/datasets/beds/edit/").content.decode()
    names = {name for name in ("title_0", "title_lo") if f'name="{name}"' in form}
    data |= {"title_lo": data["title_0"], "title_en": data["title_1"]} if "title_lo" in names else {}
    assert visit("owner").post("/datasets/beds/edit/", data).status_code == 302
    assert Dataset.objects.get().title["en"] == "Hospital beds"
    history = visit("head").get(f"/journal/dataset/{dataset.pk}/").content.decode()
    assert "Hospital beds" in history


def test_hostile_text_is_shown_as_text(world, visit):
    enter(world, title=Translated(lo="<script>alert(1)</script>", en="<img src=x onerror=alert(1)>"))
    html = visit("owner").get("/datasets/beds/").content.decode()
    assert "<script>alert" not in html and "<img src=x" not in html
