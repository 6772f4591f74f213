"""Tiles of a layer of 200,000 polygons: published ones against an empty view of the same server, live ones against MapServer.

Ours and the peer's are asked in turn, the same tiles, on one kept connection each, uncompressed, with the same attributes;
the middle of five rounds counts. Where MapServer cannot be installed its row is left out and said to be missing.
"""

import http.client
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import shapely
from django.db import connection
from google.protobuf.message import DecodeError

from bench.pages import served
from bench.stopwatch import stopwatch
from config import cluster, database, serving
from sala.access.actor import command
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.operations import publish_edition
from sala.core import clock
from sala.core.files import store
from sala.core.language import Translated
from sala.core.models import Term
from sala.maps import operations
from sala.maps.models import Layer, TileArchive
from sala.people.models import Organisation
from sala.places.queries import country

PACK = "demo"
POLYGONS, CORNERS = 200_000, 24
SIDE = 3.0  # degrees of the square in which they lie
WEST, SOUTH = 102.0, 16.0
ROUNDS, TILES = 5, 150
ZOOMS = (11, 12, 13)
PUBLISHED, LIVE = 0.6, 1.0  # of an empty view; of MapServer
PACKAGES = ["cgi-mapserver", "lighttpd"]
COLUMNS = ("kind", "name")


def run(report) -> None:
    with stopwatch() as spent:
        layer = fill()
    report.row("tiles", f"making {POLYGONS:,} polygons", spent.wall, "s")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    places = chosen()
    with served("bench.empty.settings") as port:
        ours = Asked(port, [f"/tiles/{layer.code}/{z}/{x}/{y}.mvt" for z, x, y in places])
        with mapserver(layer) as peer_port:
            if peer_port:
                peer = Asked(peer_port, [PEER.format(z=z, x=x, y=y) for z, x, y in places])
                check_alike(ours, peer)
                live, other = alternating(ours, peer)
                report.row(
                    "tiles", "live tiles", live, "tiles/s", "MapServer 8", other, target=LIVE * other, better="more"
                )
            else:
                live, _same = alternating(ours, ours)
                report.row("tiles", "live tiles (no MapServer here: run as root)", live, "tiles/s")
        with stopwatch() as spent:
            operations.build_missing(command())
        archive = TileArchive.objects.get()
        told = f"building the archive, {archive.bytes / 1e6:.0f} MB, levels {archive.min_zoom} to {archive.max_zoom}"
        report.row("tiles", told, spent.wall, "s")
        stored = [f"/tiles/{layer.code}/{z}/{x}/{y}.mvt" for z, x, y in places if z <= archive.max_zoom]
        published, bare = alternating(
            Asked(port, stored, PACKED), Asked(port, [f"/empty/{number}/" for number in range(len(stored))], PACKED)
        )
        report.row(
            "tiles", "published tiles", published, "tiles/s", "empty view", bare, target=PUBLISHED * bare, better="more"
        )


