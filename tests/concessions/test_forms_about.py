"""Forms about leases and concessions: what a round expects, what phones get, who may know the names."""

import csv
import hashlib
import io

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import translation

import tests.collection.conftest as forms
from sala.access.actor import public
from sala.collection import operations as collection
from sala.collection.about import nouns
from sala.collection.models import Expected, Form, Reading
from sala.collection.operations import answers
from sala.collection.operations.reading import read_submission
from sala.collection.queries import lists
from sala.collection.queries.about import expected_about, subject_of_code
from sala.collection.queries.lists import Source, for_reader, made
from sala.collection.queries.rounds import expected_seen
from sala.concessions import operations as concessions
from sala.concessions.queries import register
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.duties import operations as duties
from sala.duties.models import Duty
from tests.collection.answering import send
from tests.concessions.conftest import square

pytestmark = pytest.mark.django_db

SURVEY = [
    ("type", "name", "label::Lao (lo)", "label::English (en)", "required", "constraint", "choice_filter"),
    ("select_one_from_file concessions.csv", "concession", "ໂຄງການ", "Concession", "yes", "", ""),
    ("integer", "planted", "ເນື້ອທີ່ປູກ (ha)", "Planted (ha)", "", "", ""),
    ("geopoint", "where", "ບ່ອນຢູ່", "Where", "", "", ""),
]
COUNTRY = "DM"

draft_round, open_round, read_once = forms.draft_round, forms.open_round, forms.read_once
village_form, workbook, workbooks_read = forms.village_form, forms.workbook, forms.workbooks_read


@pytest.fixture
def inspection_form(cast, village_form, read_once):
    """A form in use of which every concession gives one answer; its list is made of the register."""
    form = village_form(publish=False, survey=SURVEY, form_id="planted", form_title="ການກວດກາ")
    told = {"about": "other", "about_noun": "concession", "subject_question": "concession"}
    form = collection.change_form(cast.actor("owner"), form, **told)
    version = form.versions.get()
    collection.use_list(cast.actor("owner"), version, "concessions.csv", Source("concession", "", COUNTRY))
    collection.publish_version(cast.actor("colleague"), version)
    return Form.objects.get(pk=form.pk)


@pytest.fixture
def round_(inspection_form, open_round):
    """round_(posts=…) → an issued round of that form."""
    return lambda **told: open_round(inspection_form, **({"posts": ("LAND-P01-confirms",)} | told))


def table(text: bytes) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text.decode()))}


def expected_codes(rows) -> list[str]:
    return sorted(row.subject.code for row in rows)


def test_the_list_of_nouns_names_concessions():
    assert nouns()["concession"].plural


def test_a_form_about_a_register_says_which(cast, inspection_form):
    assert (inspection_form.kind_code, inspection_form.level, inspection_form.facility_kind) == (
        "concession",
        None,
        None,
    )
    for noun in ("", "boat"):
        with pytest.raises(Invalid) as refused:
            collection.change_form(cast.actor("owner"), inspection_form, about="other", about_noun=noun)
        assert "about_noun" in refused.value.fields
    changed = collection.change_form(cast.actor("owner"), inspection_form, about="nothing", subject_question="")
    assert changed.about_noun == ""


def test_a_round_expects_every_concession_of_the_area_that_may_stand_on_the_ground(cast, concession, granted, round_):
    here, also = granted(), concession("Teak two")
    elsewhere = concession("Far one", "other_district", area=cast.area("0201"), lead=cast.organisation("LAND-D0201"))
    refused = concession("Lapsed one")
    concessions.take_step(
        cast.actor("province"), refused, "lapse", decided_on=clock.today(), body=cast.organisation("GOV-P01")
    )
    rows = Expected.objects.filter(assignment__call=round_())
    assert expected_codes(rows) == sorted([here.reference, also.reference])
    assert {(row.subject_type, row.facility, row.area.code) for row in rows} == {("concession", None, "0101")}
    assert elsewhere.reference not in expected_codes(rows)


def test_whoever_reports_for_a_concession_is_its_respondent(cast, granted, round_):
    made_one = granted()
    Duty.objects.create(
        position=cast.position("TREECO-representative"), kind="reports", subject_type="concession",
        subject_id=made_one.pk, valid=DateRange(clock.today().replace(year=2020), None),
    )  # fmt: skip
    assert Expected.objects.get(assignment__call=round_()).respondent.code == "TREECO-representative"


