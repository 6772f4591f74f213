"""A researcher takes the same data by OGC into a frame, by the table API into pandas, and by the tools of CKAN's users.

All three ways must agree with one another; none of our own readers takes part.
"""

import io
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pandas
import pytest
from ckanapi import RemoteCKAN
from owslib.ogcapi.features import Features
from shapely.geometry import shape

from tests.conftest import ROOT

READ = """
import json, sys, pyogrio
fields, _number, shapes, columns = pyogrio.raw.read("OAPIF:" + sys.argv[1], layer=sys.argv[2])
print(json.dumps({"fields": list(map(str, fields["fields"])), "rows": len(shapes), "columns": [list(map(str, each)) for each in columns]}))
"""


def fetched(served, address: str) -> bytes:
    return urllib.request.urlopen(served.url + address).read()


@pytest.fixture(scope="module")
def question():
    return urllib.request.quote(json.dumps({"where": {"field": "year", "op": "=", "value": 2025}}))


def test_a_layer_is_the_same_by_owslib_by_gdal_and_as_the_file_on_its_page(served):
    found = Features(f"{served.url}/ogc/").collection_items("villages.layer", limit=1000)
    by_ogc = {row["properties"]["name_en"]: row["properties"]["people"] for row in found["features"]}
    done = subprocess.run(
        [sys.executable, "-c", READ, f"{served.url}/ogc/", "villages.layer"],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    told = json.loads(done.stdout)
    name, people = (told["columns"][told["fields"].index(field)] for field in ("name_en", "people"))
    assert dict(zip(name, map(int, people), strict=True)) == by_ogc and told["rows"] == found["numberMatched"] > 5
    taken = json.loads(fetched(served, "/map/layers/villages/take/geojson/"))
    assert {row["properties"]["name_en"]: row["properties"]["people"] for row in taken["features"]} == by_ogc
    places = {row["properties"]["name_en"]: shape(row["geometry"]) for row in found["features"]}
    for row in taken["features"]:
        assert shape(row["geometry"]).distance(places[row["properties"]["name_en"]]) < 1e-6


def test_a_table_is_the_same_as_csv_as_parquet_and_by_ckan(served, question):
    package = RemoteCKAN(served.url).action.package_show(id="population")
    whole = pandas.read_csv(
        io.BytesIO(urllib.request.urlopen(package["resources"][0]["url"]).read()), dtype={"code": str}
    )
    address = f"/api/v1/datasets/population/table/1/table?q={question}"
    by_csv = pandas.read_csv(io.BytesIO(fetched(served, f"{address}&format=csv")), dtype={"code": str})
    by_parquet = pandas.read_parquet(io.BytesIO(fetched(served, f"{address}&format=parquet")))
    wanted = whole[whole["year"] == 2025].set_index("code")["population"].to_dict()
    assert len(wanted) > 5
    for frame in (by_csv, by_parquet):
        assert frame.set_index("code")["population"].astype(int).to_dict() == {
            code: int(value) for code, value in wanted.items()
        }
    assert by_parquet["population"].dtype.kind in "if"


def test_figures_of_the_table_join_the_districts_of_the_layer_by_their_code(served, question):
    """What a researcher does first: a table and boundaries, joined."""
    address = f"/api/v1/datasets/population/table/1/table?q={question}&format=parquet"
    people = pandas.read_parquet(io.BytesIO(fetched(served, address))).set_index("code")["population"]
    found = Features(f"{served.url}/ogc/").collection_items("areas.district", limit=1000)
    sizes = pandas.Series({row["properties"]["code"]: row["properties"]["area_ha"] for row in found["features"]})
    joined = pandas.DataFrame({"people": people, "ha": sizes}).dropna()
    assert len(joined) == len(sizes) > 5 and (joined["people"].astype(float) / joined["ha"]).between(0.01, 10).all()


def examples(manual: str, language: str) -> list[str]:
    text = (ROOT / "docs" / manual).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


PROGRAMS = [code for manual in ("researcher.md", "exchange.md") for code in examples(manual, "python")]
COMMANDS = examples("exchange.md", "sh")


@pytest.mark.parametrize("example", PROGRAMS)
def test_the_examples_of_the_manual_run_as_they_stand(served, example):
    code = example.replace("https://data.example.org", served.url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr[-1500:]


@pytest.mark.parametrize("example", COMMANDS)
def test_so_do_its_commands(served, tmp_path, example):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = "set -e\n" + example.replace("https://data.example.org", served.url)
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=200
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout + "".join(map(str, tmp_path.iterdir())), done.stderr[-1500:]


def test_the_manual_has_examples_of_both_kinds():
    assert len(PROGRAMS) == 4 and len(COMMANDS) == 2
