"""A table on its page and in the API: filtered, sorted, reckoned, taken along; and columns that not everybody sees."""

import csv
import io
import json

import openpyxl
import pyarrow.parquet as parquet
import pytest
from django.utils.http import urlencode

from sala.catalogue.models import Column, Edition
from sala.catalogue.queries import latest_figures
from sala.core.errors import Invalid

from .conftest import CLINICS, ROLES

pytestmark = pytest.mark.django_db

DATASTORE = "/api/3/action/datastore_"
STAFF = "970135"  # a number that stands nowhere else
API = "/api/v1/datasets/clinics-of-phuthong/table/1"


@pytest.fixture
def edition(deliver, release) -> Edition:
    return release(deliver(CLINICS.replace(";97", f";{STAFF}"), period="2024"))


@pytest.fixture
def closed(edition, world, clinics_figure):
    """closed(tier): the column of the staff is open to that tier only."""

    def close(tier: str = "own") -> Edition:
        Column.objects.filter(distribution=edition.distribution, name="staff").update(tier=tier)
        return edition

    return close


def asked(visitor, sent, address=API, **more):
    return visitor.get(f"{address}/table?{urlencode({'q': json.dumps(sent), **more})}")


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def lines(answer) -> list[list[str]]:
    """The cells of a CSV file."""
    return list(csv.reader(content(answer).decode("utf-8-sig").splitlines()))


# ---- the API -----------------------------------------------------------------------------------------------------


def test_a_program_asks_for_rows_and_sums(visit, edition):
    found = asked(
        visit(), {"where": {"field": "year", "value": 2024}, "select": ["code", "clinics"], "count": True}
    ).json()
    assert found["rows"] == [{"_row": 4, "code": "0101", "clinics": 14}, {"_row": 5, "code": "0102", "clinics": 7}]
    assert found["total"] == 2
    sums = {"group": ["year"], "aggregates": [{"function": "sum", "field": "clinics"}], "sort": [{"field": "year"}]}
    assert asked(visit(), sums).json()["rows"] == [{"year": 2023, "sum_clinics": 19}, {"year": 2024, "sum_clinics": 21}]
    posted = visit().post(f"{API}/table", sums, content_type="application/json")
    assert posted.json()["rows"] == asked(visit(), sums).json()["rows"]


def test_a_question_that_cannot_be_answered_says_which_field_is_wrong(visit, edition):
    answer = asked(visit(), {"where": {"field": "beds", "value": 1}})
    assert answer.status_code == 422 and "beds" in answer.json()["detail"]
    assert asked(visit(), {}, format="ods").status_code == 422
    assert visit().get(f"{API}/table?q=select").status_code == 422


