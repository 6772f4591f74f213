"""A layer of the invented country's land cover and its boundaries. Files are entered as the child process leaves them."""

import json

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import shapely

from config.demonstration.boundaries import boundaries as take_in_boundaries
from sala.access.actor import command
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.operations import publish_edition
from sala.core import clock
from sala.core.files import store
from sala.core.language import Translated
from sala.core.models import Term
from sala.core.pack import Pack
from sala.maps import operations
from sala.maps.models import Layer
from tests.world import PACK

FEATURES = json.loads((PACK / "files" / "land-cover.geojson").read_text(encoding="utf-8"))["features"]


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Archives of one test are not found by the next."""
    settings.FILES = settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def deliver(world, tmp_path):
    """deliver(features, …) → a further published edition of the cover."""

    def send(features, period="2025", **release):
        part = Distribution.objects.select_related("dataset").get(dataset__slug="cover")
        names = list(features[0]["properties"])
        shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
        columns = {"_row": list(range(1, len(features) + 1)), "geometry": shapely.to_wkb(shapes).tolist(),
                   "area_ha": [round(shape.area * 1_000_000, 2) for shape in shapes]}  # fmt: skip
        columns |= {name: [feature["properties"][name] for feature in features] for name in names}
        path = tmp_path / "features.parquet"
        parquet.write_table(pa.table(columns), path)
        digest, _size = store.keep(path)
        number = part.editions.count() + 1
        edition = Edition.objects.create(
            distribution=part, number=number, state="review", period=period, file_name="cover.geojson", format="geojson",
            media_type="application/geo+json", bytes=1, sha256=f"{number:064}", table_sha256=digest, rows=len(features),
            columns=[{"name": name, "label": name, "type": "text", "unit": ""} for name in names],
            bounds=list(shapely.total_bounds(shapes)), received_at=clock.now(),
        )  # fmt: skip
        publish_edition(command(), edition, **release)
        return Edition.objects.select_related("distribution__dataset").get(pk=edition.pk)

    return send


@pytest.fixture
def edition(world, deliver) -> Edition:
    """Nine invented shapes of the ministry of land, open to everybody."""
    dataset = Dataset.objects.create(
        slug="cover", title=Translated(lo="ສິ່ງປົກຫຸ້ມດິນ", en="Cover"), owner=world.organisation("LAND"), place=world.area("DM"),
        tier="public", licence=Term.objects.get(scheme="licence", code="CC-BY-4.0"), is_invented=True,
    )  # fmt: skip
    Distribution.objects.create(dataset=dataset, code="layer", name=Translated(lo="ຊັ້ນແຜນທີ່", en="Layer"))
    return deliver(FEATURES, period="2024")


@pytest.fixture
def cover(edition) -> Layer:
    return operations.make_layer(
        command(),
        title={"lo": "ສິ່ງປົກຫຸ້ມດິນ", "en": "Cover"},
        distribution=edition.distribution,
        code="cover",
        label="class",
    )


@pytest.fixture
def boundaries(world):
    take_in_boundaries(command(), Pack(PACK))


def square(west, south, side=0.1, **properties):
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