def test_an_assignment_about_one_concession_asks_for_that_one_only(
    cast, concession, granted, inspection_form, draft_round
):
    """The office asked need not even lie around it: a ministry may send an inspector anywhere."""
    wanted = granted()
    concession("Teak two")
    asked = [duties.Asked(cast.position("INSP-inspector"), subject=wanted)]
    call = duties.issue_call(cast.actor("caller"), draft_round(inspection_form, asked=asked))
    assert expected_codes(Expected.objects.filter(assignment__call=call)) == [wanted.reference]


def test_a_second_round_refers_to_what_the_first_expects(cast, granted, concession, round_):
    granted()
    concession("Teak two")
    first, second = round_(), round_(posts=("LAND-P01-confirms", "LAND-D0101-concessions"))
    own = Expected.objects.filter(assignment__call=second)
    assert {row.given_in.assignment.call for row in own} == {first} and own.count() == 2


def test_a_code_names_a_concession_however_it_is_written_and_a_double_is_the_other(cast, concession, inspection_form):
    one = concession()
    found = subject_of_code(inspection_form, f" {one.reference.lower()} ", "/data/concession", clock.today())
    assert (found.other.pk, found.area.code) == (one.pk, "0101")
    unknown = subject_of_code(inspection_form, "Z-1", "/data/concession", clock.today())
    assert not unknown.is_known and unknown.flags[0]["code"] == "subject-unknown"


def test_an_answer_fills_the_row_of_its_concession_and_the_register_is_told(cast, granted, concession, inspection_form, round_, monkeypatch):  # fmt: skip
    one, two = granted(), concession("Teak two")
    call = round_()
    told = []
    monkeypatch.setattr(type(nouns()["concession"]), "changed", lambda noun, reading: told.append(reading.state))
    sent = send(cast, inspection_form, position="LAND-D0101-concessions", concession=one.reference, planted="40")
    reading = read_submission(sent)
    assert (reading.other.pk, reading.office.code, reading.expected.subject_id) == (one.pk, "LAND-P01", one.pk)
    states = {row.subject_id: row.state for row in Expected.objects.filter(assignment__call=call)}
    assert states == {one.pk: "received", two.pk: "waiting"}
    answers.approve(cast.actor("province"), sent)
    assert told == ["received", "approved"]
    read_submission(sent)  # anew: told again, and nothing else happened
    assert told == ["received", "approved", "approved"] and Reading.objects.count() == 1
    answers.reopen(cast.actor("province"), sent, reason="Counted twice")
    answers.approve_many(cast.actor("province"), [sent.pk], flagged=True)
    answers.reopen(cast.actor("province"), sent, reason="Counted twice")
    answers.set_aside(cast.actor("province"), sent, reason="A trial")
    assert told[3:] == ["received", "approved", "received", "aside"]
    assert Expected.objects.get(subject_id=one.pk).state == "waiting"


def test_two_concessions_of_one_place_are_not_taken_for_each_other(cast, granted, concession, inspection_form, round_):
    one, two = granted(), concession("Teak two")
    round_()
    for row in (one, two):
        found = subject_of_code(inspection_form, row.reference, "/data/concession", clock.today())
        assert expected_about(inspection_form, found).subject_id == row.pk
    sent = send(cast, inspection_form, position="LAND-D0101-concessions", concession=one.reference)
    read_submission(sent)
    again = send(cast, inspection_form, position="LAND-D0101-concessions", concession=one.reference)
    other = send(cast, inspection_form, position="LAND-D0101-concessions", concession=two.reference)
    assert read_submission(again).state == "double" and read_submission(other).state == "received"


def test_one_more_concession_is_expected_by_its_reference(cast, concession, round_, inspection_form):
    concession()
    call = round_()
    assignment = call.assignments.get()
    late = concession("Entered late")
    named = nouns()["concession"].named([late.pk])[late.pk]
    actor = cast.actor("province")
    row = collection.add_expected(actor, assignment, inspection_form, named)
    assert (row.subject.code, row.area.code) == (late.reference, "0101")
    with pytest.raises(Conflict):
        collection.add_expected(actor, assignment, inspection_form, named)
    with pytest.raises(Invalid):
        collection.add_expected(actor, assignment, inspection_form, cast.area("0101"))