def test_an_unchanged_answer_is_not_sent_again(visit, edition):
    first = asked(visit(), {"limit": 1})
    again = visit().get(
        f"{API}/table?{urlencode({'q': json.dumps({'limit': 1})})}", headers={"if-none-match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert asked(visit(), {"limit": 2})["ETag"] != first["ETag"]


def test_the_same_rows_come_as_csv_workbook_and_parquet(visit, edition):
    sent = {"where": {"field": "year", "value": 2024}, "select": ["code", "clinics"]}
    assert lines(asked(visit(), sent, format="csv")) == [["code", "clinics"], ["0101", "14"], ["0102", "7"]]
    book = openpyxl.load_workbook(io.BytesIO(content(asked(visit(), sent, format="xlsx"))))
    assert list(book.active.values) == [("code", "clinics"), ("0101", 14), ("0102", 7)]
    table = parquet.read_table(io.BytesIO(content(asked(visit(), sent, format="parquet"))))
    assert table.to_pydict() == {"_row": [4, 5], "code": ["0101", "0102"], "clinics": [14, 7]}


def test_the_columns_are_explained(visit, edition):
    found = {column["name"]: column for column in visit().get(f"{API}/columns").json()}
    assert (
        found["code"]["role"] == "area" and found["clinics"]["kind"] == "number" and found["staff"]["tier"] == "public"
    )


def test_a_table_that_is_not_released_is_not_there_for_others(visit, deliver):
    deliver()
    assert (
        asked(visit("stranger"), {}).status_code == 404 and visit("stranger").get(f"{API}/columns").status_code == 404
    )
    assert asked(visit("owner"), {}).status_code == 200


# ---- the page ----------------------------------------------------------------------------------------------------


def test_rows_are_filtered_sorted_and_taken_along_on_the_page(visit, edition):
    query = urlencode([("c", "year"), ("o", "="), ("v", "2024"), ("sort", "-clinics")])
    html = visit().get(f"{edition.get_absolute_url()}?{query}").content.decode()
    assert html.index('id="row-4"') < html.index('id="row-5"') and 'id="row-2"' not in html
    taken = lines(visit().get(f"{edition.get_absolute_url()}download/csv/?{query}"))
    assert [line[-3:] for line in taken[1:]] == [["2024", "14", STAFF], ["2024", "7", "43"]]


def test_the_commonest_values_are_links_that_narrow(visit, edition):
    html = visit().get(edition.get_absolute_url()).content.decode()
    assert "?c=name&amp;o=%3D&amp;v=Nongsai" in html
    assert visit().get(f"{edition.get_absolute_url()}?c=name&o=%3D&v=Nongsai").content.decode().count('id="row-') == 2


def test_a_filter_that_means_nothing_is_told_and_all_rows_stay(visit, edition):
    html = visit().get(f"{edition.get_absolute_url()}?c=year&o=%3D&v=many").content.decode()
    assert 'role="alert"' in html and "“many” is not a number" in html and html.count('id="row-') == 4


# ---- columns that not everybody sees -------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["public", "citizen", "stranger"])
def test_a_closed_column_is_shown_in_no_reading(visit, closed, who):
    edition, visitor = closed("own"), visit(who)
    page = edition.get_absolute_url()
    readings = [
        visitor.get(page).content.decode(),
        visitor.get(f"{page}?row=4").content.decode(),
        visitor.get("/datasets/clinics-of-phuthong/").content.decode(),
        json.dumps(asked(visitor, {}).json()),
        json.dumps(visitor.get(f"{API}/rows").json()),
        json.dumps(visitor.get(f"{API}/columns").json()),
        json.dumps(visitor.get("/api/v1/datasets/clinics-of-phuthong").json()["columns"]),
        json.dumps(visitor.get(f"{DATASTORE}info?id=clinics-of-phuthong.table").json()),
        json.dumps(visitor.get(f"{DATASTORE}search?resource_id=clinics-of-phuthong.table").json()),
        json.dumps(
            visitor.get(f"{DATASTORE}search?resource_id=clinics-of-phuthong.table&q={STAFF}").json()["result"][
                "records"
            ]
        ),
        visitor.get("/datasets/clinics-of-phuthong.ttl").content.decode(),
        content(visitor.get(f"{page}download/csv/")).decode(),
        content(visitor.get(f"{page}download/csv/?sort=-clinics")).decode(),
        str(parquet.read_table(io.BytesIO(content(visitor.get(f"{page}download/parquet/")))).column_names),
    ]
    assert [text for text in readings if "staff" in text or STAFF in text] == []
    assert "not open to you" in readings[0]
    assert visitor.get(f"{page}download/original/").status_code == 403


def test_a_closed_column_cannot_be_asked_about_in_any_way(visit, closed):
    closed("own")
    comparison = {"field": "staff", "op": ">", "value": 90}
    for sent in (
        {"where": comparison}, {"where": {"not": comparison}}, {"select": ["staff"]}, {"sort": [{"field": "staff"}]},
        {"group": ["staff"]}, {"aggregates": [{"function": "max", "field": "staff"}]},
    ):  # fmt: skip
        answer = asked(visit("stranger"), sent)
        unknown = asked(visit("stranger"), json.loads(json.dumps(sent).replace("staff", "stagg")))
        assert answer.status_code == 422 and answer.json()["detail"] == unknown.json()["detail"].replace(
            "stagg", "staff"
        )
    for question in (
        "filters=%7B%22staff%22%3A%2097%7D",
        "sort=staff",
        "fields=staff",
        "q=%7B%22staff%22%3A%229%22%7D",
    ):
        answer = visit("stranger").get(f"{DATASTORE}search?resource_id=clinics-of-phuthong.table&{question}")
        assert (answer.status_code, answer.json()["success"]) == (409, False)
    assert visit("stranger").get(f"{API}/rows?column=staff&value=97").status_code == 422
    html = visit().get("/datasets/clinics-of-phuthong/table/1/?c=staff&o=%3E&v=90").content.decode()
    assert "no column “staff”" in html and html.count('id="row-') == 4


def test_the_owners_house_and_whoever_it_is_opened_to_see_the_column(visit, closed):
    edition = closed("own")
    assert asked(visit("owner"), {"where": {"field": "staff", "op": ">", "value": 90}}).json()["rows"][0][
        "staff"
    ] == int(STAFF)
    assert visit("colleague").get(edition.get_absolute_url() + "download/original/").status_code == 200
    closed("government")
    assert asked(visit("stranger"), {"select": ["staff"]}).status_code == 200
    assert asked(visit("citizen"), {"select": ["staff"]}).status_code == 422


def test_figures_and_comparisons_leave_a_closed_column_out(world, visit, deliver, release, closed):
    closed("own")
    new = release(deliver(CLINICS.replace(";97", ";98"), "new.csv", period="2024", reason="counted again"))
    against = f"/api/v1/datasets/clinics-of-phuthong/table/{new.number}/against/1"
    assert visit("stranger").get(against).json()["changed"] == 0 and visit("owner").get(against).json()["changed"] == 1
    part = new.distribution
    Column.objects.filter(distribution=part, name="staff").update(tier="public")
    Column.objects.filter(distribution=part, name="clinics").update(tier="own")
    area = world.area("0101")
    assert [latest_figures(world.actor(who), area) != [] for who in ("stranger", "owner")] == [False, True]


def test_its_heading_is_not_found_by_the_search(world, visit, dataset, edition):
    address = "/datasets/clinics-of-phuthong/table/columns/"
    form = visit("owner").get(address).content.decode()
    fields = {}
    for column in Column.objects.filter(distribution=edition.distribution):
        prefix = f"c{column.pk}"
        fields |= {f"{prefix}-role": column.role, f"{prefix}-unit": "", f"{prefix}-tier": "public", f"{prefix}-label_lo": "",
                   f"{prefix}-label_en": "zirkonium" if column.name == "staff" else column.name}  # fmt: skip
        if column.name == "staff":
            staff = prefix
    assert f'name="{staff}-tier"' in form
    visit("owner").post(address, fields)
    assert visit().get("/api/v1/search?q=zirkonium").json()["count"] == 1
    visit("owner").post(address, fields | {f"{staff}-tier": "own"})
    assert visit().get("/api/v1/search?q=zirkonium").json()["count"] == 0


def test_the_column_of_places_stays_open(world, deliver, dataset, closed):
    edition = closed("own")
    assert edition.number == 1
    with pytest.raises(Invalid) as refusal:
        deliver(CLINICS.replace("84", "85"), "next.csv", roles={**ROLES, "staff": "period", "year": ""}, reason="again")
    assert "staff" in str(refusal.value)
