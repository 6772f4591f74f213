"""Questions to a table of five million rows by eight clients at once: the API of the real server against bare DuckDB.

Both have the same file, the same number of threads and the same cap on memory. Bare DuckDB keeps its connections open,
asks the same question from eight threads of one process and makes no JSON of what it finds. The two take turns, three
times. To have the rows in the order of the file, bare DuckDB sorts them as anybody would write it, by their numbers; how
quick it is when it is told, as ours finds out, that they lie so, stands beside it.
"""

import http.client
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import duckdb

from bench.pages import served
from sala.catalogue.models import Dataset, Distribution, Edition
from sala.catalogue.queries.table_query import question
from sala.catalogue.table_engine import MEMORY, THREADS, kinds_of, source_of
from sala.core import clock
from sala.core.files import store
from sala.core.language import Translated
from sala.core.models import Term
from sala.people.models import Organisation
from sala.places.models import Area

PACK = "demo"
ROWS, CLIENTS, EACH, TURNS = 5_000_000, 8, 6, 3
FACTOR, ALLOWANCE = 1.3, 15  # milliseconds
MAKE = """
    copy (select i as _row, printf('%04d', i // 33800) as district, 2000 + i // 40 % 25 as year, 'kind ' || (i * 7919) % 40 as kind,
          (i * 104729) % 1000003 as amount, ((i * 7) % 1000)::decimal(9, 1) as share, 'note ' || i % 5000 as note,
          ['female', 'male'][i % 2 + 1] as sex from range(1, {rows} + 1) t(i))
    to '{target}' (format parquet, compression zstd, row_group_size 131072)
"""


def filtered(chance: random.Random) -> dict[str, Any]:
    return {
        "where": {"and": [{"field": "kind", "value": f"kind {chance.randrange(40)}"}, {"field": "year", "value": chance.randint(2000, 2024)}]},
        "limit": 50,
    }  # fmt: skip


def reckoned(chance: random.Random) -> dict[str, Any]:
    return {
        "where": {"field": "amount", "op": ">=", "value": chance.randrange(500_000)}, "group": ["district", "sex"],
        "aggregates": [{"function": "sum", "field": "amount"}, {"function": "count"}], "limit": 500,
    }  # fmt: skip


QUESTIONS: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "filter, 50 rows": filtered,
    "sums by two columns": reckoned,
}


def run(report) -> None:
    edition = made()
    source, kinds = source_of(edition.table_sha256), dict(kinds_of(edition.table_sha256))
    kinds.pop("_row")
    report.row(
        "table", f"rows of the table, {store.path_of(edition.table_sha256).stat().st_size / 1e6:.0f} MB", ROWS, ""
    )
    with served() as port, bare_connections() as connections:
        for name, make in QUESTIONS.items():
            ours, theirs, told = Times(), Times(), Times()
            for turn in range(TURNS):
                chance = random.Random(turn)
                asked = [[make(chance) for _time in range(EACH)] for _client in range(CLIENTS)]
                bare(connections, asked, source, kinds, theirs)
                bare(connections, asked, source, kinds, told, is_in_order=True)
                api(asked, port, edition, ours)
            peer = median(theirs.each)
            report.row("table", f"{name}, p50 of {len(ours.each)}", median(ours.each), "ms", "bare DuckDB", peer,
                       target=FACTOR * peer + ALLOWANCE)  # fmt: skip
            report.row("table", f"{name}, p50 of bare DuckDB told of the order", median(told.each), "ms")
            whole = [median(times.turns) / (CLIENTS * EACH) for times in (ours, theirs)]
            report.row("table", f"{name}, machine's time for each", whole[0], "ms", "bare DuckDB", whole[1],
                       target=FACTOR * whole[1] + ALLOWANCE)  # fmt: skip


def made() -> Edition:
    """A published edition whose table was written by DuckDB itself."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "table.parquet"
        duckdb.connect(":memory:").execute(MAKE.format(rows=ROWS, target=target))
        digest, size = store.keep(target)
    dataset = Dataset.objects.create(
        slug="bench", title=Translated(lo="ຂໍ້ມູນ", en="Data"), owner=Organisation.objects.order_by("pk").first(),
        place=Area.objects.order_by("pk").first(), tier="public", state="published", is_published=True,
        licence=Term.objects.filter(scheme="licence").first(), is_invented=True,
    )  # fmt: skip
    part = Distribution.objects.create(dataset=dataset, code="table", name=Translated(lo="ຕາຕະລາງ", en="Table"))
    columns = [{"name": name, "label": name, "type": "text"} for name in kinds_of(digest) if name != "_row"]
    return Edition.objects.create(
        distribution=part, number=1, state="published", is_published=True, file_name="x.csv", media_type="text/csv",
        format="csv", bytes=size, sha256=digest, table_sha256=digest, rows=ROWS, columns=columns, received_at=clock.now(),
        published_at=clock.now(),
    )  # fmt: skip


@dataclass
class Times:
    """each: milliseconds of each answer; turns: of each turn of all clients together."""

    each: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.each.append((time.perf_counter() - start) * 1000)


def together(work: list[Callable[[], None]], times: Times) -> None:
    """All at once. Raises what one of them raised: answers of fewer clients would be no measure."""
    start = time.perf_counter()
    with ThreadPoolExecutor(len(work)) as pool:
        running = [pool.submit(each) for each in work]
    times.turns.append((time.perf_counter() - start) * 1000)
    for each in running:
        each.result()


@contextmanager
def bare_connections() -> Iterator[list[duckdb.DuckDBPyConnection]]:
    """One for each client, open for as long as it asks."""
    config = {"threads": str(THREADS), "memory_limit": MEMORY}
    opened = [duckdb.connect(":memory:", config=config) for _client in range(CLIENTS)]
    yield opened
    for connection in opened:
        connection.close()


def bare(connections: list[duckdb.DuckDBPyConnection], asked: list[list[dict[str, Any]]], source: str, kinds: dict[str, str],
         times: Times, is_in_order: bool = False) -> None:  # fmt: skip
    def client(connection: duckdb.DuckDBPyConnection, own: list[dict[str, Any]]) -> None:
        for sent in own:
            statement = question(sent, kinds).statement(source, is_in_order=is_in_order)
            with times.one():
                connection.execute(*statement).fetchall()

    clients = zip(connections, asked, strict=True)
    together([lambda pair=pair: client(*pair) for pair in clients], times)


def api(asked: list[list[dict[str, Any]]], port: int, edition: Edition, times: Times) -> None:
    def client(own: list[dict[str, Any]]) -> None:
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for sent in own:
            with times.one():
                server.request("GET", f"/api/v1{edition.get_absolute_url()}table?{urlencode({'q': json.dumps(sent)})}")
                answer = server.getresponse()
                body = answer.read()
            if answer.status != 200 or not json.loads(body)["rows"]:
                raise AssertionError(f"{answer.status}: {body[:200]!r}")
        server.close()

    together([lambda own=own: client(own) for own in asked], times)
