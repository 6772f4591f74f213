"""Approved answers become a draft edition of a dataset; nothing about single people leaves without a rule."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from sala.catalogue import operations as catalogue
from sala.catalogue.models import Dataset, Edition
from sala.catalogue.tables import select
from sala.collection import operations
from sala.collection.models import AnswerEdition, Reading
from sala.collection.operations.reading import read_submission
from sala.core.errors import Conflict, Invalid, NotPermitted
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document, Rule
from sala.journal.models import Event
from tests.collection.answering import about_districts, expect, issued_round, send
from tests.collection.conftest import SURVEY

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(world, village_form):
    return about_districts(world, village_form())


@pytest.fixture
def assignment(world, form):
    return issued_round(world, form)


@pytest.fixture
def dataset(world):
    house = world.organisation("HEALTH-P01")
    return catalogue.create_dataset(
        world.actor("owner"), owner=house, slug="village-water", title=Translated({"lo": "ນ້ຳ", "en": "Water"}),
        place=house.area, tier="government", restriction=Term.objects.filter(scheme="restriction").first(),
    )  # fmt: skip


def approved(world, form, assignment, code, **values):
    expect(world, assignment, form, code)
    reading = read_submission(send(world, form, village=code, **values))
    Reading.objects.filter(pk=reading.pk).update(state="approved")
    return reading


WELLS = "<depth>3.5</depth></well><well><depth>7</depth>"


@pytest.fixture
def answers(world, form, assignment):
    expect(world, assignment, form, "0202")
    return [
        approved(
            world,
            form,
            assignment,
            "0101",
            people="120",
            water="well",
            where="20.5 100.25 300 12.5",
            well=WELLS,
            photo="a.jpg",
        ),
        approved(world, form, assignment, "0102", people="7", water="river"),
    ]


def values(edition, *names):
    return [row[2:] for row in select(edition, names)]


def test_approved_answers_become_a_draft_edition_with_its_dictionary_and_provenance(
    world, form, assignment, dataset, answers
):
    edition = operations.make_edition(world.actor("owner"), form, dataset, call=assignment.call)
    assert (edition.state, edition.is_published, edition.rows, edition.period) == ("draft", False, 2, "2026")
    assert values(edition, "answer_place", "people", "water") == [("0101", 120, "well"), ("0102", 7, "river")]
    assert [row[0] and float(row[0]) for row in values(edition, "where_lat")] == [20.5, None]
    assert edition.area_column == "answer_place" and len(edition.area_map) == 2
    columns = {column.name: column for column in edition.distribution.dictionary.all()}
    assert dict(columns["people"].label) == {"lo": "ຈຳນວນຄົນ", "en": "People"}
    assert "river = River" in columns["water"].meaning["en"] and "river = ແມ່ນ້ຳ" in columns["water"].meaning["lo"]
    assert columns["answer_period"].role == "period"
    assert "photo" not in columns  # who is on it, or who took it, leaves with no edition
    kept = AnswerEdition.objects.get()
    assert (kept.answers, kept.expected, kept.waived, kept.versions) == (2, 3, 0, ["1"])
    for word in ("village_water", "1", assignment.call.reference, "2", "3"):
        assert word in edition.reason
    assert dataset.origins.get().outside.startswith("village_water")
    event = Event.objects.filter(verb="collection.edit", subject_type="form").latest("pk")
    assert (event.content()["edition"], event.content()["answers"]) == (edition.pk, 2)


def test_answers_that_are_not_approved_stay(world, form, assignment, dataset, answers):
    Reading.objects.filter(pk=answers[0].pk).update(state="received")
    edition = operations.make_edition(world.actor("owner"), form, dataset)
    assert values(edition, "people") == [(7,)]
    Reading.objects.update(state="received")
    with pytest.raises(Invalid, match="approved"):
        operations.make_edition(world.actor("owner"), form, dataset)


def test_the_rows_of_a_repeat_are_a_part_of_their_own_joined_by_the_number_of_the_answer(world, form, dataset, answers):
    owner = world.actor("owner")
    main = operations.make_edition(owner, form, dataset)
    wells = operations.make_edition(owner, form, dataset, table="/data/well")
    assert main.distribution != wells.distribution
    assert [(row[0], str(row[1]), float(row[2])) for row in values(wells, "answer", "answer_turn", "depth")] == [
        (1, "1", 3.5), (1, "2", 7.0),
    ]  # fmt: skip
    column = wells.distribution.dictionary.get(name="depth")
    assert column.unit == "m"


def test_the_edition_goes_the_way_of_every_other(world, form, dataset, answers):
    edition = operations.make_edition(world.actor("owner"), form, dataset)
    catalogue.submit_edition(world.actor("owner"), edition)
    catalogue.publish_edition(world.actor("colleague"), edition)
    assert Edition.objects.get(pk=edition.pk).is_published


def test_the_same_answers_twice_are_refused_and_more_answers_are_a_new_edition(
    world, form, assignment, dataset, answers
):
    owner = world.actor("owner")
    operations.make_edition(owner, form, dataset)
    with pytest.raises(Conflict, match="edition 1 already"):
        operations.make_edition(owner, form, dataset)
    approved(world, form, assignment, "0201", people="1")
    assert operations.make_edition(owner, form, dataset).number == 2


def test_strangers_make_no_edition_and_nothing_of_it_is_kept(world, form, dataset, answers):
    for who in ("stranger", "reviewer"):
        with pytest.raises(NotPermitted):
            operations.make_edition(world.actor(who), form, dataset)
    assert not Edition.objects.filter(distribution__dataset=dataset).exists()


# ---- about single people -------------------------------------------------------------------------------------------


@pytest.fixture
def personal(world, form, answers):
    """The form asks about single people: five answers from one district, one more from another."""
    for number in range(4):
        reading = read_submission(send(world, form, village="0101", people=str(200 + number)))
        Reading.objects.filter(pk=reading.pk).update(state="approved", expected=None)
    return operations.change_form(world.actor("owner"), form, asks_of_persons=True)


def test_the_page_says_how_many_columns_may_leave_and_by_which_rule(visit, world, personal):
    operations.mark_questions(world.actor("owner"), personal, paths=["/data/water"])
    page = visit("owner").get(f"/forms/{personal.slug}/data/").content.decode()
    assert "1 columns may leave, 8 stay here." in page and "about single people" in page
    rule = rule_for(world, personal, "confirmed")
    assert rule.get_absolute_url() in visit("owner").get(f"/forms/{personal.slug}/data/").content.decode()


def test_of_people_nothing_leaves_that_is_not_marked(world, personal, dataset):
    owner = world.actor("owner")
    with pytest.raises(Invalid, match="single people"):
        operations.make_edition(owner, personal, dataset)
    assert not Edition.objects.filter(distribution__dataset=dataset).exists()
    form = operations.mark_questions(owner, personal, paths=["/data/water"])
    edition = operations.make_edition(owner, form, dataset)
    names = [column["name"] for column in edition.columns]
    assert "water" in names and not {"people", "women", "where_lat", "village"} & set(names)


def test_answers_from_a_place_with_few_others_do_not_leave(world, personal, dataset):
    owner = world.actor("owner")
    form = operations.mark_questions(owner, personal, paths=["/data/water"])
    edition = operations.make_edition(owner, form, dataset)
    assert {row[0] for row in values(edition, "answer_place")} == {"0101"}
    assert (edition.rows, AnswerEdition.objects.get().left_out) == (5, 1)


def rule_for(world, form, certainty, begins=date(2020, 1, 1)):
    return Rule.objects.create(
        kind="release", key=f"form.{form.slug}", value={"text": {"lo": "ອະນຸຍາດ"}}, valid=DateRange(begins, None),
        source=Document.objects.first(), certainty=certainty, owner=world.organisation("HEALTH-P01"),
    )  # fmt: skip


def test_by_a_confirmed_rule_the_others_leave_closed_to_all_but_government(world, personal, dataset):
    rule = rule_for(world, personal, "confirmed")
    edition = operations.make_edition(world.actor("owner"), personal, dataset)
    columns = {column.name: column for column in edition.distribution.dictionary.all()}
    assert columns["people"].tier == "government"
    assert "photo" not in columns
    event = Event.objects.filter(verb="collection.edit", subject_type="form").latest("pk")
    assert event.content()["rule"] == rule.pk


@pytest.mark.parametrize(("certainty", "begins"), [("example", date(2020, 1, 1)), ("confirmed", date(2999, 1, 1))])
def test_a_rule_that_is_an_example_or_not_yet_in_force_lets_nothing_leave(world, personal, dataset, certainty, begins):
    rule_for(world, personal, certainty, begins)
    with pytest.raises(Invalid, match="single people"):
        operations.make_edition(world.actor("owner"), personal, dataset)


def test_only_its_house_marks_questions_and_only_those_it_has(world, form):
    with pytest.raises(NotPermitted):
        operations.mark_questions(world.actor("stranger"), form, paths=["/data/water"])
    with pytest.raises(Invalid, match="nowhere"):
        operations.mark_questions(world.actor("owner"), form, paths=["/data/nowhere"])


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_the_data_officer_makes_an_edition_on_the_page(visit, world, form, assignment, dataset, answers):
    page = visit("owner").get(f"/forms/{form.slug}/data/")
    assert page.status_code == 200 and assignment.call.reference in page.content.decode()
    sent = {"dataset": "village-water", "call": assignment.call.reference, "table": ""}
    answer = visit("owner").post(f"/forms/{form.slug}/data/edition/", sent)
    edition = Edition.objects.get(distribution__dataset=dataset)
    assert answer.status_code == 302 and answer.url == edition.get_absolute_url()
    assert edition.get_absolute_url() in visit("owner").get(f"/forms/{form.slug}/data/").content.decode()
    assert edition.get_absolute_url() not in visit("stranger").get(f"/forms/{form.slug}/data/").content.decode()
    assert visit("stranger").get(f"/forms/{form.slug}/data/edition/").status_code == 403
    assert visit("public").get(f"/forms/{form.slug}/data/").status_code == 404


def test_the_author_marks_questions_on_the_page(visit, world, form):
    answer = visit("owner").post(f"/forms/{form.slug}/data/questions/", {"paths": ["/data/water", "/data/people"]})
    assert answer.status_code == 302
    form.refresh_from_db()
    assert form.impersonal == ["/data/people", "/data/water"]
    assert 'value="/data/photo"' not in visit("owner").get(f"/forms/{form.slug}/data/questions/").content.decode()


def test_a_question_new_in_a_version_is_not_marked_by_itself(world, personal, dataset, workbook):
    owner = world.actor("owner")
    form = operations.mark_questions(owner, personal, paths=["/data/water"])
    path = workbook("second.xlsx", survey=[*SURVEY, ("text", "name", "ຊື່", "Name", "", "", "")], version="2")
    operations.publish_version(world.actor("colleague"), operations.receive_version(owner, form, path, path.name))
    edition = operations.make_edition(owner, form, dataset)
    assert "name" not in [column["name"] for column in edition.columns]
    assert Dataset.objects.get(pk=dataset.pk).state == "draft"