def test_the_list_of_phones_holds_for_each_reader_what_that_reader_may_know(cast, granted, drawn, inspection_form):
    one = granted()
    drawn(one, square())
    file = inspection_form.versions.get().files.get()
    assert table(made(Source.read(file.source))) == {}  # what is kept is what everybody may know: nothing
    lists = {
        who: table(for_reader(file, cast.actor(who))[0]) for who in ("district", "inspector", "company", "stranger")
    }
    row = lists["district"][one.reference]
    assert (row["holder"] != "", row["granted_ha"], row["district"]) == (True, "100", "0101")
    assert row["geometry"].startswith("20.40") and row["lat"] == row["geometry"].split()[0]
    assert lists["inspector"] == lists["district"] and lists["company"] == lists["district"]
    assert lists["stranger"] == {} and table(for_reader(file, public())[0]) == {}


def test_a_list_for_phones_reckons_nothing_that_it_does_not_show(cast, granted, inspection_form, monkeypatch):
    one = granted()
    for name in ("late_of", "standing_grades"):
        monkeypatch.setattr(register, name, lambda *given: pytest.fail("reckoned for nothing"))
    file = inspection_form.versions.get().files.get()
    row = table(for_reader(file, cast.actor("district"))[0])[one.reference]
    assert (row["holder"] != "", row["granted_ha"]) == (True, "100")


def test_a_list_is_kept_shortly_and_made_anew_when_it_says_something_else(cast, granted, concession, drawn, inspection_form, round_, paper, stand_for, monkeypatch):  # fmt: skip
    one, times = granted(), []
    monkeypatch.setattr(lists, "made", lambda *given: times.append(given) or made(*given))
    file = inspection_form.versions.get().files.get()

    def got(who):
        found = for_reader(file, cast.actor(who))
        assert found[1] == hashlib.md5(found[0]).hexdigest()
        return table(found[0])

    assert got("province") == got("province") != {} and len(times) == 1  # the hash, then the list itself
    assert got("stranger") == {} and got("company") and len(times) == 3  # nobody gets that of another
    concession("Teak two")
    assert len(got("province")) == 2 and len(times) == 4
    drawn(one, square(), purpose="implementation")
    assert got("province")[one.reference]["developed_ha"] and len(times) == 5
    round_()
    assert got("province")[one.reference]["asked"] == "1" and len(times) == 6
    assert got("stranger") == got("stranger") == {} and len(times) == 7
    stand_for("basics", "place", "holder", "hectares")
    assert got("stranger") == {} and len(times) == 8  # what an office stands for may be opened
    for name in ("basics", "place"):
        concessions.open_class(
            cast.actor("ministry"), field_class=name, decision=paper(owner="LAND"), start=clock.today()
        )
    assert len(got("stranger")) == 2 and len(times) == 9
    with translation.override("lo"):
        got("stranger")
    assert len(times) == 10  # names of holders are in the language of the reader


def test_a_phone_gets_the_list_of_its_post_with_its_own_hash(cast, granted, inspection_form, round_):
    one = granted()
    round_(posts=("LAND-P01-confirms", "LAND-P02-data"))
    texts, hashes = {}, {}
    for post in ("LAND-P01-confirms", "LAND-P02-data"):
        _row, secret = collection.give_phone(cast.actor("admin"), cast.position(post), name="Phone")
        caller = Client(headers={"accept-language": "en", "x-openrosa-version": "1.0"})
        asked = Expected.objects.filter(assignment__position=cast.position(post)).exists()
        address = f"/openrosa/{secret}/forms/{inspection_form.slug}/1"
        answer = caller.get(f"{address}/media/concessions.csv")
        if not asked:
            assert answer.status_code == 404
            continue
        texts[post] = answer.content.decode()
        hashes[post] = caller.get(f"{address}/manifest").content.decode()
        assert answer.headers["ETag"].strip('"') in hashes[post]
        held = caller.get(f"{address}/media/concessions.csv", headers={"if-none-match": answer.headers["ETag"]})
        assert held.status_code == 304
    assert one.reference in texts["LAND-P01-confirms"]
    [row] = table(texts["LAND-P01-confirms"].encode()).values()
    assert row["asked"] == "1"  # and not for who is not asked
    file = inspection_form.versions.get().files.get()
    assert table(for_reader(file, cast.actor("inspector"))[0])[one.reference]["asked"] == ""


def test_names_are_told_to_those_who_may_know_them(cast, client, granted, round_, inspection_form):
    """Whoever owns the form sees that an answer is expected and may not know of which concession."""
    one = granted()
    call = round_(is_public=True)
    address = reverse("collection:round", args=[call.reference])
    for who, knows in (("province", True), ("inspector", True), ("owner", False)):
        client.force_login(cast.person(who))
        answer = client.get(address)
        assert answer.status_code == 200, who
        assert (one.reference in answer.content.decode()) is knows, who
        found = client.get(f"{address}?q={one.reference}&state=all").context["page"]
        assert len(found) == (1 if knows else 0), who
    seen = expected_seen(cast.actor("owner"), call)
    assert seen.count() == 1  # counted all the same


def test_the_place_of_a_concession_is_told_to_those_who_may_know_which_it_is(cast, visit, granted, round_, inspection_form):  # fmt: skip
    one = granted()
    call = round_(is_public=True)
    expected = Expected.objects.get(assignment__call=call)
    sent = send(cast, inspection_form, position="LAND-D0101-concessions", concession=one.reference)
    read_submission(sent)
    board, table_of = (
        reverse("collection:round", args=[call.reference]) + "?state=all",
        reverse("collection:round_file", args=[call.reference, "csv"]) + "?state=all",
    )
    paper = reverse("collection:form_paper", args=[inspection_form.slug]) + f"?expected={expected.pk}"
    for who, subject, place in (("owner", "", ""), ("province", one.reference, "0101")):
        (row,) = visit(who).get(f"/api/v1/calls/{call.reference}/expected?state=").json()["items"]
        assert (row["subject"], row["place"]) == (subject, place), who
        read = visit(who).get(f"/api/v1/answers/{sent.pk}").json()
        assert (read["subject"], read["place"]) == (subject, place), who
        listed = visit(who).get(reverse("collection:answers") + f"?form={inspection_form.slug}").context["page"]
        assert [bool(reading.told_area) for reading in listed] == [bool(place)], who
        rows = visit(who).get(board).content.decode().split('id="answers"')[1]  # below the counts
        assert ("Nongsai" in rows) is bool(place), who
        file = b"".join(visit(who).get(table_of).streaming_content).decode()
        assert ("Nongsai" in file) is bool(place), who
        assert visit(who).get(paper).status_code == 200, who


def test_pages_of_a_round_and_of_an_answer_name_the_concession(cast, client, granted, inspection_form, round_):
    one = granted()
    call = round_()
    row = Expected.objects.get(assignment__call=call)
    client.force_login(cast.person("province"))
    paper = client.get(reverse("collection:form_paper", args=[inspection_form.slug]) + f"?expected={row.pk}")
    assert paper.status_code == 200 and paper["Content-Type"] == "application/pdf"
    filled = client.get(
        reverse("collection:fill", args=[inspection_form.slug]) + f"?expected={row.pk}"
    ).content.decode()
    assert one.reference in filled
    sent = send(cast, inspection_form, position="LAND-D0101-concessions", concession=one.reference, planted="40")
    read_submission(sent)
    for address in (sent.get_absolute_url(), reverse("collection:answers") + f"?form={inspection_form.slug}"):
        assert "Teak one" in client.get(address, headers={"accept-language": "en"}).content.decode()
    table_of = client.get(reverse("collection:round_file", args=[call.reference, "csv"]) + "?state=all")
    assert one.reference in b"".join(table_of.streaming_content).decode()
    rows = client.get(f"/api/v1/calls/{call.reference}/expected?state=").json()["items"]
    assert [(item["kind"], item["subject"]) for item in rows] == [("concession", one.reference)]
    read = client.get(f"/api/v1/answers/{sent.pk}").json()
    assert (read["about"], read["subject"], read["place"]) == ("concession", one.reference, "0101")
