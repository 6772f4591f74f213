"""Answers that do harm, disks that are full, programs and databases that die: words for the phone, nothing lost or doubled."""

import hashlib
import os
import signal
import subprocess
import time
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client

from config import serving
from sala.collection import operations
from sala.collection.models import Submission, SubmissionFile, Unread
from sala.core import clock
from sala.core.files import store
from tests.clients.collect import Collect, Cut, Instance
from tests.collection.answers import answer, multipart, named
from tests.collection.conftest import CHOICES, SURVEY, expect, write_workbook
from tests.conftest import ROOT, execute
from tests.faults.conftest import environment
from tests.world import World

PACK = str(ROOT / "packs" / "demo")
BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE d [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>'


def door_of(world, folder) -> str:
    """The door of a phone whose post is asked for the village form."""
    path = write_workbook(folder / "form.xlsx", SURVEY, CHOICES)
    form = operations.make_form(world.actor("owner"), world.organisation("HEALTH-P01"), path, path.name)
    operations.publish_version(world.actor("colleague"), form.versions.get())
    expect(world, form, "LAND-P02-data")
    secret = operations.give_phone(world.actor("admin"), world.position("LAND-P02-data"), name="One")[1]
    return f"/openrosa/{secret}"


@pytest.fixture
def door(world, tmp_path):
    return door_of(world, tmp_path)


def post(door, xml, *files, **headers):
    parts = [("xml_submission_file", "a.xml", "text/xml", xml), *files]
    body, kind = multipart(*parts)
    caller = Client(raise_request_exception=False, headers={"accept-language": "en"})
    return caller.generic("POST", f"{door}/submission", body, content_type=kind, **headers)


def test_a_session_of_the_database_that_ended_meanwhile_is_replaced(committed, tmp_path):
    door = door_of(World(), tmp_path)
    caller = Client(headers={"accept-language": "en"})
    assert caller.get(f"{door}/formList").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        session = cursor.fetchone()[0]
    execute(f"select pg_terminate_backend({session})")
    assert caller.get(f"{door}/formList").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        assert cursor.fetchone()[0] != session


def within(text: str) -> bytes:
    return answer().replace(b"<women>60</women>", text.encode())


@pytest.mark.parametrize("xml", [
    answer().replace(b"?>", f"?>{BOMB}".encode(), 1).replace(b"120", b"&b;"),
    answer().replace(b"?>", f"?>{OUTSIDE}".encode(), 1).replace(b"120", b"&a;"),
    answer().replace(b"?>", f"?>{PARAMETER}".encode(), 1),
    within("<x/>" * 100_000), within("<x>" * 5000 + "</x>" * 5000), within('<x a="' + "=" * 200_000 + '"/>'),
    answer().replace(b"120", b"\x00"), answer().replace(b"120", b"\xff\xfe\xfd"), answer().decode().encode("utf-16"),
    answer()[:200], b"\x1f\x8b" + b"\x00" * 100, b"", b"<a/>", b"<data id='village_water'>" + b"x" * 100,
    answer("uuid:" + "x" * 100_000), answer(form="x" * 100_000), answer(photo="../../../etc/passwd"),
], ids=range(17))  # fmt: skip
def test_hostile_answers_are_answered_in_words(door, xml):
    response = post(door, xml)
    assert response.status_code in (201, 400, 404, 413), response.status_code
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8" and b"<message" in response.content
    assert Submission.objects.count() == (1 if response.status_code == 201 else 0)
    assert b"root:" not in response.content


@pytest.mark.parametrize(
    "name", ["../../evil.jpg", "..\\evil.jpg", "/etc/cron.d/evil", "a\x00b.jpg", "x" * 300, ".", "ຮູບ.jpg"]
)
def test_a_file_never_leaves_the_store_whatever_its_name(door, name):
    before = {path for path in Path(ROOT).iterdir()}
    response = post(door, answer(), (name, name, "image/jpeg", b"content"))
    assert response.status_code in (201, 400)
    for file in SubmissionFile.objects.all():
        assert "/" not in file.name and "\\" not in file.name and store.path_of(file.sha256).read_bytes() == b"content"
    assert {path for path in Path(ROOT).iterdir()} == before


def test_a_body_without_length_stops_at_the_limit_and_leaves_nothing(door, settings):
    settings.ANSWER_LIMIT = 100_000
    response = post(door, answer(), ("p.jpg", "p.jpg", "image/jpeg", b"x" * 300_000), HTTP_TRANSFER_ENCODING="chunked")
    assert response.status_code == 413 and not Submission.objects.exists()
    announced = post(door, answer(), ("p.jpg", "p.jpg", "image/jpeg", b"x" * 300_000))
    assert announced.status_code == 413
    assert list(store.path_of("x").parent.parent.glob(f"{store.INCOMING}*")) == []


def test_what_is_refused_leaves_no_file_behind(door):
    post(door, answer(form="other"), ("p.jpg", "p.jpg", "image/jpeg", b"never seen before"))
    assert not store.path_of(hashlib.sha256(b"never seen before").hexdigest()).exists()
    assert list(store.path_of("x").parent.parent.glob(f"{store.INCOMING}*")) == []


def test_a_full_disk_is_said_and_the_answer_may_come_later(door, monkeypatch):
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patched:
        patched.setattr("sala.collection.views.multipart.shutil.disk_usage", lambda path: usage(10**9, 10**9, 1000))
        full = post(door, answer())
    assert full.status_code == 503 and full.headers["Retry-After"] and b"disk" in full.content
    assert post(door, answer()).status_code == 201

    def no_space(self, chunk):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("sala.core.files.store.Arrival.write", no_space)
        full = post(door, answer(), ("p.jpg", "p.jpg", "image/jpeg", b"x"))
    assert full.status_code == 503 and Submission.objects.count() == 1


@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "nonsense"])
def test_a_clock_years_off_changes_nothing_of_when_it_was_received(door, date):
    assert post(door, answer(), HTTP_DATE=date).status_code == 201
    assert abs(Submission.objects.get().received_at - clock.now()) < timedelta(minutes=5)


@pytest.mark.parametrize("header, value", [
    ("CONTENT_LENGTH", "-5"), ("CONTENT_LENGTH", "x"), ("CONTENT_LENGTH", "9" * 30), ("CONTENT_LENGTH", "10"),
    ("CONTENT_TYPE", "multipart/form-data"), ("CONTENT_TYPE", "multipart/form-data; boundary=ຂ"), ("CONTENT_TYPE", ""),
    ("HTTP_ACCEPT_LANGUAGE", "\x00" * 10), ("QUERY_STRING", "deviceID=" + "x" * 5000), ("QUERY_STRING", "deviceID=%00"),
])  # fmt: skip
def test_odd_headers_are_answered(door, header, value):
    response = post(door, answer(), **{header: value})
    assert response.status_code in (201, 400, 413), response.status_code
    assert b"<message" in response.content


# ---- programs and databases that die -----------------------------------------------------------------------------


class Served:
    """The real server, with a worker process that may be killed."""

    def __init__(self, database: str, files: Path):
        self.port = serving.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        more = {
            "SALA_PACK": PACK, "SALA_HOSTS": "*", "SALA_BASE_URL": self.url, "SALA_FILES": str(files),
            "SALA_ALLOW_ROOT": "1",
        }  # fmt: skip
        self.process = subprocess.Popen(
            serving.web_command(self.port, workers=1), cwd=ROOT, env=environment(database, **more), process_group=0
        )
        self.wait()

    def wait(self) -> None:
        for _attempt in range(600):
            if serving.answers(self.port):
                return
            assert self.process.poll() is None, "the server ended"
            time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill_worker(self) -> None:
        """The process that answers ends at once, as when the machine runs out of memory."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)


@pytest.fixture
def served(committed, tmp_path):
    phone_door = door_of(World(), tmp_path)
    server = Served(committed, project.FILES)
    try:
        yield server, Collect(server.url + phone_door), committed
    finally:
        server.stop()


def five_parts(phone):
    name = named()
    files = {f"{n}.jpg": f"photo {n} ".encode() * 400 for n in range(5)}
    instance = Instance(name, answer(name, photo="0.jpg"), files)
    return instance, phone.parts(instance, most=5000)


def whole(instance):
    row = Submission.objects.get(instance_id=instance.name)
    found = {file.name: store.path_of(file.sha256).read_bytes() for file in row.files.all()}
    return (
        row.xml.encode() == instance.xml and found == instance.files and Unread.objects.filter(submission=row).exists()
    )


def test_a_worker_killed_between_and_within_parts_loses_and_doubles_nothing(served):
    server, phone, _database = served
    instance, parts = five_parts(phone)
    assert phone.send(parts[0]).is_success
    with phone.line(phone.door) as line:
        line.sendall(parts[1][:-1000])
        server.kill_worker()
    server.wait()
    for part in parts:
        reply = None
        while reply is None:
            try:
                reply = phone.send(part)
            except (Cut, OSError):
                time.sleep(0.2)
        assert reply.is_success, reply
    assert whole(instance)


def test_a_database_that_goes_away_between_parts_is_said_and_loses_nothing(served):
    _server, phone, database = served
    instance, parts = five_parts(phone)
    assert phone.send(parts[0]).is_success
    execute(f"alter database {database} allow_connections false")
    execute(
        f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}' and pid <> pg_backend_pid()"
    )
    try:
        away = phone.send(parts[1])
        assert away.status == 503 and away.headers["retry-after"] and "stays on your phone" in away.message
    finally:
        execute(f"alter database {database} allow_connections true")
    assert all(phone.send(part).is_success for part in parts)
    connection.close()
    assert whole(instance)
