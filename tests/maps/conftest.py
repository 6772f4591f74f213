"""An invented country with a layer of land cover, a raster of slope, people by district, and a closed layer."""

from datetime import date

import numpy as np
import pytest

from sala.access.actor import command
from sala.catalogue import imports
from sala.catalogue.models import Edition
from sala.core.models import Term
from sala.places import layers
from sala.places.guessing import Columns
from sala.places.models import Level
from sala.places.operations import Delivery, import_boundaries
from sala.places.operations.boundaries import of_level
from tests.rasters import write_raster
from tests.world import PACK


@pytest.fixture
def boundaries(world):
    """Boundaries of the invented country, its provinces and districts."""
    for name, code in (("boundaries", "country"), ("provinces", "province"), ("districts", "district")):
        layer = layers.read(PACK / "files" / f"{name}.geojson", f"{name}.geojson", "")
        layer, _others = of_level(layer, Level.objects.get(code=code))
        import_boundaries(command(), layer, Delivery(
            level=Level.objects.get(code=code), as_of=date(2024, 1, 1), source="invented", licence="", code_system="",
            columns=Columns("code", "name_lo", "parent"), exact=True,
        ))  # fmt: skip


@pytest.fixture
def cover(world) -> Edition:
    """Nine polygons of forest, rice and others over the whole country."""
    return _loaded("cover", "files/land-cover.geojson", PACK, world)


@pytest.fixture
def closed_cover(world) -> Edition:
    return _loaded(
        "closed-cover", "files/land-cover.geojson", PACK, world, tier="own", owner="HEALTH-P01", restriction=True
    )


@pytest.fixture
def slope(world, tmp_path) -> Edition:
    """0 in the west to 39 in the east over province 01, in cells of 0.025 degree; invented."""
    cells = np.tile(np.arange(40, dtype="float32"), (40, 1))
    folder = tmp_path / "slope"
    folder.mkdir()
    write_raster(folder / "slope.tif", cells, west=100, north=21, cell=0.025, nodata=-9999, unit="degrees")
    return _loaded("slope", "slope.tif", folder, world)


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


def _loaded(slug, file, folder, world, *, tier="public", owner="LAND", restriction=False) -> Edition:
    record = {
        "slug": slug, "title": {"lo": f"ຊັ້ນ {slug}", "en": f"Layer {slug}"}, "owner": owner, "place": "DM", "licence": "CC-BY-4.0",
        "tier": tier, "is_invented": True, "parts": [{"code": "layer", "file": file, "period": "2024"}],
    }  # fmt: skip
    if restriction:
        record["restriction"] = Term.objects.filter(scheme="restriction").first().code
    assert imports.load(command(), folder, [record]).refused == []
    return Edition.objects.get(distribution__dataset__slug=slug)


def square(west, south, east, north) -> dict:
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }
