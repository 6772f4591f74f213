"""Naming a row of a long list: words, codes, addresses; what is offered, what is picked, what stays hidden."""

import pytest
from django import forms
from django.http import QueryDict

from sala.access.choosing import Chooser, ChoosingForm, SeveralChooser, SubjectChooser
from sala.catalogue.models import Dataset
from sala.documents.models import Document
from sala.people.models import Organisation, Position
from sala.places.models import Area

pytestmark = pytest.mark.django_db


class Form(ChoosingForm, forms.Form):
    title = forms.CharField()
    place = Chooser(Area)
    post = Chooser(Position, required=False)
    law = Chooser(Document, required=False)
    about = SubjectChooser(required=False)
    offices = SeveralChooser(Organisation, required=False)


def form(world, who="owner", **sent) -> Form:
    data = QueryDict(mutable=True)
    for name, value in {"title": "x", "place": "01", **sent}.items():
        data.setlist(name.replace("__", "-"), [str(one) for one in (value if isinstance(value, list) else [value])])
    made = Form(data)
    made.read_as(world.actor(who))
    return made


@pytest.mark.parametrize("text", ["01", "໐໑", "/places/01/"])
def test_a_code_in_either_digits_or_an_address_is_taken_at_once(world, text):
    sent = form(world, place=text)
    assert sent.is_valid() and sent.cleaned_data["place"].code == "01"


@pytest.mark.parametrize("code", ["lo", "en"])
def test_a_whole_name_in_either_language_is_taken_at_once(world, code):
    area = world.area("0101")
    sent = form(world, place=area.name[code])
    assert sent.is_valid() and sent.cleaned_data["place"] == area


def test_a_part_of_a_name_comes_back_with_what_it_may_mean_and_the_pick_is_taken(world):
    part = world.area("0101").name["en"][:4].lower()
    asked = form(world, place=part)
    html = asked.as_p()
    assert not asked.is_valid() and f'name="place-pick" value="{world.area("0101").pk}"' in html
    picked = form(world, place=part, place__shown=part, place__pick=world.area("0101").pk)
    assert picked.is_valid() and picked.cleaned_data["place"] == world.area("0101")


def test_new_words_count_more_than_an_old_pick(world):
    sent = form(world, place="0102", place__shown="old words", place__pick=world.area("0101").pk)
    assert sent.is_valid() and sent.cleaned_data["place"] == world.area("0102")
    emptied = form(world, post="", post__shown="head", post__pick=Position.objects.first().pk)
    assert emptied.is_valid() and emptied.cleaned_data["post"] is None


def test_a_post_is_found_by_title_office_and_place_together(world):
    position = (
        Position.objects.select_related("organisation__area")
        .filter(organisation__code="HEALTH-P01", is_head=True)
        .get()
    )
    words = f"{position.title['en']} {position.organisation.area.name['en']}"
    asked = form(world, post=words)
    assert not asked.is_valid() and position.code in asked.as_p()


def test_what_the_reader_may_not_see_is_neither_offered_nor_taken(world, dataset):
    assert form(world, "owner", about=dataset.title["en"]).is_valid()
    for text in (dataset.title["en"], f"dataset:{dataset.pk}", "Clinics"):
        refused = form(world, "stranger", about=text, about__shown=text, about__pick=f"dataset:{dataset.pk}")
        assert not refused.is_valid() and dataset.title["en"] not in refused.as_p().replace(text, "", 3)


def test_a_closed_organisation_and_a_forged_pick_are_refused(world):
    office = world.organisation("LAND-P02")
    Organisation.objects.filter(pk=office.pk).update(closed_on="2024-01-01")
    assert not form(world, offices="LAND-P02").is_valid()
    for forged in ("999999999", "abc", "1 or 1=1", str(office.pk)):
        sent = form(world, offices__pick=forged)
        assert sent.is_valid() and sent.cleaned_data["offices"] == []


def test_several_are_added_one_after_the_other_and_can_be_taken_out(world):
    land, health = world.organisation("LAND-P02"), world.organisation("HEALTH-P01")
    both = form(world, offices="LAND-P02; HEALTH-P01")
    assert both.is_valid() and set(both.cleaned_data["offices"]) == {land, health}
    kept = form(world, offices__pick=[land.pk], offices="HEALTH-P01")
    assert kept.is_valid() and set(kept.cleaned_data["offices"]) == {land, health}
    less = form(world, offices__pick=[health.pk])
    assert less.is_valid() and less.cleaned_data["offices"] == [health]


def test_find_shows_matches_and_no_complaint_about_the_rest_and_saves_nothing(world):
    asked = form(world, title="", place=world.area("0101").name["en"][:4], find="place")
    assert not asked.is_valid() and set(asked.errors) == {"place"}
    exact = form(world, title="kept", place="0101", find="place")
    assert not exact.is_valid() and not exact.errors and "checked" in exact.as_p()


def test_hostile_words_are_shown_as_words(world):
    text = "<script>alert(1)</script>"
    html = form(world, place=text).as_p()
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert not form(world, place="a\x00b").is_valid()
    assert not form(world, place="x" * 5000).is_valid()


def test_the_record_of_a_dataset_offers_no_hidden_law(world, visit, dataset):
    """The form once listed every document by title, whoever might read it."""
    other = Document.objects.create(
        slug="hidden", title={"lo": "ລັບ", "en": "Hidden paper"}, owner=world.organisation("LAND-P02"),
        kind_id=Document._meta.get_field("kind").related_model.objects.filter(scheme="document-kind").first().pk,
    )  # fmt: skip
    page = f"/datasets/{dataset.slug}/edit/"
    assert "Hidden paper" not in visit("owner").get(page).content.decode()
    answer = visit("owner").post(page, {"find": "legal_basis", "legal_basis": "Hidden"})
    assert answer.status_code == 200 and "Hidden paper" not in answer.content.decode()
    assert Dataset.objects.get(pk=dataset.pk).legal_basis_id is None and other.pk
