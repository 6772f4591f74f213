"""Boundaries of the invented country, files made in a test, and a database that holds the pack of the real one."""

import copy
import json
import os
import sqlite3
import struct
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT, SHARED, connected_to, copy_database, execute

DEMO = ROOT / "packs" / "demo" / "files" / "boundaries.geojson"
AS_OF = date(2020, 1, 1)


@pytest.fixture(scope="session")
def features() -> list[dict]:
    """The invented country's features: country, provinces, districts."""
    return json.loads(DEMO.read_text(encoding="utf-8"))["features"]


@pytest.fixture
def make_file(tmp_path):
    """make_file(features, name) → path of a GeoJSON file with them."""

    def make(features: list[dict], name: str = "areas.geojson") -> Path:
        path = tmp_path / name
        content = {"type": "FeatureCollection", "features": features}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return make


@pytest.fixture(scope="session")
def answers_of_child() -> dict:
    """What the child process said of the country's own file: it is read once a run."""
    return {}


@pytest.fixture
def load(world, monkeypatch, answers_of_child):
    """load(path, level, who="registrar", …) → outcomes of an import, as page and command do it."""
    from sala.places import loading, operations
    from sala.places.guessing import Columns
    from sala.places.models import Level
    from sala.places.operations import Delivery

    for name in ("names_of", "read"):
        original = getattr(loading.layers, name)

        def once(path, *given, original=original, name=name):
            key = (name, path, str(given))
            if path != DEMO:
                return original(path, *given)
            if key not in answers_of_child:
                answers_of_child[key] = original(path, *given)
            return copy.deepcopy(answers_of_child[key])

        monkeypatch.setattr(loading.layers, name, once)

    def run(path: Path, level: str = "", who: str = "registrar", as_of: date = AS_OF, layer: str = "", **more):
        columns = Columns(**{name: more.pop(name, "") for name in ("code", "name", "parent")})
        wanted = Level.objects.get(code=level) if level else None
        found = loading.plan(path, path.name, as_of=as_of, level=wanted, layer=layer)
        more = {"source": "Invented", "licence": "CC0", **more}
        deliveries = [(one, Delivery(level=shown, as_of=as_of, columns=columns, **more)) for one, shown in found]
        return operations.import_layers(world.actor(who), deliveries)

    return run


@pytest.fixture
def drawn(load):
    """The world with the boundaries of its provinces and districts."""
    return load(DEMO)


@pytest.fixture(scope="session")
def laos_template(migrated_template, django_db_blocker):
    """Name of a database that holds the pack of the real country; absent where the real data are."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real data is not beside this checkout")
    from config import packs
    from sala.access.actor import command

    name = f"sala_laos_{os.getpid()}"
    copy_database(migrated_template, name)
    with django_db_blocker.unblock(), connected_to(name):
        packs.load(command(), ROOT / "packs" / "laos")
    yield name
    execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def laos(laos_template, django_db_setup, django_db_blocker):
    """A copy of that database, of this test's own."""
    name = f"sala_laos_own_{os.getpid()}"
    copy_database(laos_template, name)
    with django_db_blocker.unblock(), connected_to(name):
        yield name
    execute(f"drop database if exists {name} with (force)")


def read_gpkg(content: bytes, folder: Path, column: str) -> list[tuple[str, tuple[float, float]]]:
    """(value of the column, point) of each feature of a GeoPackage, read with SQLite alone."""
    path = folder / "read.gpkg"
    path.write_bytes(content)
    with sqlite3.connect(path) as connection:
        shape = connection.execute("select column_name from gpkg_geometry_columns").fetchone()[0]
        rows = connection.execute(f'select "{column}", "{shape}" from data')
        return [(value, _point(blob)) for value, blob in rows]


def _point(blob: bytes) -> tuple[float, float]:
    """The header of GeoPackage is 8 bytes and the envelope its flags name; WKB follows."""
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    wkb = blob[8 + envelope :]
    x, y = struct.unpack("<dd" if wkb[0] else ">dd", wkb[5:21])
    return round(x, 6), round(y, 6)
