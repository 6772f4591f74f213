"""Answers to take along: tables by column, with what a reader sees and nothing else; parts make no difference."""

import csv
import io
import json
from datetime import timedelta

import numpy as np
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from sala.collection import operations
from sala.collection.models import AnswerPart, Reading
from sala.collection.operations import parts
from sala.collection.operations.reading import read_submission
from sala.collection.queries import taking
from sala.collection.queries.columns import tables_of
from sala.core import clock
from tests.collection.answering import about_districts, expect, issued_round, office_of, send
from tests.collection.conftest import SURVEY

pytestmark = pytest.mark.django_db

WELLS = "<depth>3.5</depth></well><well><depth>7</depth>"


@pytest.fixture
def form(world, village_form):
    return about_districts(world, village_form())


@pytest.fixture
def answers(world, form):
    """Two answers about districts in a round, the first approved, and one that another house sent."""
    assignment = issued_round(world, form)
    found = []
    for code, told in (
        ("0101", {"people": "120", "women": "58", "water": "well", "where": "20.5 100.25 300 12.5", "well": WELLS}),
        ("0102", {"people": "7", "water": "river"}),
    ):
        expect(world, assignment, form, code)
        found.append(read_submission(send(world, form, village=code, **told)))
    Reading.objects.filter(pk=found[0].pk).update(state="approved")
    found.append(
        read_submission(
            send(
                world,
                form,
                office_of(world, "S9", parent="LAND-P02", area="0201"),
                village="0201",
                people="1",
                water="=1+1",
            )
        )
    )
    return found


def body(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows(answer):
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))


def test_the_form_and_its_repeat_are_tables_joined_by_the_answer(visit, form, answers):
    found = rows(visit("owner").get(f"/forms/{form.slug}/data/answers.csv?words=1"))
    assert [row["answer_place"] for row in found] == ["0101", "0102", "0201"]
    first = found[0]
    assert (first["people"], first["water"], first["water_label"], first["where_lat"], first["where_accuracy_m"]) == (
        "120", "well", "Well", "20.5", "12.5",
    )  # fmt: skip
    assert (first["answer_state"], first["answer_period"], first["answer_version"]) == ("approved", "2026", "1")
    assert (found[1]["women"], found[1]["where_lat"]) == ("", "")
    wells = rows(visit("owner").get(f"/forms/{form.slug}/data/answers.csv?table=well"))
    assert [(row["answer_id"], row["answer_turn"], row["depth"]) for row in wells] == [
        (first["answer_id"], "1", "3.5"), (first["answer_id"], "2", "7"),
    ]  # fmt: skip


def test_words_of_choices_are_in_the_reader_s_language(visit, form, answers):
    found = rows(visit("owner", language="lo").get(f"/forms/{form.slug}/data/answers.csv?words=1"))
    assert found[0]["water_label"] == "ນ້ຳສ້າງ"


def test_each_takes_along_only_the_answers_that_they_see(visit, world, form, answers):
    found = rows(visit("stranger").get(f"/forms/{form.slug}/data/answers.csv"))
    assert [row["answer_place"] for row in found] == ["0201"]  # their own house sent it
    assert visit("public").get(f"/forms/{form.slug}/data/answers.csv").status_code == 404
    assert visit("public").get(f"/api/v1/forms/{form.slug}/answers.csv").status_code == 404
    assert visit("owner").get(f"/forms/{form.slug}/data/answers.exe").status_code == 404
    assert visit("owner").get(f"/forms/{form.slug}/data/answers.csv?table=none").status_code == 422


def test_a_text_like_a_formula_is_marked_as_text(visit, form, answers):
    found = rows(visit("owner").get(f"/forms/{form.slug}/data/answers.csv"))
    assert found[2]["water"] == "'=1+1"


def test_the_list_is_narrowed_by_state_round_and_place(visit, form, answers):
    address = f"/forms/{form.slug}/data/answers.csv"
    call = answers[0].expected.assignment.call.reference
    asked = {
        "?state=approved": ["0101"], f"?call={call}": ["0101", "0102"], "?place=0102": ["0102"], "?place=02": ["0201"],
        "?period=2025": [],
    }  # fmt: skip
    found = {query: [row["answer_place"] for row in rows(visit("owner").get(address + query))] for query in asked}
    assert found == asked
    assert visit("owner").get(f"{address}?state=lost").status_code == 422


def test_what_was_replaced_leaves_the_table_unless_all_are_asked_for(visit, world, form, answers):
    read_submission(send(world, form, deprecated=answers[1].submission, village="0102", people="9"))
    address = f"/forms/{form.slug}/data/answers.csv"
    found = {row["people"] for row in rows(visit("owner").get(address)) if row["answer_place"] == "0102"}
    every = {row["people"] for row in rows(visit("owner").get(f"{address}?state=all")) if row["answer_place"] == "0102"}
    assert (found, every) == ({"9"}, {"7", "9"})