def fill() -> Layer:
    """Irregular polygons in a square that lies nowhere in particular, entered as the child process would leave them."""
    chance = np.random.default_rng(5)
    middle = chance.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (POLYGONS, 2))
    angle = np.sort(chance.uniform(0, 2 * np.pi, (POLYGONS, CORNERS)), axis=1)
    radius = chance.uniform(0.002, 0.004, (POLYGONS, CORNERS))
    ring = middle[:, None, :] + radius[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=2)
    shapes = shapely.polygons(np.concatenate([ring, ring[:, :1]], axis=1))
    table = pa.table({
        "_row": np.arange(1, POLYGONS + 1), "geometry": shapely.to_wkb(shapes).tolist(),
        "area_ha": np.round(shapely.area(shapes) * 1_160_000, 2), "kind": [f"kind {number % 9}" for number in range(POLYGONS)],
        "name": [f"ປ່າ {number}" for number in range(POLYGONS)],
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "features.parquet"
        parquet.write_table(table, path)
        digest, size = store.keep(path)
    dataset = Dataset.objects.create(
        slug="bench", title=Translated(lo="ປ່າ", en="Bench"), owner=Organisation.objects.order_by("pk")[0], place=country(),
        tier="public", licence=Term.objects.filter(scheme="licence")[0],
    )  # fmt: skip
    part = Distribution.objects.create(dataset=dataset, code="layer", name=Translated(lo="ຊັ້ນ", en="Layer"))
    edition = Edition.objects.create(
        distribution=part, number=1, state="review", file_name="bench.gpkg", format="gpkg", media_type="application/x-gpkg",
        bytes=size, sha256=digest, table_sha256=digest, rows=POLYGONS, received_at=clock.now(),
        columns=[{"name": name, "label": name, "type": "text", "unit": ""} for name in COLUMNS],
        bounds=[float(edge) for edge in shapely.total_bounds(shapes)],
    )  # fmt: skip
    publish_edition(command(), edition)
    return operations.make_layer(command(), title=Translated(lo="ປ່າ"), distribution=part, code="bench")


def chosen() -> list[tuple[int, int, int]]:
    """Tiles that lie wholly within the square, of the levels at which people work."""
    chance, found = random.Random(3), []
    while len(found) < TILES:
        z = chance.choice(ZOOMS)
        longitude, latitude = WEST + chance.uniform(0.2, SIDE - 0.2), SOUTH + chance.uniform(0.2, SIDE - 0.2)
        x = int((longitude + 180) / 360 * 2**z)
        y = int((1 - np.arcsinh(np.tan(np.radians(latitude))) / np.pi) / 2 * 2**z)
        found.append((z, x, y))
    return found


class Asked:
    """Addresses of one server, asked on one kept connection."""

    def __init__(self, port: int, addresses: list[str], headers: dict[str, str] | None = None):
        self.addresses, self.headers = addresses, headers or {"Accept-Encoding": "identity"}
        self._server = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, address: str) -> bytes:
        self._server.request("GET", address, headers=self.headers)
        answer = self._server.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{address} answered {answer.status}")
        return body

    def rate(self) -> float:
        """Answers a second, over all addresses once."""
        start = time.perf_counter()
        for address in self.addresses:
            self.get(address)
        return len(self.addresses) / (time.perf_counter() - start)


def alternating(one: Asked, other: Asked) -> tuple[float, float]:
    """The middle of some rounds of each, in turn, after one round that warms both."""
    one.rate(), other.rate()
    pairs = [(one.rate(), other.rate()) for _round in range(ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def check_alike(ours: Asked, peer: Asked) -> None:
    """Both give the same features with the same attributes, within what cutting at the edge of a tile changes."""
    for mine, theirs in list(zip(ours.addresses, peer.addresses, strict=True))[:5]:
        found = [read(server.get(address)) for server, address in ((ours, mine), (peer, theirs))]
        least, most = sorted(map(len, found))
        if not least or most - least > 0.1 * most or any(set(each) != set(COLUMNS) for each in [*found[0], *found[1]]):
            raise AssertionError(
                f"{mine} has {len(found[0])} features and MapServer {len(found[1])}, or other attributes"
            )


def read(tile: bytes) -> list[dict]:
    try:
        found = mapbox_vector_tile.decode(tile)
    except DecodeError as error:
        raise AssertionError(f"no tile: {tile[:300]!r}") from error
    return [feature["properties"] for feature in found["bench"]["features"]]


# ---- the peer ------------------------------------------------------------------------------------------------------

PEER = "/map?map=BENCH&mode=tile&tilemode=gmap&layers=bench&map.imagetype=mvt&tile={x}+{y}+{z}"
PACKED = {"Accept-Encoding": "gzip"}
MAPFILE = """MAP
  NAME "bench" STATUS ON SIZE 256 256 EXTENT -180 -85 180 85 UNITS DD
  PROJECTION "init=epsg:3857" END
  WEB METADATA "ows_enable_request" "*" "ows_title" "bench" END END
  OUTPUTFORMAT NAME "mvt" DRIVER "MVT" FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=10" END
  LAYER
    NAME "bench" STATUS ON TYPE POLYGON CONNECTIONTYPE POSTGIS PROCESSING "CLOSE_CONNECTION=DEFER"
    CONNECTION "{connection}"
    DATA "geometry from (select number, geometry, properties->>'kind' as kind, properties->>'name' as name from catalogue_feature where edition_id = {edition}) as t using unique number using srid=4326"
    PROJECTION "init=epsg:4326" END
    METADATA "gml_include_items" "kind,name" "ows_title" "bench" END
    CLASS STYLE COLOR 0 0 0 END END
  END
END
"""
# the program of version 8 answers nothing without one
CONFIG = """CONFIG
  ENV
    MS_MAP_NO_PATH "1"
    MS_ERRORFILE "{folder}/errors"
  END
  MAPS
    BENCH "{folder}/bench.map"
  END
END
"""
FRONT = """
server.document-root = "{folder}"
server.port = {port}
server.bind = "127.0.0.1"
server.modules = ("mod_fastcgi")
fastcgi.server = ("/map" => (("bin-path" => "{program}", "socket" => "{folder}/socket", "check-local" => "disable",
  "max-procs" => 2, "bin-environment" => ("MAPSERVER_CONFIG_FILE" => "{folder}/bench.conf"))))
"""


def program() -> str | None:
    """The peer's program, installed where this may be done."""
    found = shutil.which("mapserv") or next(
        (str(path) for path in [Path("/usr/lib/cgi-bin/mapserv")] if path.exists()), None
    )
    if not (found and shutil.which("lighttpd", path="/usr/sbin:/usr/bin")) and os.geteuid() == 0:
        quiet = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        }
        subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES], check=False, **quiet)
        found = next((str(path) for path in [Path("/usr/lib/cgi-bin/mapserv")] if path.exists()), None)
    return found if shutil.which("lighttpd", path="/usr/sbin:/usr/bin") else None


@contextmanager
def mapserver(layer: Layer) -> Iterator[int | None]:
    """MapServer as two FastCGI processes behind lighttpd, on the same table; gives its port, or None where it is not had."""
    path = program()
    if path is None:
        yield None
        return
    port = serving.free_port()
    with tempfile.TemporaryDirectory(prefix="sala-peer-") as folder:
        told = f"host={cluster.socket_directory()} user=sala dbname={database.name()}"
        edition = Edition.objects.get(distribution=layer.distribution)
        (Path(folder) / "bench.map").write_text(MAPFILE.format(connection=told, edition=edition.pk))
        (Path(folder) / "bench.conf").write_text(CONFIG.format(folder=folder))
        (Path(folder) / "front.conf").write_text(FRONT.format(folder=folder, port=port, program=path))
        process = subprocess.Popen(
            [shutil.which("lighttpd", path="/usr/sbin:/usr/bin") or "", "-D", "-f", f"{folder}/front.conf"], process_group=0,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait(port)
            yield port
        finally:
            os.killpg(process.pid, 15)
            process.wait(timeout=30)


def wait(port: int) -> None:
    for _attempt in range(100):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=2).connect()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the peer does not answer")
