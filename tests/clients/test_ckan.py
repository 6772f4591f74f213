"""The public library of CKAN's users against our reading actions: as a library and on the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotFound, ValidationError
from frictionless import Package, Schema
from frictionless.resources import TableResource

COMMAND = str(Path(sys.executable).with_name("ckanapi"))


@pytest.fixture(scope="module")
def ckan(served):
    return RemoteCKAN(served.url)


def run(served, *arguments: str) -> list[dict]:
    """What the command line prints, one JSON object a line. Its workers start the command by its bare name."""
    import os

    path = f"{Path(COMMAND).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [COMMAND, *arguments, "-r", served.url],
        capture_output=True,
        check=True,
        timeout=100,
        env={**os.environ, "PATH": path},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_it_lists_and_shows_what_the_public_sees_and_nothing_else(ckan):
    names = ckan.action.package_list()
    assert {"population", "rice", "clinics", "land-cover"} <= set(names)
    assert "staff-lists" not in names
    package = ckan.action.package_show(id="population")
    assert package["title_translated"]["en"] == "Population by district" and package["organization"]["name"] == "STAT"
    assert [group["name"] for group in package["groups"]] == ["people"]
    assert [resource["format"] for resource in package["resources"]] == ["CSV"]
    with pytest.raises(NotFound):
        ckan.action.package_show(id="staff-lists")


def test_it_searches_by_words_fields_and_order_and_counts(ckan):
    found = ckan.action.package_search(q="rice", rows=5)
    assert [row["name"] for row in found["results"]] == ["rice", "land-cover"] and found["count"] == 2
    by_topic = ckan.call_action(
        "package_search",
        {"fq": "groups:land", "sort": "name asc", "facet.field": ["organization", "res_format"], "rows": 1, "start": 1},
    )
    assert by_topic["count"] == 4 and [row["name"] for row in by_topic["results"]] == ["rice"]
    assert by_topic["facets"]["organization"] == {"LAND": 4}
    assert by_topic["facets"]["res_format"] == {"CSV": 1, "GeoJSON": 1, "GEOTIFF": 2}
    without = ckan.action.package_search(fq='-groups:(land OR "health") AND type:dataset')
    assert {row["name"] for row in without["results"]} == set(ckan.action.package_list()) - {
        "rice",
        "land-cover",
        "slope",
        "soil-depth",
        "clinics",
    }
    assert ckan.action.package_search(fq="metadata_modified:[2100-01-01T00:00:00Z TO *]")["count"] == 0
    assert ckan.action.package_search(fq="metadata_modified:[2000-01-01T00:00:00Z TO *]")["count"] >= 4


@pytest.mark.parametrize(
    "sent",
    [{"fq": "legal_basis:law-1"}, {"sort": "tier desc"}, {"facet.field": ["restriction"]}, {"rows": "many"}, {"fq": "metadata_modified:[x TO *]"}],
)  # fmt: skip
def test_what_is_hidden_or_malformed_is_refused_with_words(ckan, sent):
    with pytest.raises(ValidationError) as refused:
        ckan.call_action("package_search", sent)
    assert refused.value.error_dict["message"]


def test_organisations_groups_tags_and_licences(ckan):
    assert {"LAND", "STAT", "HEALTH"} <= set(ckan.action.organization_list())
    office = ckan.action.organization_show(id="LAND", include_datasets=True)
    assert office["package_count"] == len(office["packages"]) == 5
    assert {"land", "people"} <= set(ckan.action.group_list())
    assert ckan.action.group_show(id="land")["package_count"] == 4
    assert "land" in ckan.action.tag_list() and "CC-BY-4.0" in [row["id"] for row in ckan.action.license_list()]
    assert ckan.action.status_show()["ckan_version"] and ckan.action.site_read() is True


def test_rows_of_a_table_are_filtered_sorted_and_cut(ckan):
    found = ckan.action.datastore_search(
        resource_id="population.table",
        filters={"year": 2025},
        sort="population desc",
        limit=2,
        fields="code,population",
    )
    values = [row["population"] for row in found["records"]]
    assert len(values) == 2 and values == sorted(values, reverse=True) and found["total"] > 2
    assert [field["id"] for field in found["fields"]] == ["code", "population"]
    years = ckan.action.datastore_search(resource_id="population.table", fields=["year"], distinct=True, sort="year")
    assert [row["year"] for row in years["records"]] == list(range(2018, 2026))
    by_words = ckan.action.datastore_search(resource_id="population.table", q="Nongsai", limit=1000)
    assert by_words["records"] and all("Nongsai" in row["name_en"] for row in by_words["records"])
    assert ckan.action.datastore_info(id="population.table")["meta"]["count"] > 0


def rows_of(ckan, **asked):
    return ckan.action.datastore_search(resource_id="population.table", **asked)["records"]


def test_filters_take_one_value_several_or_none_and_all_must_fit(ckan):
    some = rows_of(ckan, filters={"year": [2024, 2025], "code": "DM"}, sort="year desc", fields=["year", "code"])
    assert some == [{"year": 2025, "code": "DM"}, {"year": 2024, "code": "DM"}]
    assert rows_of(ckan, filters={"year": "2025", "code": "DM"}, fields="code") == [
        {"code": "DM"}
    ]  # as an address says it
    assert rows_of(ckan, filters={"name_en": None}) == []
    with pytest.raises(ValidationError, match="soon"):
        rows_of(ckan, filters={"year": "soon"})


def test_words_stand_anywhere_or_in_one_column(ckan):
    both = rows_of(ckan, q="nongsai 2025")
    assert both and all("Nongsai" in row["name_en"] and "2025" in map(str, row.values()) for row in both)
    in_one = rows_of(ckan, q={"name_en": "Nongsai"}, limit=1000)
    assert in_one == rows_of(ckan, q=json.dumps({"name_en": "Nongsai"}), limit=1000) and len(in_one) >= 8
    assert rows_of(ckan, q={"name_lo": "Nongsai"}) == []
    with pytest.raises(ValidationError):
        rows_of(ckan, q={"salary": "1"})
    with pytest.raises(ValidationError):
        rows_of(ckan, q="nong:*", plain=False)


def test_columns_come_in_the_order_asked_and_pages_follow_each_other(ckan):
    first = rows_of(ckan, fields="year,_id", limit=2)
    assert [list(row) for row in first] == [["year", "_id"]] * 2
    asked = {"resource_id": "population.table", "fields": ["_id"], "sort": "population desc nulls last, _id"}
    pages = [ckan.action.datastore_search(limit=3, offset=start, **asked) for start in (0, 3)]
    whole = ckan.action.datastore_search(limit=6, **asked)
    assert pages[0]["records"] + pages[1]["records"] == whole["records"] and len(whole["records"]) == 6
    assert whole["total"] == pages[0]["total"] > 6 and "offset=3" in pages[0]["_links"]["next"]
    none = ckan.action.datastore_search(resource_id="population.table", limit=0, include_total=False)
    assert none["records"] == [] and "total" not in none
    with pytest.raises(ValidationError):
        rows_of(ckan, limit=-1)


def test_records_come_as_objects_lists_csv_or_tsv(ckan):
    asked = {"filters": {"code": "DM", "year": [2024, 2025]}, "fields": "year,population", "sort": "year"}
    objects = rows_of(ckan, **asked)
    lists = rows_of(ckan, records_format="lists", **asked)
    assert lists == [list(row.values()) for row in objects] and len(lists) == 2
    lines = [f"{year},{people}" for year, people in lists]
    assert rows_of(ckan, records_format="csv", **asked) == "\n".join(lines) + "\n"
    assert rows_of(ckan, records_format="tsv", **asked).split("\n")[0] == lines[0].replace(",", "\t")
    with pytest.raises(ValidationError):
        rows_of(ckan, records_format="xml")


def test_a_column_that_is_not_there_a_closed_table_and_sql_are_refused(ckan):
    with pytest.raises(ValidationError):
        ckan.action.datastore_search(resource_id="population.table", filters={"salary": 1})
    with pytest.raises(NotFound):
        ckan.action.datastore_search(resource_id="staff-lists.table")
    with pytest.raises(ValidationError, match="disabled"):
        ckan.action.datastore_search_sql(sql='SELECT * FROM "population.table"')
    with pytest.raises((CKANAPIError, NotFound)):
        ckan.action.package_create(name="mine")


def test_the_command_line_searches_and_dumps(served, tmp_path):
    found = run(served, "search", "datasets", "fq=groups:land")
    assert {row["name"] for row in found} == {"rice", "land-cover", "slope", "soil-depth"}
    dumped = run(served, "dump", "organizations", "LAND", "STAT")
    assert {row["name"] for row in dumped} == {"LAND", "STAT"}
    run(served, "dump", "datasets", "population", f"--datapackages={tmp_path}")
    report = Package(str(tmp_path / "population" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    described = json.loads((tmp_path / "population" / "datapackage.json").read_text())["resources"][0]
    table = TableResource(
        path=described["path"], basepath=str(tmp_path / "population"), schema=Schema(described["schema"])
    )
    checked = table.validate()
    assert checked.valid and checked.stats["errors"] == 0, checked.flatten(["type", "message"])
    assert checked.tasks[0].stats["rows"] > 20
