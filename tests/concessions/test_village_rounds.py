"""Rounds that ask each village that a concession affects: one answer of each, found again, and told to whom it may be."""

import csv
import io

import pytest
from django.urls import reverse

import tests.collection.conftest as forms
from sala.collection import operations as collection
from sala.collection.about import nouns
from sala.collection.exports.tables import ChoiceWords
from sala.collection.models import Expected, Form
from sala.collection.operations.reading import read_submission
from sala.collection.queries.columns import tables_of
from sala.collection.queries.filling import written_in
from sala.collection.queries.lists import Source, for_reader
from sala.collection.queries.shown import rows_of
from sala.collection.queries.subjects import other_row
from sala.concessions.models import AffectedVillage, Concession
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.duties import operations as duties
from tests.collection.answering import send
from tests.concessions import test_releases as releases

pytestmark = pytest.mark.django_db
SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "constraint", "choice_filter"),
    ("select_one_from_file concessions.csv", "concession", "ໂຄງການ", "Concession", "yes", "", ""),
    ("text", "village", "ບ້ານ", "Village", "", "", ""),
    ("integer", "heard", "ຮັບຟັງຈັກຄົນ", "People heard", "", "", ""),
]
HERE = "LAND-P01-confirms"

draft_round, open_round, read_once = forms.draft_round, forms.open_round, forms.read_once
village_form, workbook, workbooks_read = forms.village_form, forms.workbook, forms.workbooks_read
opened = releases.opened


@pytest.fixture
def heard(cast, village_form, read_once):
    """A form in use that each village answers about each concession that affects it."""
    form = village_form(publish=False, survey=SURVEY, form_id="heard", form_title="ການປຶກສາ")
    told = {"about": "other", "about_noun": "concession", "subject_question": "concession", "place_question": "village"}
    form = collection.change_form(cast.actor("owner"), form, **told)
    version = form.versions.get()
    collection.use_list(cast.actor("owner"), version, "concessions.csv", Source("concession", "", "DM"))
    collection.publish_version(cast.actor("colleague"), version)
    return Form.objects.get(pk=form.pk)


@pytest.fixture
def affecting(cast, concession):
    """affecting(en, *codes of places) → a concession that affects these."""

    def make(en="Teak one", *codes):
        made = concession(en)
        for code in codes:
            AffectedVillage.objects.create(concession=made, area=cast.area(code))
        return made

    return make


def asked(call) -> set[tuple[str, str]]:
    rows = Expected.objects.filter(assignment__call=call).select_related("area")
    return {(row.subject.code, row.area.code) for row in rows}


def answer_of(cast, form, concession, village="", **said):
    found = send(
        cast, form, position="LAND-D0101-concessions", concession=concession.reference, village=village, **said
    )
    return read_submission(found)


def test_a_round_expects_one_answer_of_each_village_of_each_concession(affecting, heard, open_round):
    one, two, none = affecting("One", "0101", "0102"), affecting("Two", "0102"), affecting("Three")
    call = open_round(heard, posts=(HERE,))
    assert asked(call) == {
        (one.reference, "0101"), (one.reference, "0102"), (two.reference, "0102"), (none.reference, "0101"),
    }  # fmt: skip


def test_an_office_is_asked_for_the_villages_of_its_area_only_wherever_the_concession_is_entered(
    affecting, heard, open_round
):
    one = affecting("One", "0101", "0201")
    call = open_round(heard, posts=("LAND-D0201-concessions",))
    assert asked(call) == {(one.reference, "0201")}


def test_an_assignment_about_one_concession_asks_all_its_villages(cast, affecting, heard, draft_round):
    one = affecting("One", "0101", "0201")
    affecting("Two", "0101")
    part = [duties.Asked(cast.position("INSP-inspector"), subject=one)]
    call = duties.issue_call(cast.actor("caller"), draft_round(heard, asked=part))
    assert asked(call) == {(one.reference, "0101"), (one.reference, "0201")}


