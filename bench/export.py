"""All answers to a form of 510 questions as CSV, by the real server: against writing the same rows from one Parquet file.

132,229 answers, their values drawn anew for each. The worker's parts are made first, as they are in use, and reported.
"""

import http.client
import random
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bench.bulk import copy, ids
from bench.calls import appointed
from bench.pages import served, session_of
from bench.stopwatch import stopwatch
from sala.collection.models import AnswerPart, Form, FormVersion, Reading, Submission
from sala.collection.operations import keep_part
from sala.core import clock
from sala.core.language import Translated
from sala.people.models import Position

PACK = "demo"
ANSWERS, AT_ONCE = 132_229, 500
POST = "HEALTH-P01-data"
MOST_SECONDS, MOST_MEGABYTES, MOST_TIMES = 60, 300, 4
# type → questions of it: 510 columns with the four of each point
SHARES = {
    "integer": 180,
    "decimal": 60,
    "select_one": 150,
    "select_multiple": 20,
    "text": 60,
    "date": 20,
    "geopoint": 5,
}
CODES = [f"choice_{number}" for number in range(12)]
WORDS = ["ບ້ານ", "ນ້ຳ", "ໂຮງຮຽນ", "road", "market", "clinic", "far", "new", "broken, to be mended"]


def fields() -> list[dict[str, Any]]:
    found = []
    for kind, count in SHARES.items():
        for number in range(count):
            name = f"{kind}_{number}"
            found.append({
                "path": f"/data/part_{number % 9}/{name}", "name": name, "type": kind, "labels": {"en": name}, "hint": {},
                "list": "codes" if kind.startswith("select") else "", "required": False, "repeat": "", "group": "",
            })  # fmt: skip
    return found