def test_workbook_parquet_and_layer_hold_the_same(visit, form, answers, tmp_path):
    address = f"/forms/{form.slug}/data/answers."
    book = tmp_path / "answers.xlsx"
    book.write_bytes(body(visit("owner").get(f"{address}xlsx?words=1")))
    sheet = [[cell.value for cell in row] for row in load_workbook(book).active.iter_rows()]
    assert dict(zip(sheet[0], sheet[1], strict=True))["people"] == 120
    table = tmp_path / "answers.parquet"
    table.write_bytes(body(visit("owner").get(f"{address}parquet")))
    found = pq.read_table(table)
    assert found["people"].to_pylist() == [120, 7, 1] and found["where_lon"].to_pylist() == [100.25, None, None]
    layer = body(visit("owner").get(f"{address}gpkg"))
    assert layer.startswith(b"SQLite format 3")
    assert visit("owner").get(f"{address}gpkg?table=well").status_code == 422  # no question there is a point


def test_programs_go_from_page_to_page_and_miss_nothing(visit, form, answers):
    client, address = visit("owner"), f"/api/v1/forms/{form.slug}/answers.jsonl"
    after, seen = "", []
    while True:
        answer = client.get(f"{address}?limit=2&after={after}")
        lines = [json.loads(line) for line in body(answer).decode().splitlines()]
        if not lines:
            break
        seen += [line["people"] for line in lines]
        after = answer.headers["X-Last"]
    assert seen == [120, 7, 1]
    assert client.get(f"{address}?limit=0").status_code == 422
    assert client.get(f"{address}?after=x").status_code == 422


@pytest.fixture
def small_parts(monkeypatch):
    for name, size in (("ROWS", 2), ("GROUP", 1), ("MOST_STALE", 1)):
        monkeypatch.setattr(parts, name, size)
    monkeypatch.setattr(parts, "SETTLED", timedelta(0))


def test_tables_are_the_same_from_parts_and_from_readings(visit, world, form, answers, small_parts):
    client = visit("owner")
    addresses = [
        f"/forms/{form.slug}/data/answers.{kind}?words=1{table}"
        for kind in ("csv", "jsonl")
        for table in ("", "&table=well")
    ]
    before = [body(client.get(address)) for address in addresses]
    assert operations.keep_part(form) and not operations.keep_part(form)
    assert sorted(AnswerPart.objects.values_list("table", "rows")) == [("", 2), ("/data/well", 2)]
    assert [body(client.get(address)) for address in addresses] == before


def test_a_part_is_read_and_not_only_the_readings(form, answers, small_parts):
    operations.keep_part(form)
    Reading.objects.filter(pk=answers[0].pk).update(values={})  # not as a reading is made anew: its hour stays
    found = taken_people(form, answers)
    assert found == [120, 7, 1]


def taken_people(form, answers):
    taken = taking.Taken(form, tables_of(form)[""], np.array([row.pk for row in answers]), "en")
    return [value for batch in taken.batches() for value in batch["people"].to_pylist()]


def test_what_was_read_anew_is_taken_from_the_reading_until_its_part_is_made_anew(form, answers, small_parts):
    operations.keep_part(form)
    Reading.objects.filter(pk=answers[0].pk).update(values={"/data/people": 5}, read_at=clock.now())
    assert taken_people(form, answers) == [5, 7, 1]
    first = AnswerPart.objects.get(table="")
    assert operations.keep_part(form)
    assert AnswerPart.objects.get(table="").sha256 != first.sha256
    assert taken_people(form, answers) == [5, 7, 1]


def test_an_answer_read_after_its_neighbours_were_written_out_is_not_missed(world, form, answers, small_parts):
    late = send(world, form, village="0102", people="33")
    more = [read_submission(send(world, form, village="0102", people=str(number))) for number in (34, 35)]
    Reading.objects.filter(pk=answers[2].pk).delete()  # so that two parts of two are whole
    assert operations.keep_part(form) and operations.keep_part(form)
    read_submission(late)
    rest = [Reading.objects.get(pk=late.pk), *more]
    assert taken_people(form, [*answers[:2], *rest]) == [120, 7, 33, 34, 35]


def test_versions_are_joined_and_their_differences_told(visit, world, form, answers, workbook, small_parts):
    operations.keep_part(form)
    changed = [row for row in SURVEY if row[1] != "women"]
    changed[2] = ("decimal", *changed[2][1:])
    changed.insert(3, ("begin_group", "home", "ເຮືອນ", "Home", "", "", ""))
    changed.insert(4, ("text", "people", "ໃຜ", "Who", "", "", ""))
    changed.insert(5, ("end_group", "", "", "", "", "", ""))
    path = workbook("second.xlsx", survey=changed, version="2")
    second = operations.receive_version(world.actor("owner"), form, path, path.name)
    operations.publish_version(world.actor("colleague"), second)
    read_submission(send(world, form, village="0103", people="1.5", home="<people>ann</people>", version="2"))
    found = rows(visit("owner").get(f"/forms/{form.slug}/data/answers.csv"))
    assert [row["people"] for row in found] == ["120", "7", "1", "1.5"]
    assert (found[3]["home_people"], found[0]["home_people"]) == ("ann", "") and found[0]["women"] == "58"
    told = list(
        csv.DictReader(
            io.StringIO(visit("owner").get(f"/forms/{form.slug}/data/columns.csv").content.decode("utf-8-sig"))
        )
    )
    about = {row["Column"]: row for row in told if not row["Code"]}
    assert (about["women"]["Versions"], about["people"]["Type"]) == ("1", "integer (1); decimal (2)")
    assert [row["Code"] for row in told if row["Column"] == "water" and row["Code"]] == ["river", "well", "pipe"]
