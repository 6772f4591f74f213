"""Taking in a large layer and a large table by `catalogue add`, against ogr2ogr and against the limit.

Each goes from the file to a published, queryable edition: read and checked in the child, geodesic areas reckoned,
features copied into the database, places joined, figures reckoned.
"""

import math
import random
import shutil
import subprocess
import tempfile
from io import StringIO
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely
from django.core.management import call_command

from bench.stopwatch import Spent, stopwatch
from sala.catalogue.models import Edition, Feature
from sala.core.models import Term
from sala.people.models import Organisation
from sala.places.models import Area

POLYGONS, VERTICES, ROWS = 200_000, 21, 1_000_000
MOST_TIMES, MOST_SECONDS = 3, 15


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


def add(path: Path, **options: object) -> Spent:
    """The whole `catalogue add`, as an operator types it, from the file to the published edition."""
    told = StringIO()
    with stopwatch() as spent:
        call_command("catalogue", "add", str(path), slug=path.stem, owner=Organisation.objects.order_by("pk").first().code,
                     place=Area.objects.order_by("pk").first().code, title=[f"lo={path.stem}", f"en={path.stem}"],
                     licence=Term.objects.filter(scheme="licence").first().code, period="2024", stdout=told, **options)  # fmt: skip
    assert Edition.objects.get(distribution__dataset__slug=path.stem).is_published, told.getvalue()
    return spent


def copied(source: Path, target: Path) -> Spent:
    """What ogr2ogr needs to copy the layer into a new file."""
    with stopwatch() as spent:
        subprocess.run(["ogr2ogr", "-f", "GPKG", str(target), str(source)], check=True, stderr=subprocess.DEVNULL)
    return spent


def run(report) -> None:
    """The copy by ogr2ogr is taken before and after, so that a busy minute of the machine strikes both."""
    codes = list(Area.objects.filter(level__rank=2).values_list("code", flat=True))
    with tempfile.TemporaryDirectory() as folder:
        layer, table = Path(folder) / "bench-parcels.gpkg", Path(folder) / "bench-table.csv"
        write_layer(layer)
        write_table(table, codes)
        peers = [copied(layer, Path(folder) / "before.gpkg")] if shutil.which("ogr2ogr") else []
        spent = add(layer)
        assert Feature.objects.count() == POLYGONS
        peers += [copied(layer, Path(folder) / "after.gpkg")] if peers else []
        for name in ("wall", "processor"):
            peer = sum(getattr(one, name) for one in peers) / len(peers) if peers else None
            report.row(
                "imports", f"{POLYGONS:,} polygons, {name} time", getattr(spent, name), "s", peer="ogr2ogr",
                peer_value=peer, target=MOST_TIMES * peer if peer else None,
            )  # fmt: skip
        spent = add(table, role=["code=area", "year=period"], decimal_mark=".")
        report.row("imports", f"{ROWS:,} rows of CSV, wall time", spent.wall, "s", target=MOST_SECONDS)
        report.row("imports", f"{ROWS:,} rows of CSV, processor time", spent.processor, "s")
