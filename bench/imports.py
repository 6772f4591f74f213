"""Taking in a large layer and a large table, against ogr2ogr and against the limit.

Each goes from the file to a published, queryable edition: read and checked in the child, geodesic areas reckoned,
features copied into the database, places joined, figures reckoned.
"""

import math
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from sala.access.actor import command
from sala.catalogue import operations
from sala.catalogue.models import Dataset, Distribution
from sala.core.language import Translated
from sala.core.models import Term
from sala.people.models import Organisation
from sala.places.models import Area

POLYGONS, VERTICES, ROWS = 200_000, 21, 1_000_000


def star_polygons(count: int) -> np.ndarray:
    """Small star-shaped polygons spread over a few degrees, with 21 vertices each."""
    generator = np.random.default_rng(7)
    centres = generator.uniform((100.5, 14.5), (106.5, 22.0), (count, 1, 2))
    angles = np.linspace(0, 2 * math.pi, VERTICES, endpoint=False)
    radii = generator.uniform(0.0004, 0.001, (count, VERTICES))
    ring = np.stack([np.cos(angles) * radii, np.sin(angles) * radii], axis=2) + centres
    closed = np.concatenate([ring, ring[:, :1]], axis=1)
    return shapely.polygons(closed)


def write_layer(path: Path) -> None:
    shapes = star_polygons(POLYGONS)
    numbers = np.arange(POLYGONS)
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), [numbers, (numbers % 7).astype("float64")], ["number", "value"], layer="parcels",
        geometry_type="Polygon", crs="EPSG:4326", driver="GPKG",
    )  # fmt: skip


def write_table(path: Path, codes: list[str]) -> None:
    random.seed(7)
    with path.open("w", encoding="utf-8") as handle:
        handle.write("code,year,name,amount,share,kind,note,day\n")
        for number in range(ROWS):
            handle.write(
                f"{codes[number % len(codes)]},{2000 + number % 25},row {number % 5000},{number},{number % 100}.5,"
                f"kind {number % 12},ok,2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}\n"
            )


def part_of(slug: str) -> Distribution:
    dataset = operations.create_dataset(
        command(), owner=Organisation.objects.order_by("pk").first(), slug=slug, place=Area.objects.order_by("pk").first(),
        title=Translated(lo=slug, en=slug), tier="public", licence=Term.objects.filter(scheme="licence").first(),
    )  # fmt: skip
    return operations.add_distribution(command(), dataset, code="data", name=Translated(lo=slug, en=slug))


def take_in(part: Distribution, path: Path, roles: dict[str, str] | None = None, recipe: dict | None = None) -> float:
    """Seconds from the file to the published edition."""
    start = time.perf_counter()
    edition = operations.receive_edition(command(), part, path, path.name, period="2024")
    edition = operations.settle_edition(command(), edition, recipe=recipe or {}, roles=roles or {})
    operations.submit_edition(command(), edition)
    operations.publish_edition(command(), edition)
    assert Dataset.objects.get(pk=part.dataset_id).is_published
    return time.perf_counter() - start


def run(report) -> None:
    codes = list(Area.objects.filter(level__rank=2).values_list("code", flat=True))
    with tempfile.TemporaryDirectory() as folder:
        layer, table = Path(folder) / "parcels.gpkg", Path(folder) / "table.csv"
        write_layer(layer)
        write_table(table, codes)
        peer = None
        if shutil.which("ogr2ogr"):
            start = time.perf_counter()
            subprocess.run(["ogr2ogr", "-f", "GPKG", str(Path(folder) / "copy.gpkg"), str(layer)], check=True)
            peer = time.perf_counter() - start
        seconds = take_in(part_of("bench-parcels"), layer)
        report.row(
            "import",
            f"{POLYGONS:,} polygons",
            seconds,
            "s",
            peer="ogr2ogr",
            peer_value=peer,
            target=3 * peer if peer else None,
        )
        seconds = take_in(
            part_of("bench-table"), table, roles={"code": "area", "year": "period"}, recipe={"decimal_mark": "."}
        )
        report.row("import", f"{ROWS:,} rows of CSV", seconds, "s", target=15)