def test_an_answer_stands_for_its_own_village_and_no_other(cast, affecting, heard, open_round):
    one = affecting("One", "0101", "0102")
    open_round(heard, posts=(HERE,))
    first = answer_of(cast, heard, one, "0102", heard="12")
    assert (first.area.code, first.expected.area.code, first.state) == ("0102", "0102", "received")
    other = answer_of(cast, heard, one, "0101", heard="4")
    assert (other.expected.area.code, other.state) == ("0101", "received")
    assert answer_of(cast, heard, one, "0102").state == "double"
    elsewhere = answer_of(cast, heard, one, "0201")
    assert elsewhere.expected is None and "not-expected" in {one["code"] for one in elsewhere.flags}


def test_an_answer_that_does_not_say_which_village_is_told_apart_only_where_there_is_one(cast, affecting, heard, open_round):  # fmt: skip
    one, two = affecting("One", "0101", "0102"), affecting("Two", "0102")
    open_round(heard, posts=(HERE,))
    lost, found = answer_of(cast, heard, one), answer_of(cast, heard, two)
    assert lost.expected is None and "place-not-said" in {each["code"] for each in lost.flags}
    assert (found.expected.subject_id, found.area.code) == (two.pk, "0102")
    wrong = answer_of(cast, heard, one, "Z9")
    assert wrong.expected is None and "place-unknown" in {each["code"] for each in wrong.flags}


def test_where_no_village_was_known_the_answer_of_one_stands_for_the_concession(cast, affecting, heard, open_round):
    none = affecting("Three")
    open_round(heard, posts=(HERE,))
    row = Expected.objects.get(subject_id=none.pk)
    assert answer_of(cast, heard, none, "0101").expected == row


def test_one_more_village_is_expected_by_its_code(cast, visit, affecting, heard, open_round):
    one = affecting("One", "0102")
    call = open_round(heard, posts=(HERE,))
    part, actor = call.assignments.get(), cast.actor("province")
    named = other_row(actor, heard, one.reference)
    with pytest.raises(Invalid) as refused:
        collection.add_expected(actor, part, heard, named)
    assert "0102" in refused.value.fields["place"][0]
    AffectedVillage.objects.create(concession=one, area=cast.area("0101"))
    sent = {"assignment": part.pk, "form": heard.slug, "subject": one.reference, "place": "0101"}
    address = f"/api/v1/calls/{call.reference}/expected"
    assert visit("province").post(address, sent, content_type="application/json").status_code == 201
    assert asked(call) == {(one.reference, "0101"), (one.reference, "0102")}
    with pytest.raises(Conflict):
        collection.add_expected(actor, part, heard, named, place=cast.area("0101"))


def test_no_other_place_is_expected_than_those_of_the_row(cast, visit, affecting, heard, open_round):
    one = affecting("One", "0102", "0201")
    call = open_round(heard, posts=(HERE,))
    part, actor = call.assignments.get(), cast.actor("province")
    with pytest.raises(Invalid) as refused:
        collection.add_expected(actor, part, heard, other_row(actor, heard, one.reference), place=cast.area("0101"))
    told = refused.value.fields["place"][0]
    assert "(0102)" in told and "(0201)" not in told  # another office is asked for that one
    sent = {"assignment": part.pk, "form": heard.slug, "subject": one.reference, "place": "Z9"}
    address = f"/api/v1/calls/{call.reference}/expected"
    answer = visit("province").post(address, sent, content_type="application/json")
    assert answer.status_code == 422 and "There is no place with the code Z9." in answer.content.decode()
    assert asked(call) == {(one.reference, "0102")}


@pytest.mark.parametrize("is_standing", [False, True])
def test_an_answer_opened_for_one_village_that_names_another_does_not_stand_for_it(cast, affecting, heard, open_round, is_standing):  # fmt: skip
    affecting("One", "0101", "0102")
    open_round(heard, posts=(HERE,))
    form = collection.change_form(cast.actor("owner"), heard, subject_question="", is_standing=is_standing)
    here, there = (Expected.objects.get(area__code=code) for code in ("0101", "0102"))

    def told(village):
        found = read_submission(send(cast, form, position="LAND-D0101-concessions", said_for=here, village=village))
        return found.expected, found.area.code, {each["code"] for each in found.flags}

    expected, area, flags = told("0201")
    assert (expected, area) == (None, "0201") and "not-expected" in flags
    assert told("0102")[:2] == (there, "0102")
    expected, _area, flags = told("Z9")
    assert expected == here and "place-unknown" in flags
    assert told("0101")[:2] == (here, "0101") and told("")[:2] == (here, "0101")


