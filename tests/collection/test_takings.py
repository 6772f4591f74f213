"""Answers that were taken along are counted, and the history says who took what."""

import pytest

from sala.collection.models import DailyTaking
from sala.collection.operations.reading import read_submission
from sala.core import clock
from sala.journal.models import Event
from tests.collection.answering import about_districts, expect, issued_round, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(world, village_form):
    found = about_districts(world, village_form())
    assignment = issued_round(world, found)
    for code in ("0101", "0102"):
        expect(world, assignment, found, code)
        read_submission(send(world, found, village=code, people="12"))
    return found


def take(browser, form, query=""):
    answer = browser.get(f"/forms/{form.slug}/data/answers.csv{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_each_download_is_counted_by_kind_of_user_and_stands_in_the_history(visit, world, form):
    take(visit("owner"), form)
    take(visit("owner"), form, "?place=0101&words=1")
    counted = DailyTaking.objects.get(form=form)
    assert (counted.day, counted.user_kind, counted.count) == (clock.today(), "official", 2)
    first, second = Event.objects.filter(verb="collection.take").order_by("id")
    assert first.subject_id == form.pk and first.person_id == world.person("owner").pk
    told = first.content()
    assert (told["change"], told["format"], told["answers"]) == ("answers taken", "csv", 2) and "narrowed" not in told
    assert second.content()["narrowed"] == {"place": "0101"} and second.content()["answers"] == 1


def test_a_program_that_goes_from_page_to_page_took_one_thing(visit, form):
    browser = visit("owner")
    answer = browser.get(f"/api/v1/forms/{form.slug}/answers.jsonl?limit=1")
    b"".join(answer.streaming_content)
    b"".join(browser.get(f"/api/v1/forms/{form.slug}/answers.jsonl?limit=1&after={answer['X-Last']}").streaming_content)
    assert DailyTaking.objects.get().count == 1
    first, second = (event.content() for event in Event.objects.filter(verb="collection.take").order_by("id"))
    assert "after" not in first and second["after"] == int(answer["X-Last"]), "every page stands in the history"


def test_no_address_takes_answers_without_a_word_of_it(visit, form):
    for asked in ("?after=0", "?after=1", "?after=1&limit=5"):
        take(visit("owner"), form, asked)
    assert Event.objects.filter(verb="collection.take").count() == 3


def test_what_was_refused_is_not_counted(visit, form):
    assert visit("owner").get(f"/forms/{form.slug}/data/answers.csv?table=none").status_code == 422
    assert visit("owner").get(f"/forms/{form.slug}/data/answers.exe").status_code == 404
    assert not DailyTaking.objects.exists() and not Event.objects.filter(verb="collection.take").exists()


def test_those_whose_form_it_is_read_how_often(visit, form):
    page = f"/forms/{form.slug}/data/"
    assert "Nobody has taken these answers along" in visit("owner").get(page).content.decode()
    take(visit("owner"), form)
    assert "1 time in the last twelve months" in visit("owner").get(page).content.decode()
    assert "Taken along" not in visit("head").get(page).content.decode()  # he does not write forms
    history = visit("owner").get(f"/history/form/{form.pk}/")
    assert history.status_code in (200, 404)
