"""What the benchmarks of phones share: villages whose heads have phones and are asked for a form, and bounded clients.

The clients speak over plain sockets on kept connections, from threads of this process; what they cost is told.
"""

import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import connection
from openpyxl import Workbook

from bench import many
from bench.bulk import copy
from bench.stopwatch import of
from sala.access.actor import command
from sala.collection import operations, policy
from sala.collection.models import Expected, Form
from sala.core import clock
from sala.core.language import Translated
from sala.duties.models import Assignment, Call
from sala.people.models import ApiToken, Organisation, Position, PositionGrant, Role
from sala.people.sign_in import hash_of

QUESTIONS = 250
TYPES = ["text", "integer", "decimal", "date", "select_one level", "geopoint", "calculate"]


def make_form(questions: int = QUESTIONS) -> Form:
    """A form of so many questions in ten groups, about villages, put in use."""
    book = Workbook()
    survey = book.active
    survey.title = "survey"
    survey.append(["type", "name", "label", "calculation"])
    for number in range(questions):
        if number % (questions // 10) == 0:
            if number:
                survey.append(["end_group"])
            survey.append(["begin_group", f"g{number}", f"Part {number}"])
        kind = TYPES[number % len(TYPES)]
        survey.append([kind, f"q{number}", f"Question {number}", "1 + 1" if kind == "calculate" else ""])
    survey.append(["end_group"])
    choices = book.create_sheet("choices")
    for row in (["list_name", "name", "label"], ["level", "low", "Low"], ["level", "high", "High"]):
        choices.append(row)
    settings = book.create_sheet("settings")
    settings.append(["form_id", "form_title", "version"])
    settings.append(["bench", "Bench", "1"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.xlsx"
        book.save(path)
        form = operations.make_form(command(), Organisation.objects.order_by("pk")[0], path, path.name)
    operations.publish_version(command(), form.versions.get())
    form.refresh_from_db()
    return form


def give_phones(form: Form, count: int) -> list[str]:
    """Villages with a post each, whose phone is asked for the form by one round. Returns the keys of the phones."""
    known = set(Position.objects.values_list("pk", flat=True))
    many.villages(2 * count, random.Random(1))
    posts = list(Position.objects.exclude(pk__in=known).select_related("organisation").order_by("pk"))
    role = Role.objects.get(code="data_reporter")
    PositionGrant.objects.bulk_create([PositionGrant(position=post, role=role) for post in posts], batch_size=5000)
    now = clock.now()
    call = Call.objects.create(
        reference="BENCH", kind="form-round", title=Translated(lo="ຮອບ"), purpose=Translated(lo="ຮອບ"),
        instruction=Translated(lo="ຮອບ"), issuer=posts[0], opens_on=clock.today(), due_on=clock.today() + timedelta(30),
        is_issued=True, state="issued", made_at=now, issued_at=now,
    )  # fmt: skip
    office = Position.objects.order_by("pk")[0]
    assignment = Assignment.objects.create(
        call=call, position=office, waits_for=office, state="issued", due_on=call.due_on
    )
    keys = [f"bench-{number}" for number in range(len(posts))]
    copy([
        Expected(assignment=assignment, form=form, area_id=post.organisation.area_id, period="2026", respondent=post)
        for post in posts
    ], with_id=False)  # fmt: skip
    copy([
        ApiToken(position=post, name=key, verbs=[policy.SEND], door=policy.DOOR, secret_hash=hash_of(key), made_at=now,
                 expires_at=now + timedelta(365))
        for post, key in zip(posts, keys, strict=True)
    ], with_id=False)  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return keys


# ---- clients -----------------------------------------------------------------------------------------------------


@dataclass
class Asked:
    """One request and what must come back. name: what it stands for, told when it was answered so."""

    name: str
    content: bytes
    status: int


@dataclass
class Measured:
    """times  milliseconds of each answer    answered  names of those answered as wanted    wrong  first lines of others"""

    times: list[float] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    wall: float = 0.0
    generator: float = 0.0  # seconds of processor time
    web: float = 0.0  # the same, of the web processes
    sessions: float = 0.0  # the same, of the database sessions that answered them

    @property
    def rate(self) -> float:
        return len(self.answered) / self.wall


def drive(port: int, requests: Iterator[Asked], clients: int, seconds: float, pace: float = 0.0) -> Measured:
    """Ask from so many clients at once, each waiting for its answer; with a pace, so many begin in a second at most."""
    found, lock = Measured(), threading.Lock()
    begun, processor, before = time.perf_counter(), time.process_time(), spent_by_server(port)
    count = iter(range(10**9))

    def next_one() -> Asked | None:
        with lock:
            at = begun + next(count) / pace if pace else 0.0
            asked = next(requests, None)
        if asked is None or max(at, time.perf_counter()) > begun + seconds:
            return None
        if (early := at - time.perf_counter()) > 0:
            time.sleep(early)
        return asked

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while asked := next_one():
                start = time.perf_counter()
                line.sendall(asked.content)
                first = read(line)
                spent = (time.perf_counter() - start) * 1000
                found.times.append(spent)
                if first.split()[1:2] == [str(asked.status).encode()]:
                    found.answered.append(asked.name)
                else:
                    found.wrong.append(first.decode("latin-1"))

    threads = [threading.Thread(target=client) for _number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.wall, found.generator = time.perf_counter() - begun, time.process_time() - processor
    found.web, found.sessions = (
        sum(spent - early.get(pid, 0.0) for pid, spent in late.items())
        for early, late in zip(before, spent_by_server(port), strict=True)
    )
    return found


def spent_by_server(port: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of processor time of each web process on this port, and of each session of this database: by its number,
    since sessions come and go."""
    parents = [
        path.parent
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if b"granian" in (told := path.read_bytes()) and str(port).encode() in told.split(b"\0")
    ]
    children = [child for path in parents for child in (path / f"task/{path.name}/children").read_text().split()]
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        sessions = [str(pid) for (pid,) in cursor.fetchall()]
    web = [path.name for path in parents] + children
    return _spent(web), _spent(sessions)


def _spent(pids: list[str]) -> dict[str, float]:
    return {pid: of(stat) for pid in pids if (stat := Path(f"/proc/{pid}/stat")).exists()}


def read(line: socket.socket) -> bytes:
    """Reads one answer whole. Returns its first line."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _some(line)
    head, _mark, body = got.partition(b"\r\n\r\n")
    lower = head.lower()
    if b"\r\ncontent-length:" in lower:
        wanted = int(lower.partition(b"\r\ncontent-length:")[2].split(b"\r\n")[0])
        while len(body) < wanted:
            body += _some(line)
    elif b"chunked" in lower:
        raise AssertionError("an answer in chunks is not read here")
    return head.partition(b"\r\n")[0]


def _some(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        raise AssertionError("the server closed the line")
    return got


def request(method: str, port: int, path: str, body: bytes = b"", **headers: str) -> bytes:
    rows = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "X-OpenRosa-Version: 1.0"]
    rows += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        rows.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*rows, "", ""]).encode() + body
