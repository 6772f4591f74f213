"""An invented country with boundaries, a layer of land cover, a raster of slope, people by district, and a closed layer."""

import json
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon

from sala.access.actor import command
from sala.catalogue import imports
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.operations.layers import load_features
from sala.core import clock
from sala.core.files import child, store
from sala.core.language import Translated
from sala.core.models import Term
from sala.places.models import Area, Boundary, BoundarySet
from tests.rasters import write_raster
from tests.world import PACK


@pytest.fixture
def boundaries(world):
    enter_boundaries()


def enter_boundaries() -> None:
    """Boundaries of the invented country, its provinces and districts, entered straight: their import has its own tests."""
    for file in ("boundaries", "provinces", "districts"):
        content = json.loads((PACK / "files" / f"{file}.geojson").read_text(encoding="utf-8"))
        for feature in content["features"]:
            area = Area.objects.select_related("level").get(code=feature["properties"]["code"])
            told = {
                "as_of": date(2024, 1, 1),
                "file_name": "invented",
                "imported_at": clock.now(),
                "source": "invented",
            }
            vintage, _made = BoundarySet.objects.get_or_create(
                level=area.level, title=area.level.code, defaults=told | {"file_hash": area.level.code}
            )
            shape = GEOSGeometry(json.dumps(feature["geometry"]))
            whole = shape if shape.geom_type == "MultiPolygon" else MultiPolygon(shape)
            Boundary.objects.get_or_create(
                area=area, vintage=vintage, defaults={"geometry": whole, "coarse": whole, "area_ha": 1}
            )


@pytest.fixture
def cover(world, read_once) -> Edition:
    return enter_cover(read_once, world)


def enter_cover(read_once, world) -> Edition:
    """Nine polygons of forest, rice and others over the whole country."""
    return _loaded(read_once, "cover", "files/land-cover.geojson", PACK, world)


@pytest.fixture
def closed_cover(world, read_once) -> Edition:
    return _loaded(read_once, "closed-cover", "files/land-cover.geojson", PACK, world, tier="own", owner="HEALTH-P01")


@pytest.fixture
def slope(world, tmp_path, read_once) -> Edition:
    """0 in the west to 39 in the east over province 01, in cells of 0.025 degree; invented."""
    cells = np.tile(np.arange(40, dtype="float32"), (40, 1))
    folder = tmp_path / "slope"
    folder.mkdir()
    write_raster(folder / "slope.tif", cells, west=100, north=21, cell=0.025, nodata=-9999, unit="degrees")
    return _loaded(read_once, "slope", "slope.tif", folder, world)


@pytest.fixture
def people(world) -> Edition:
    record = {
        "slug": "population-here", "title": {"lo": "ພົນລະເມືອງ", "en": "Population"}, "owner": "STAT", "place": "DM",
        "level": "district", "licence": "CC-BY-4.0",
        "parts": [{
            "code": "table", "file": "files/population.csv", "period": "2018/2025",
            "roles": {"code": "area", "year": "period", "population": "value"},
            "columns": {"population": {"label": {"lo": "ພົນລະເມືອງ"}, "unit": "persons"}},
            "key_figures": [{"code": "population", "name": {"lo": "ພົນລະເມືອງ", "en": "Population"}, "value_column": "population"}],
        }],
    }  # fmt: skip
    assert imports.load(command(), PACK, [record]).refused == []
    return Edition.objects.get(distribution__dataset__slug="population-here")


@pytest.fixture(scope="session")
def read_once() -> dict:
    """What the child made of a file: it is read once a run."""
    return {}


def _loaded(read_once, slug, file, folder, world, *, tier="public", owner="LAND") -> Edition:
    """A published edition, entered straight; how files come in has its own tests."""
    if file not in read_once:
        read_once[file] = _read(folder / file)
    described = read_once[file]
    dataset = Dataset.objects.create(
        slug=slug, title=Translated(lo=f"ຊັ້ນ {slug}", en=f"Layer {slug}"), owner=world.organisation(owner), place=world.area("DM"),
        tier=tier, state="published", is_published=True, is_invented=True,
        licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"),
    )  # fmt: skip
    part = Distribution.objects.create(dataset=dataset, code="layer", name=Translated(lo="ຊັ້ນ", en="Layer"))
    edition = Edition.objects.create(
        distribution=part, number=1, state="published", is_published=True, period="2024", file_name=file, media_type="x",
        bytes=1, received_at=clock.now(), published_at=clock.now(), **described,
    )  # fmt: skip
    load_features(edition)
    return edition


def _read(path) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        digest, _size = store.keep(path)
        if path.suffix == ".tif":
            raster = child.run("sala.core.files.raster:convert", path, path.name, folder)
            raster["sha256"], _size = store.keep(Path(folder) / "data.tif")
            raster["picture_sha256"], _size = store.keep(Path(folder) / "picture.png")
            return {"format": "geotiff", "sha256": digest, "bounds": raster["bounds"], "profile": {"raster": raster}}
        found = child.run("sala.core.files.vector:convert", path, path.name, folder)
        table, _size = store.keep(Path(folder) / "features.parquet")
        return {"format": "geojson", "sha256": digest, "table_sha256": table, "rows": found["rows"],
                "columns": found["columns"], "bounds": found["bounds"]}  # fmt: skip


def square(west, south, east, north) -> dict:
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }
