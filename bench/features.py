"""Pages of features of a layer of 200,000 polygons through OGC API Features, beside pygeoapi 0.21 on a table of the same.

Both are asked the same pages in turn on one kept connection: a hundred features within a box, with links to the next
page. Ours always tells the exact number that fits; the peer is asked with and without counting. Ours keeps what lies in a
box for whoever goes on to its next page, so boxes that nobody asked for before are measured as well. The peer is installed from its
package into the state folder, apart from our own libraries; without the network its rows are left out and said to be.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from django.db import connection

from bench.pages import served
from bench.tiles import POLYGONS, ROUNDS, SIDE, SOUTH, WEST, Asked, alternating, fill, wait
from config import cluster, database, serving

PACK = "demo"
PAGES, FEATURES = 60, 100
BOXES = (0.1, 0.3, 1.0)  # degrees of a side: about 220, 2,000 and 22,000 features
WITHOUT_COUNT, WITH_COUNT = 10, 3
OURS, PEERS = "/ogc/collections/bench.layer/items?", "/collections/bench/items?"
PACKAGES = ["pygeoapi==0.21.0", "gunicorn", "psycopg2-binary", "geoalchemy2", "pygeofilter[sqlalchemy]"]
TABLE = """
    create table bench_peer as select number::int as id, geometry, properties->>'kind' as kind, properties->>'name' as name
        from catalogue_feature;
    alter table bench_peer add primary key (id);
    create index on bench_peer using gist (geometry);
    grant select on bench_peer to sala;
    analyze bench_peer
"""


def run(report) -> None:
    fill()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze catalogue_feature")
        cursor.execute(TABLE)
    boxes = list(chosen())
    with served("config.settings") as port:
        ours = Asked(port, [OURS + each for each in boxes])
        for counting, times in ((False, WITHOUT_COUNT), (True, WITH_COUNT)):
            told = "counting" if counting else "not counting"
            with peer(counting) as peer_port:
                if peer_port is None:
                    report.row("features", f"pages, no pygeoapi here ({told})", alternating(ours, ours)[0], "pages/s")
                    continue
                other = Asked(peer_port, [f"{PEERS}{each}&f=json" for each in boxes])
                check_alike(ours, other, counting)
                rate, its = alternating(ours, other)
                report.row("features", f"pages of {FEATURES} of {POLYGONS:,}", rate, "pages/s",
                           f"pygeoapi, {told}", its, target=times * its, better="more")  # fmt: skip
                if counting:
                    rate, its = first_asked(ours, other)
                    report.row("features", "first pages of boxes not asked for before", rate, "pages/s",
                               f"pygeoapi, {told}", its, target=times * its, better="more")  # fmt: skip


def first_asked(ours: Asked, other: Asked) -> tuple[float, float]:
    """The middle of some rounds of each, in turn, every round of other boxes."""
    pairs = []
    for seed in range(ROUNDS):
        boxes = list(chosen(100 + seed))
        ours.addresses, other.addresses = [OURS + each for each in boxes], [f"{PEERS}{each}&f=json" for each in boxes]
        pairs.append((ours.rate(), other.rate()))
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def chosen(seed: int = 4) -> Iterator[str]:
    """Questions: a box of each size in turn, anywhere in the layer."""
    chance = random.Random(seed)
    for number in range(PAGES):
        side = BOXES[number % len(BOXES)]
        west, south = WEST + chance.uniform(0, SIDE - side), SOUTH + chance.uniform(0, SIDE - side)
        yield f"bbox={west:.4f},{south:.4f},{west + side:.4f},{south + side:.4f}&limit={FEATURES}"


def check_alike(ours: Asked, other: Asked, counting: bool) -> None:
    """Both give whole pages of the same attributes and, where the peer counts, the same number. Boxes of edges may differ."""
    for mine, theirs in list(zip(ours.addresses, other.addresses, strict=True))[:6]:
        one, two = json.loads(ours.get(mine)), json.loads(other.get(theirs))
        assert one["numberReturned"] == two["numberReturned"] == FEATURES
        assert {"kind", "name"} <= set(one["features"][0]["properties"]) & set(two["features"][0]["properties"])
        assert any(link["rel"] == "next" for link in one["links"])
        if counting:
            assert abs(one["numberMatched"] - two["numberMatched"]) <= 0.02 * two["numberMatched"], (
                one["numberMatched"], two["numberMatched"],
            )  # fmt: skip


# ---- the peer ------------------------------------------------------------------------------------------------------


def _program() -> Path | None:
    """gunicorn in an environment of the peer's own; None where it cannot be had."""
    home = cluster.STATE / "peers" / "pygeoapi"
    program = home / "bin" / "gunicorn"
    if not program.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(home)], capture_output=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", *PACKAGES]
        if made.returncode or subprocess.run(pip, capture_output=True).returncode:
            return None
    return program


def _settings(port: int, counting: bool) -> dict:
    box = [WEST, SOUTH, WEST + SIDE, SOUTH + SIDE]
    words = {"title": {"en": "Bench"}, "description": {"en": "Bench"}, "keywords": {"en": ["bench"]}}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": f"http://127.0.0.1:{port}", "mimetype": "application/json",
            "encoding": "utf-8", "language": "en-US", "limits": {"default_items": 10, "max_items": 1000},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**words, "keywords_type": "theme", "terms_of_service": "none", "url": "http://127.0.0.1/"},
            "license": {"name": "none", "url": "http://127.0.0.1/"}, "provider": {"name": "bench", "url": "http://127.0.0.1/"},
            "contact": {"name": "bench", "email": "bench@example.org"},
        },
        "resources": {
            "bench": {
                "type": "collection", **words, "links": [], "extents": {"spatial": {"bbox": box}},
                "providers": [{
                    "type": "feature", "name": "PostgreSQL", "id_field": "id", "table": "bench_peer", "geom_field": "geometry",
                    "count": counting,
                    "data": {"host": str(cluster.socket_directory()), "dbname": database.name(), "user": "sala",
                             "password": "none", "search_path": ["public"]},
                }],
            }
        },
    }  # fmt: skip


@contextmanager
def peer(counting: bool) -> Iterator[int | None]:
    """pygeoapi in two processes on the same database; gives its port, or None where it is not had."""
    program = _program()
    if program is None:
        yield None
        return
    port = serving.free_port()
    with tempfile.TemporaryDirectory(prefix="sala-peer-") as folder:
        config, openapi = Path(folder) / "config.yml", Path(folder) / "openapi.yml"
        config.write_text(json.dumps(_settings(port, counting)))  # JSON is YAML
        told = {**os.environ, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
        described = [
            str(program.with_name("pygeoapi")),
            "openapi",
            "generate",
            str(config),
            "--output-file",
            str(openapi),
        ]
        subprocess.run(described, env=told, check=True, capture_output=True)
        asked = [str(program), "-w", "2", "-b", f"127.0.0.1:{port}", "--log-level", "error", "pygeoapi.flask_app:APP"]
        process = subprocess.Popen(asked, env=told, process_group=0)
        try:
            wait(port)
            yield port
        finally:
            os.killpg(process.pid, 15)
            process.wait(timeout=30)
