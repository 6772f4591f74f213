"""Answers of a 250-question form from 8,500 phones: signed in, stored, journalled, queued; empty and with a million stored."""

import itertools
import uuid
from collections.abc import Iterator
from statistics import quantiles

from django.db import connection

from bench.pages import served
from bench.phones import TYPES, Asked, Measured, drive, give_phones, make_form, request
from bench.stopwatch import stopwatch
from sala.collection.models import Form, Submission, Unread
from sala.journal.models import Event

PACK = "demo"
PHONES, CLIENTS, PEAK = 8500, 32, 41.2  # answers a second when every village of the country answers within an hour
MINUTES = 0.5  # of the soak; `--minutes 10` for the whole
MOST_SECONDS = 20.0  # of each run at the maximum
STORED = 1_000_000
RATE, SLOW, SLOWER = 200, 250, 0.9
VALUES = {
    "text": "ບ້ານໃຫຍ່ ທ່າແຂກ", "integer": "128", "decimal": "12.5", "date": "2026-10-15", "select_one level": "high",
    "geopoint": "17.41 104.83 145.0 4.5", "calculate": "2",
}  # fmt: skip
FILL = """
  with made as (
    insert into collection_submission (form_id, version_id, instance_id, deprecated_id, number, xml, sha256, files_named,
      channel, position_id, token_id, device_id, received_at)
    select form_id, version_id, 'uuid:' || gen_random_uuid(), '', 1, xml, sha256, files_named, channel, position_id,
      token_id, device_id, received_at
    from collection_submission, generate_series(1, %s) where id in (select min(id) from collection_submission)
    returning id)
  insert into collection_unread (submission_id) select id from made"""
EVENTS = """
  insert into journal_event (at, verb, subject_type, subject_id, position_id, text)
  select e.at, e.verb, e.subject_type, s.id, e.position_id, e.text from collection_submission s, journal_event e
  where e.id = (select min(id) from journal_event where subject_type = 'answer')
    and not exists (select 1 from journal_event k where k.subject_type = 'answer' and k.subject_id = s.id)"""


def run(report) -> None:
    form = make_form()
    keys = give_phones(form, PHONES)
    with served(workers=2) as port:
        answers = Answers(form, keys, port)
        drive(port, iter(answers), CLIENTS, 3)  # the processes load what they need
        soak = drive(port, iter(answers), CLIENTS, MINUTES * 60, pace=PEAK)
        told(report, f"{MINUTES:g} minutes at {PEAK}/s", soak)
        empty = drive(port, iter(answers), CLIENTS, MOST_SECONDS)
        told(report, f"{CLIENTS} clients, from empty", empty, RATE)
        with stopwatch() as spent:
            fill(STORED)
        report.row("submissions", f"storing {STORED:,} answers", spent.wall, "s")
        drive(port, iter(answers), CLIENTS, 3)
        full = drive(port, iter(answers), CLIENTS, MOST_SECONDS)
        told(report, f"{CLIENTS} clients, {STORED:,} stored", full, RATE)
        report.row(
            "submissions", "rate with a million stored", full.rate, "/s", "from empty", empty.rate,
            target=SLOWER * empty.rate, better="more",
        )  # fmt: skip
    check(report, [soak, empty, full])


def told(report, name: str, measured: Measured, rate: float | None = None) -> None:
    slow = quantiles(measured.times, n=20)[18]
    report.row("submissions", f"{name}: rate", measured.rate, "/s", target=rate, better="more")
    report.row("submissions", f"{name}: p95 of {len(measured.times):,}", slow, "ms", target=SLOW)
    report.row("submissions", f"{name}: not answered by 201", len(measured.wrong), "", target=0)
    report.row("submissions", f"{name}: processor time of one, web", 1000 * measured.web / len(measured.times), "ms")
    report.row(
        "submissions", f"{name}: processor time of one, database", 1000 * measured.sessions / len(measured.times), "ms"
    )
    report.row("submissions", f"{name}: generator", 100 * measured.generator / measured.wall, "% of one")


def check(report, runs: list[Measured]) -> None:
    """What was acknowledged is there, once each, with its event and its place in the queue."""
    names = [name for one in runs for name in one.answered]
    kept = dict(Submission.objects.filter(instance_id__in=names).values_list("instance_id", "pk"))
    rows = list(Submission.objects.filter(pk__in=kept.values()).values_list("pk", flat=True))
    events = Event.objects.filter(subject_type="answer", subject_id__in=rows).count()
    waiting = Unread.objects.filter(submission__in=rows).count()
    report.row("submissions", f"lost of {len(names):,} acknowledged", len(set(names)) - len(kept), "", target=0)
    report.row("submissions", "doubled", len(rows) - len(kept), "", target=0)
    report.row("submissions", "without event or place in the queue", 2 * len(rows) - events - waiting, "", target=0)


def fill(count: int) -> None:
    """As many answers as years bring, copied within the database from one that came, each with its event."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [count])
        cursor.execute(EVENTS)
        cursor.execute("vacuum analyze")


class Answers:
    """Endless new answers, each from the next phone."""

    def __init__(self, form: Form, keys: list[str], port: int):
        self.keys, self.port = itertools.cycle(keys), port
        per = 25
        groups = []
        for first in range(0, 250, per):
            cells = "".join(f"<q{n}>{VALUES[TYPES[n % len(TYPES)]]}</q{n}>" for n in range(first, first + per))
            groups.append(f"<g{first}>{cells}</g{first}>")
        self.before = (
            f'<?xml version=\'1.0\'?><data id="{form.form_id}" version="1">{"".join(groups)}<meta><instanceID>'
        )
        self.mark = "----bench"

    def __iter__(self) -> Iterator[Asked]:
        kind = f"multipart/form-data; boundary={self.mark}"
        part = f'--{self.mark}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n'
        part += "Content-Type: text/xml\r\n\r\n"
        for key in self.keys:
            name = f"uuid:{uuid.uuid4()}"
            body = f"{part}{self.before}{name}</instanceID></meta></data>\r\n--{self.mark}--\r\n".encode()
            content = request("POST", self.port, f"/openrosa/{key}/submission", body, Content_Type=kind)
            yield Asked(name, content, 201)
