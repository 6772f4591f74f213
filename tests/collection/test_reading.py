"""From what came in to what it says, what it is about and for what it stands."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from sala.collection import operations
from sala.collection.jobs import read_again_of_form
from sala.collection.models import AnswerStep, Expected, Reading, SubmissionFile, Unread
from sala.collection.operations.reading import read_submission, read_waiting
from sala.core import clock
from sala.journal.models import Event
from sala.places.models import Area, AreaCode
from tests.collection.answering import about_districts, expect, issued_round, office_of, send
from tests.collection.conftest import SURVEY

pytestmark = pytest.mark.django_db


def codes(reading):
    return {each["code"] for each in reading.flags}


def test_values_come_typed_with_the_rows_of_repeats_and_the_point(world, form, asked):
    answer = send(
        world, form, village="0101", people="120", women="58", water="well", where="20.5 100.25 300 12.5",
        well="<depth>3.5</depth></well><well><depth>7</depth>",
    )  # fmt: skip
    reading = read_submission(answer)
    assert reading.values == {
        "/data/village": "0101", "/data/people": 120, "/data/women": 58, "/data/water": "well",
        "/data/where": {"lat": 20.5, "lon": 100.25, "altitude": 300.0, "accuracy": 12.5},
        "/data/well": [{"/data/well/depth": 3.5}, {"/data/well/depth": 7.0}],
    }  # fmt: skip
    assert (reading.point.x, reading.point.y, reading.accuracy_m) == (100.25, 20.5, 12.5)
    reading = Reading.objects.get()
    assert (reading.area.code, reading.period, reading.state, reading.flags) == ("0101", "2026", "received", [])
    assert (reading.office.code, reading.expected) == ("HEALTH-P01", asked["0101"])
    assert not Unread.objects.exists()


def test_the_row_of_the_round_says_that_its_answer_came_and_when(world, form, asked):
    answer = send(world, form, village="0101", people="120", received=datetime(2026, 10, 1, 3, tzinfo=UTC))
    read_submission(answer)
    row = asked["0101"]
    row.refresh_from_db()
    assert (row.state, row.received_at) == ("received", answer.received_at)
    asked["0102"].refresh_from_db()
    assert (asked["0102"].state, asked["0102"].received_at) == ("waiting", None)


def test_a_code_of_any_system_in_lao_digits_too_names_the_place(world, form, asked):
    AreaCode.objects.create(area=world.area("0102"), system="census", value="QX-77")
    assert read_submission(send(world, form, village="qx-77", people="1")).area.code == "0102"
    assert read_submission(send(world, form, village="໐໑໐໑", people="1")).area.code == "0101"


def test_a_code_that_nobody_knows_or_of_another_level_is_told_and_nothing_is_lost(world, form, asked):
    unknown = read_submission(send(world, form, village="9999", people="1"))
    other = read_submission(send(world, form, village="01", people="1"))
    assert codes(unknown) == {"subject-unknown", "not-expected"} and unknown.area is None
    assert codes(other) == {"subject-other", "not-expected"} and other.area is None
    assert {unknown.state, other.state} == {"received"} and unknown.values["/data/people"] == 1
    assert unknown.office.code == "HEALTH-P01"


def test_without_a_question_the_one_row_that_waits_for_the_sender_is_meant(world, village_form):
    form = about_districts(world, village_form(), subject_question="")
    teacher = office_of(world, "S1")
    assignment = issued_round(world, form)
    row = expect(world, assignment, form, "0102", respondent=teacher)
    expect(world, assignment, form, "0101", respondent=office_of(world, "S2"))
    reading = read_submission(send(world, form, position=teacher, people="3"))
    assert (reading.expected, reading.area.code, reading.office.code) == (row, "0102", "HEALTH-P01")


def test_without_a_row_the_place_of_the_senders_office_is_meant(world, village_form):
    form = about_districts(world, village_form(), subject_question="", is_standing=True)
    reading = read_submission(send(world, form, position=office_of(world, "S1", area="0102"), people="3"))
    assert (reading.area.code, reading.expected, reading.period) == ("0102", None, "")
    nobody = read_submission(send(world, form, people="3"))
    assert codes(nobody) == {"subject-not-said"} and nobody.area is None


def test_a_second_answer_about_the_same_is_a_double_and_stays_visible(world, form, asked):
    first = read_submission(send(world, form, village="0101", people="120"))
    second = read_submission(send(world, form, village="0101", people="130"))
    assert (first.state, second.state) == ("received", "double")
    assert second.expected == first.expected and second.values["/data/people"] == 130


def test_a_correction_replaces_what_it_corrects(world, form, asked):
    first = send(world, form, village="0101", people="120")
    read_submission(first)
    second = read_submission(send(world, form, deprecated=first, village="0101", people="130"))
    first.reading.refresh_from_db()
    assert (first.reading.state, second.state, second.expected) == ("replaced", "received", asked["0101"])
    step = AnswerStep.objects.get(submission=first)
    assert (step.before, step.step, step.after) == ("received", "replace", "replaced")
    assert Event.objects.filter(subject_type="answer", subject_id=first.pk, text__contains="answer replaced").exists()


def test_a_correction_to_another_place_frees_the_row_it_stood_for(world, form, asked):
    first = send(world, form, village="0101", people="120")
    read_submission(first)
    read_submission(send(world, form, deprecated=first, village="0102", people="120"))
    for row in asked.values():
        row.refresh_from_db()
    assert (asked["0101"].state, asked["0101"].received_at, asked["0102"].state) == ("waiting", None, "received")


def test_a_correction_that_is_read_before_what_it_corrects_stands_all_the_same(world, form, asked):
    first = send(world, form, village="0101", people="120")
    second = read_submission(send(world, form, deprecated=first, village="0101", people="130"))
    assert codes(second) == {"corrects-unknown"} and second.state == "received"
    assert read_submission(first).state == "replaced"
    asked["0101"].refresh_from_db()
    assert asked["0101"].state == "received"


def test_two_corrections_of_one_answer_do_not_both_stand(world, form, asked):
    first = send(world, form, village="0101", people="120")
    read_submission(first)
    second = read_submission(send(world, form, deprecated=first, village="0101", people="130"))
    third = read_submission(send(world, form, deprecated=first, village="0101", people="140"))
    assert (second.state, third.state, codes(third)) == ("received", "double", {"corrects-corrected"})


def test_nobody_replaces_the_answer_of_another_house_by_naming_it(world, form, asked):
    teacher, stranger = office_of(world, "S1"), office_of(world, "S2", parent="LAND-P02")
    first = send(world, form, position=teacher, village="0101", people="120")
    read_submission(first)
    forged = read_submission(send(world, form, position=stranger, deprecated=first, village="0101", people="1"))
    first.reading.refresh_from_db()
    assert (first.reading.state, forged.state) == ("received", "double")
    assert codes(forged) == {"corrects-foreign", "other-sender"}


def test_a_new_answer_for_a_returned_one_replaces_it_only_from_the_same_house(world, form, asked):
    teacher = office_of(world, "S1")
    first = send(world, form, position=teacher, village="0101", people="120")
    reading = read_submission(first)
    reading.state = "returned"
    reading.save()
    other = read_submission(send(world, form, position=office_of(world, "S2"), village="0101", people="1"))
    again = read_submission(send(world, form, position=teacher, village="0101", people="121"))
    reading.refresh_from_db()
    assert (other.state, again.state, reading.state) == ("double", "received", "replaced")


def test_late_files_make_the_answer_whole_and_its_state_stays(world, form, asked):
    answer = send(world, form, village="0101", people="3", photo="a.jpg", files=["a.jpg"])
    reading = read_submission(answer)
    assert (reading.is_whole, codes(reading)) == (False, {"files-missing"})
    reading.state = "approved"
    reading.save()
    SubmissionFile.objects.create(
        submission=answer, name="a.jpg", media_type="image/jpeg", sha256="0" * 64, bytes=1, received_at=clock.now()
    )
    reading = read_submission(answer)
    assert (reading.is_whole, codes(reading), reading.state) == (True, set(), "approved")
    assert Reading.objects.count() == 1


def test_an_unknown_version_is_read_as_the_one_in_use_until_it_comes(world, form, asked, workbook):
    answer = send(world, form, version="2", village="0101", people="3")
    reading = read_submission(answer)
    assert answer.version is None and codes(reading) == {"version-unknown"} and reading.values["/data/people"] == 3
    path = workbook("second.xlsx", version="2")
    version = operations.receive_version(world.actor("owner"), form, path, path.name)
    operations.publish_version(world.actor("colleague"), version)
    job = ProcrastinateJob.objects.filter(task_name="collection.read_again").latest("id")
    assert read_again_of_form(**job.args) == 1 and Unread.objects.filter(pk=answer.pk).exists()
    assert read_waiting() == 1
    assert codes(Reading.objects.get(pk=answer.pk)) == set()


def test_a_withdrawn_form_and_an_old_version_are_told(world, form, asked, workbook):
    path = workbook("second.xlsx", version="2")
    version = operations.receive_version(world.actor("owner"), form, path, path.name)
    operations.publish_version(world.actor("colleague"), version)
    assert codes(read_submission(send(world, form, village="0101", people="3"))) == {"version-not-in-use"}
    operations.withdraw_form(world.actor("colleague"), form, reason="Replaced")
    form.refresh_from_db()
    assert codes(read_submission(send(world, form, version="2", village="0102", people="3"))) == {"form-withdrawn"}


def test_values_that_do_not_fit_are_told_beside_their_question(world, form, asked):
    reading = read_submission(send(world, form, village="0101", people="many", extra="1"))
    assert {(each["code"], each["path"]) for each in reading.flags} == {("value-unfit", "/data/people"), ("unknown-question", "")}  # fmt: skip
    assert "/data/people" not in reading.values


def test_the_worker_reads_all_that_waits_and_one_that_fails_holds_up_no_other(world, form, asked, monkeypatch):
    good, bad = send(world, form, village="0101", people="1"), send(world, form, village="0102", people="1")
    last = send(world, form, village="0102", people="2")
    real = read_submission

    def broken(submission):
        if submission.pk == bad.pk:
            raise RuntimeError("a fault of ours")
        return real(submission)

    monkeypatch.setattr("sala.collection.operations.reading.read_submission", broken)
    assert read_waiting() == 2
    assert list(Unread.objects.values_list("pk", flat=True)) == [bad.pk]
    monkeypatch.undo()
    assert read_waiting() == 1 and read_waiting() == 0
    states = dict(Reading.objects.values_list("pk", "state"))
    assert states == {good.pk: "received", bad.pk: "double", last.pk: "received"}


def test_one_answer_serves_the_rows_of_two_rounds(world, form, asked):
    also = expect(world, issued_round(world, form), form, "0101", given_in=asked["0101"])
    read_submission(send(world, form, village="0101", people="3"))
    also.refresh_from_db()
    assert (also.state, also.received_at is not None) == ("received", True)


def test_a_place_far_away_a_wrong_clock_and_haste_are_told(world, village_form, workbook):
    survey = [("start", "begun", "", "", "", "", ""), ("end", "done", "", "", "", "", "")]
    form = about_districts(world, village_form(survey=[SURVEY[0], *survey, *SURVEY[1:]]), minutes=20)
    assignment = issued_round(world, form)
    expect(world, assignment, form, "0101")
    now = clock.now()
    hasty = {"begun": (now - timedelta(seconds=50)).isoformat(), "done": (now - timedelta(seconds=10)).isoformat()}
    reading = read_submission(send(world, form, village="0101", people="3", where="20.5 101.6 0 5", **hasty))
    told = {each["code"]: each["values"] for each in reading.flags}
    assert set(told) == {"too-fast", "far-away"} and told["too-fast"] == {"seconds": 40, "least": 240}
    assert 80 < told["far-away"]["km"] < 150
    late = {"begun": (now + timedelta(days=400)).isoformat(), "done": (now + timedelta(days=400, hours=1)).isoformat()}
    reading = read_submission(send(world, form, village="0101", people="3", where="20.5 100.25 0 5", **late))
    assert codes(reading) == {"clock-off"}
    paper = send(world, form, village="0101", people="3", where="20.5 101.6 0 5", channel="paper", **hasty)
    assert codes(read_submission(paper)) == set()


def test_figures_are_held_against_the_last_period_and_the_neighbours(world, village_form):
    form = about_districts(world, village_form())
    last, this = issued_round(world, form, period="2025"), issued_round(world, form, period="2026")
    district = world.area("0101")
    areas = [district, world.area("0102")]
    for number in range(12):
        areas.append(
            Area.objects.create(
                level=district.level, code=f"01{number + 50}", name=district.name, parent=district.parent, path=""
            )
        )
        areas[-1].path = f"{district.parent.path}{areas[-1].pk}/"
        areas[-1].save()
    for area in areas:
        expect(world, last, form, area.code, is_open=False)
        expect(world, this, form, area.code)

    def year(code, people, period):
        row = Expected.objects.get(form=form, area__code=code, period=period)
        Expected.objects.filter(area__code=code).update(is_open=False)
        Expected.objects.filter(pk=row.pk).update(is_open=True)
        return read_submission(send(world, form, village=code, people=str(people)))

    for number, area in enumerate(areas):
        assert codes(year(area.code, 1000 + number, "2025")) == set()
    for number, area in enumerate(areas[2:]):
        assert codes(year(area.code, 1010 + number, "2026")) == set()
    jumped = year("0101", 1900, "2026")
    assert jumped.flags == [
        {"code": "outlier-last", "path": "/data/people", "values": {"now": 1900, "last": 1000, "period": "2025"}}
    ]
    Reading.objects.filter(period="2026").exclude(pk=jumped.pk).update(values={"/data/people": 1950})
    assert codes(read_submission(jumped.submission)) == set()