def test_an_answer_is_held_against_the_last_one_of_its_own_village(cast, affecting, heard, open_round):
    one = affecting("One", "0101", "0102")  # the concession itself lies in the first
    open_round(heard, posts=(HERE,), period="2025")
    answer_of(cast, heard, one, "0102", heard="10")
    answer_of(cast, heard, one, "0101", heard="1000")
    Expected.objects.update(is_open=False)
    open_round(heard, posts=(HERE,), period="2026")

    def flags(village, people):
        found = answer_of(cast, heard, one, village, heard=people)
        assert found.expected.period == "2026"
        return {each["code"] for each in found.flags}

    assert "outlier-last" not in flags("0101", "1001") and "outlier-last" in flags("0102", "1001")


def test_one_question_does_not_name_both_the_row_and_its_place(cast, heard):
    with pytest.raises(Invalid) as refused:
        collection.change_form(cast.actor("owner"), heard, place_question="concession")
    assert "place_question" in refused.value.fields


def test_board_table_paper_and_page_name_the_village(cast, visit, affecting, heard, open_round):
    one = affecting("One", "0102")
    call = open_round(heard, posts=(HERE,))
    row, browser = Expected.objects.get(assignment__call=call), visit("province")
    name = str(cast.area("0102").name)
    board = browser.get(reverse("collection:round", args=[call.reference])).content.decode().split('id="answers"')[1]
    assert name in board and one.reference in board
    file = browser.get(reverse("collection:round_file", args=[call.reference, "csv"]))
    assert name in b"".join(file.streaming_content).decode()
    paper = reverse("collection:form_paper", args=[heard.slug]) + f"?expected={row.pk}"
    assert browser.get(paper).status_code == 200
    page = browser.get(reverse("collection:fill", args=[heard.slug]) + f"?expected={row.pk}").content.decode()
    assert name in page
    written = written_in(heard, heard.current, row.subject, row.area)
    assert written == {"/data/concession": one.reference, "/data/village": "0102"}
    assert "each village affected" in browser.get(heard.get_absolute_url()).content.decode()


def test_phones_get_the_villages_of_each_concession_as_far_as_they_are_open(cast, affecting, heard, opened):
    one = affecting("One", "0101", "0102")
    file = heard.versions.get().files.get()

    def villages(who):
        rows = csv.DictReader(io.StringIO(for_reader(file, cast.actor(who))[0].decode()))
        return {row["name"]: row["villages"] for row in rows}

    assert villages("province") == {one.reference: "0101 0102"} and villages("stranger") == {}
    opened("basics", "place")
    assert villages("stranger") == {one.reference: ""}


def test_an_answer_names_its_concession_only_to_those_who_may_know_it(cast, affecting, heard, open_round, opened):
    one = affecting("One", "0102")
    open_round(heard, posts=(HERE,))
    reading = answer_of(cast, heard, one, "0102")
    column = next(each for each in tables_of(heard)[""].columns if each.name == "concession")

    def told(who):
        rows = rows_of(reading, heard.current, {}, cast.actor(who))
        said = ChoiceWords(column, "en", cast.actor(who))
        said.learn([one.reference])
        row = next(row for row in rows if row.name == "concession")
        return str(row.value), said.known[one.reference]

    name = one.name.text("en").text
    assert told("province") == (str(one.name), name) and name != one.reference
    assert told("stranger") == (one.reference, one.reference)
    opened("basics", "place")
    assert told("stranger") == (str(one.name), name)


def test_the_place_of_a_concession_is_written_above_it_for_those_who_may_know_it(
    cast, affecting, village_form, read_once, opened
):
    survey = [
        ("type", "name", "label::Lao (lo)", "choice_filter"),
        ("select_one_from_file district.csv", "district", "ເມືອງ", ""),
        ("select_one_from_file concessions.csv", "concession", "ໂຄງການ", "district=${district}"),
        ("select_one_from_file district.csv", "state", "ສະຖານະ", ""),
    ]
    form = village_form(publish=False, survey=survey, form_id="seen", form_title="ການເບິ່ງ")
    told = {"about": "other", "about_noun": "concession", "subject_question": "concession"}
    form = collection.change_form(cast.actor("owner"), form, **told)
    version = form.versions.get()
    for name, source in (
        ("concessions", Source("concession", "", "DM")),
        ("district", Source("places", "district", "DM")),
    ):
        collection.use_list(cast.actor("owner"), version, f"{name}.csv", source)
    subject = affecting("One").reference
    row = nouns()["concession"].find(subject, clock.today())[0]
    own = {"/data/concession": subject}
    assert written_in(form, version, row, actor=cast.actor("province")) == own | {"/data/district": "0101"}
    assert written_in(form, version, row, actor=cast.actor("stranger")) == own == written_in(form, version, row)
    opened("basics", "place")
    assert written_in(form, version, row)["/data/district"] == "0101"


def test_only_a_form_about_a_register_with_such_places_asks_them(cast, heard):
    changed = collection.change_form(cast.actor("owner"), heard, about="nothing", subject_question="")
    assert changed.place_question == ""
    told = {"about": "other", "about_noun": "concession", "place_question": "nobody"}
    with pytest.raises(Invalid) as refused:
        collection.change_form(cast.actor("owner"), heard, **told)
    assert "place_question" in refused.value.fields


# ---- places that are not open to the reader ------------------------------------------------------------------------


@pytest.fixture
def public_round(affecting, heard, open_round, opened):
    """A public round about two concessions whose names are open to everybody, and not their places nor villages."""
    one, _two = affecting("One", "0102"), affecting("Two", "0102")
    opened("basics")
    return one, open_round(heard, posts=("LAND-P01-confirms",), is_public=True)


def test_counts_by_place_tell_nobody_where_a_row_lies_whose_place_is_closed(cast, visit, public_round):
    one, call = public_round
    address = reverse("collection:round", args=[call.reference])
    names = {str(cast.area("0102").name)}
    for who, knows in (("province", True), ("owner", False), ("public", False)):
        page = visit(who).get(f"{address}?by=place&state=all")
        assert page.context["total"].expected == 2, who
        told = {str(line.name) for line in page.context["lines"]}
        assert bool(told & names) is knows and ("Places not open to you" in told) is not knows, (who, told)
        inside = visit(who).get(f"{address}?by=place&place=0102&state=all").context
        assert inside["total"].expected == (2 if knows else 0), who
    for asked, found in (("place=0102", 0), ("q=0102", 0), (f"q={one.reference}", 1)):
        rows = visit("owner").get(f"{address}?{asked}&state=all").context["page"]
        assert rows.paginator.count == found, asked
        api = visit("owner").get(f"/api/v1/calls/{call.reference}/expected?state=&{asked}").json()
        assert api["count"] == found and not any(row["place"] for row in api["items"]), asked


def test_the_counts_open_with_the_decision_that_opens_villages(visit, public_round, opened):
    _one, call = public_round
    opened("villages")
    page = visit().get(reverse("collection:round", args=[call.reference]) + "?by=place&place=0102")
    assert page.context["total"].expected == 2


def test_the_place_of_a_concession_is_closed_where_only_its_name_is_open(
    cast, visit, affecting, heard, open_round, opened
):
    affecting("Three")  # no village: its own place is asked
    opened("basics", "villages")
    call = open_round(heard, posts=(HERE,), is_public=True)
    page = visit().get(reverse("collection:round", args=[call.reference]) + "?by=place&place=0101")
    assert page.context["total"].expected == 0
    assert Concession.objects.get().area.code == "0101"
