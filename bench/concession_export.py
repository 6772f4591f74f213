"""The register of 20,000 invented concessions as the Land Matrix's zip, as CSV and as a workbook, by the real server."""

import csv
import http.client
import io
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from django.db import connection

from bench.calls import appointed
from bench.export import most_memory
from bench.pages import served, session_of
from bench.stopwatch import stopwatch
from config.demonstration.concessions import enter
from sala.access.actor import command
from sala.concessions.exchange.giving import tables
from sala.concessions.exchange.land_matrix.writing import write
from sala.concessions.exchange.register.rows import rows
from sala.concessions.models import Concession
from sala.people.models import Position

PACK = "demo"
CONCESSIONS, FEW = 20_000, 100
POST = "LAND-register"
MOST_SECONDS, MOST_BOOK, MOST_MEGABYTES = 10, 45, 300


def queries_of(rows: Any) -> int:
    """Statements that writing these concessions takes."""
    counted = []

    def count(execute: Any, *arguments: Any) -> Any:
        counted.append(1)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        write(io.BytesIO(), tables(command(), rows))
    return len(counted)


def queries_of_the_list(found: Any) -> int:
    """Statements that the same as a table takes."""
    counted = []

    def count(execute: Any, *arguments: Any) -> Any:
        counted.append(1)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        for _row in rows(command(), found):
            pass
    return len(counted)


def fetch(port: int, cookie: str, target: Path, address: str = "land-matrix.zip") -> float:
    """Seconds until the whole file lies on the disk."""
    started = time.perf_counter()
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=900)
    browser.request("GET", f"/concessions/{address}", headers={"Cookie": cookie})
    answer = browser.getresponse()
    assert answer.status == 200, answer.read()[:2000]
    with target.open("wb") as file:
        while chunk := answer.read(1024**2):
            file.write(chunk)
    browser.close()
    return time.perf_counter() - started


def deals_in(path: Path) -> int:
    """Deals that the standard library's reader finds in the zip."""
    with zipfile.ZipFile(path) as archive, archive.open("deals.csv") as file:
        return sum(1 for _row in csv.DictReader(io.TextIOWrapper(file, "utf-8"), delimiter=";"))


def run(report) -> None:
    post = Position.objects.select_related("organisation").get(code=POST)
    cookie = session_of(appointed(post, "exporter"))
    with stopwatch() as spent:
        enter(command(), CONCESSIONS)
    report.row("concession-export", f"{CONCESSIONS:,} invented concessions put in", spent.wall, "s")
    few = queries_of(Concession.objects.filter(pk__in=list(Concession.objects.values_list("pk", flat=True)[:FEW])))
    many = queries_of(Concession.objects.all())
    report.row("concession-export", "statements for all", many, "", f"for {FEW}", few, target=few)
    some = Concession.objects.filter(pk__in=list(Concession.objects.values_list("pk", flat=True)[:FEW]))
    few, many = queries_of_the_list(some), queries_of_the_list(Concession.objects.all())
    report.row("concession-export", "statements for all as a table", many, "", f"for {FEW}", few, target=few)
    with tempfile.TemporaryDirectory() as folder, served() as port:
        target = Path(folder) / "register.zip"
        seconds = fetch(port, cookie, target)
        assert deals_in(target) == CONCESSIONS
        report.row("concession-export", f"{CONCESSIONS:,} to the zip, wall time", seconds, "s", target=MOST_SECONDS)
        report.row("concession-export", "size of the zip", target.stat().st_size / 1e6, "MB")
        table, book = Path(folder) / "list.csv", Path(folder) / "list.xlsx"
        seconds = fetch(port, cookie, table, "list.csv")
        with table.open(encoding="utf-8-sig") as file:
            assert sum(1 for _row in csv.DictReader(file)) == CONCESSIONS
        report.row("concession-export", f"{CONCESSIONS:,} to CSV, wall time", seconds, "s", target=MOST_SECONDS)
        seconds = fetch(port, cookie, book, "list.xlsx")
        report.row("concession-export", f"{CONCESSIONS:,} to a workbook, wall time", seconds, "s", target=MOST_BOOK)
        report.row("concession-export", "largest process of the server", most_memory(port), "MB", target=MOST_MEGABYTES)