def make_form(post: Position) -> Form:
    form = Form.objects.create(
        slug="bench-survey", form_id="bench_survey", title=Translated(lo="ແບບສຳຫຼວດ", en="Survey"),
        owner=post.organisation, is_published=True, is_invented=True,
    )  # fmt: skip
    FormVersion.objects.create(
        form=form, number=1, version="1", state="current", is_published=True, file_name="survey.xlsx", sha256="0" * 64,
        bytes=1, title="Survey", xform="<h/>", md5="0" * 32, fields=fields(), languages=["en"],
        choices={"codes": [{"value": code, "labels": {"en": code}} for code in CODES]}, language_map={"en": "en"},
        uploaded_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    return form


def drawn(chance: np.random.Generator, kind: str, count: int) -> list[Any]:
    """Values of one question for so many answers; one in ten is not answered."""
    if kind == "integer":
        values: list[Any] = chance.integers(0, 100_000, count).tolist()
    elif kind == "decimal":
        values = chance.uniform(0, 1000, count).round(2).tolist()
    elif kind == "select_one":
        values = [CODES[place] for place in chance.integers(0, len(CODES), count)]
    elif kind == "select_multiple":
        values = [[CODES[place], CODES[place + 1]] for place in chance.integers(0, len(CODES) - 1, count)]
    elif kind == "text":
        values = [f"{WORDS[place % len(WORDS)]} {place}" for place in chance.integers(0, 1_000_000, count)]
    elif kind == "date":
        values = [(date(2020, 1, 1) + timedelta(int(days))).isoformat() for days in chance.integers(0, 2000, count)]
    else:
        where = chance.uniform((14, 100), (22, 107), (count, 2)).round(6).tolist()
        values = [{"lat": lat, "lon": lon, "altitude": 300.0, "accuracy": 5.5} for lat, lon in where]
    for place in np.flatnonzero(chance.random(count) < 0.1):
        values[place] = None
    return values


def rows_of_values(asked: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chance = np.random.default_rng(7)
    paths = [each["path"] for each in asked]
    for start in range(0, ANSWERS, AT_ONCE):
        count = min(AT_ONCE, ANSWERS - start)
        columns = [drawn(chance, each["type"], count) for each in asked]
        yield [
            {path: value for path, value in zip(paths, row, strict=True) if value is not None}
            for row in zip(*columns, strict=True)
        ]


def fill(form: Form, post: Position) -> None:
    version, now = form.versions.get(), clock.now() - timedelta(days=1)
    names = random.Random(7)
    numbers = ids(Submission, ANSWERS)
    for values in rows_of_values(version.fields):
        sent = [
            Submission(
                id=next(numbers), form=form, version=version, instance_id=f"uuid:{names.getrandbits(128):032x}",
                xml="<data/>", sha256="0" * 64, channel="phone", position=post, received_at=now,
            )
            for _each in values
        ]  # fmt: skip
        copy(sent)
        copy([
            Reading(submission=one, form=form, office=post.organisation, values=told, state="approved", read_at=now)
            for one, told in zip(sent, values, strict=True)
        ])  # fmt: skip


def fetch(port: int, cookie: str, kind: str, target: Path) -> float:
    """Seconds until the whole answer of the server lies in a file."""
    started = time.perf_counter()
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=900)
    browser.request(
        "GET", f"/forms/bench-survey/data/answers.{kind}", headers={"Cookie": cookie, "Accept-Language": "en"}
    )
    answer = browser.getresponse()
    assert answer.status == 200, answer.read()[:2000]
    with target.open("wb") as file:
        while chunk := answer.read(1024**2):
            file.write(chunk)
    browser.close()
    return time.perf_counter() - started


def most_memory(port: int) -> float:
    """Megabytes that the largest process of the server has held since it started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"--port\0{port}\0".encode() in (folder / "cmdline").read_bytes():
                held = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
                found.append(int(held.group(1)) / 1024 if held else 0.0)
        except OSError:  # it ended meanwhile
            continue
    return max(found)


def by_peer(source: Path, target: Path) -> float:
    """Seconds that pyarrow alone needs to write the rows of the Parquet file as CSV."""
    started = time.perf_counter()
    with pq.ParquetFile(source) as file, pa_csv.CSVWriter(target, file.schema_arrow) as writer:
        for batch in file.iter_batches(10_000):
            writer.write_batch(batch)
    return time.perf_counter() - started


def lines_of(path: Path) -> int:
    """Rows that another reader finds in the CSV file."""
    reader = pa_csv.open_csv(
        path, convert_options=pa_csv.ConvertOptions(column_types={}, include_columns=["answer_id"])
    )
    return sum(batch.num_rows for batch in reader)


def run(report) -> None:
    post = Position.objects.select_related("organisation").get(code=POST)
    cookie = session_of(appointed(post, "exporter"))
    form = make_form(post)
    with stopwatch() as spent:
        fill(form, post)
    report.row("export", f"{ANSWERS:,} answers put in, to be exported", spent.wall, "s")
    with stopwatch() as spent:
        while keep_part(form):
            pass
    report.row("export", "parts written by the worker, wall time", spent.wall, "s")
    assert AnswerPart.objects.filter(form=form).count() == ANSWERS // 10_000
    with tempfile.TemporaryDirectory() as folder, served() as port:
        csv, parquet, peer = (Path(folder) / name for name in ("ours.csv", "ours.parquet", "peer.csv"))
        seconds = fetch(port, cookie, "csv", csv)
        memory = most_memory(port)
        assert lines_of(csv) == ANSWERS
        fetch(port, cookie, "parquet", parquet)
        assert pq.read_metadata(parquet).num_rows == ANSWERS
        pa.set_cpu_count(2)
        other = min(by_peer(parquet, peer) for _turn in range(2))
        columns = len(pq.read_schema(parquet).names)
        report.row("export", f"{ANSWERS:,} x {columns} to CSV, wall time", seconds, "s", target=MOST_SECONDS)
        report.row(
            "export", "the same against pyarrow from Parquet", seconds, "s", "pyarrow", other, target=MOST_TIMES * other
        )
        report.row("export", "largest process of the server", memory, "MB", target=MOST_MEGABYTES)
        report.row("export", "size of the CSV", csv.stat().st_size / 1024**2, "MB")
