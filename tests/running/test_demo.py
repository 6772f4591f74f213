"""The demonstration: everything from nothing, the same again, and never in the wrong place."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from config import packs, serving
from config.demonstration import loading
from config.demonstration.people import people
from sala.access import actor
from sala.core.models import PackFact
from sala.core.pack import Pack, PackError
from sala.people.models import Appointment, Person, Position
from tests.conftest import ROOT, connected_to, copy_database, execute
from tests.world import PACK


@pytest.fixture
def empty(db, settings, tmp_path):
    """A state that holds the country pack and nobody."""
    settings.STATE, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    Appointment.objects.all().delete()
    Person.objects.all().delete()


@pytest.fixture(scope="module")
def first_start(world_template, django_db_blocker, tmp_path_factory):
    """What the first start makes of such a state: the name of its database, and what it said."""
    name, state = f"sala_demo_{os.getpid()}", tmp_path_factory.mktemp("state")
    copy_database(world_template, name)
    with override_settings(STATE=state, STATIC_ROOT=state / "static"), django_db_blocker.unblock(), connected_to(name):
        Appointment.objects.all().delete()
        Person.objects.all().delete()
        said = prepare()
    yield name, said
    execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def prepared(first_start, django_db_blocker, settings, tmp_path):
    """That state; what a test changes in it is taken back."""
    settings.STATE, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    with django_db_blocker.unblock(), connected_to(first_start[0]), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def installed(first_start, django_db_blocker, settings, tmp_path):
    """Name of a copy of it, where changes are kept, for programs beside the test."""
    settings.STATE, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    name = f"sala_own_{os.getpid()}"
    copy_database(first_start[0], name)
    with django_db_blocker.unblock(), connected_to(name):
        yield name
    execute(f"drop database if exists {name} with (force)")


def prepare(**options):
    out = StringIO()
    call_command("demo", no_serve=True, stdout=out, **options)
    return out.getvalue()


def test_a_second_start_adds_nothing(prepared, first_start):
    counted = Person.objects.count(), Appointment.objects.count()
    assert "demonstration records" in first_start[1] and counted[1] >= 9
    second = prepare()
    assert "country pack demo .............. unchanged" in second
    assert "demonstration records .......... unchanged" in second
    assert (Person.objects.count(), Appointment.objects.count()) == counted


def test_loading_the_records_again_changes_nothing(prepared):
    assert "0 new, 0 changed" in loading.load(actor.command(), PACK).summary()


def test_every_person_it_makes_is_marked_as_invented(prepared):
    assert Person.objects.count() >= 11 and not Person.objects.filter(is_invented=False).exists()
    assert not Person.objects.exclude(email__endswith="@example.org").exists()


def test_each_sample_position_gets_a_link_that_signs_in_once(prepared, client, first_start):
    links = re.findall(r"^  (.+?) +http://127\.0\.0\.1:8000(/link/\S+)", first_start[1], re.M)
    labels = {label for label, _link in links}
    assert {"owner of data", "reviewer", "publisher", "registrar of places", "personnel officer", "head of unit",
            "operator", "citizen"} <= labels  # fmt: skip
    address = dict(links)["registrar of places"]
    assert client.post(address).status_code == 302
    assert client.get("/me/").status_code == 200
    assert client.post(address).status_code == 422


def test_another_port_changes_the_links_and_the_line_to_start(prepared, monkeypatch):
    monkeypatch.delenv("SALA_BASE_URL", raising=False)
    out = prepare(port=8765)
    assert "http://127.0.0.1:8765/link/" in out and "--port 8765" in out


def test_a_second_country_in_the_same_state_is_refused_with_the_way_out(prepared, settings):
    settings.PACK = ROOT / "packs" / "laos"
    with pytest.raises(CommandError, match="SALA_STATE"):
        prepare()
    assert PackFact.get("code") == "demo"


def test_an_installation_with_real_people_gets_no_invented_ones(empty):
    Person.objects.create(name="Somebody real", email="real@example.com")
    with pytest.raises(CommandError, match="real people"):
        prepare()
    assert Person.objects.count() == 1


def test_a_person_who_registers_in_the_demonstration_does_not_stop_the_next_start(prepared):
    Person.objects.create(name="A visitor", email="visitor@example.com", kind="citizen")
    assert "Everything is ready" in prepare()


def test_a_taken_port_is_told_in_plain_words(empty):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CommandError, match=r"taken.*--port"):
            call_command("demo", port=other.getsockname()[1], stdout=StringIO())


def test_a_changed_pack_is_loaded_again(prepared, tmp_path):
    changed = tmp_path / "changed"
    shutil.copytree(PACK, changed)
    assert packs.is_loaded(changed)
    (changed / "topics.yaml").write_text((changed / "topics.yaml").read_text() + "\n# later\n")
    assert not packs.is_loaded(changed)


def test_an_unknown_post_in_the_file_is_named(empty, tmp_path):
    folder = tmp_path / "wrong"
    shutil.copytree(PACK, folder)
    (folder / "demonstration.yaml").write_text("people: [{code: x, name: Invented, positions: [NOWHERE-head]}]\n")
    with pytest.raises(PackError, match="NOWHERE-head"):
        loading.load(actor.command(), folder)
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["demo", "laos"])
def test_every_post_named_in_a_pack_exists_in_its_pattern(name):
    pack = Pack(ROOT / "packs" / name)
    kinds = pack.mapping("organisations", "positions")
    posts = {post["code"] for entries in kinds.values() for post in entries}
    named = [code for entry in pack.listed("demonstration", "people") for code in entry.get("positions", [])]
    assert named and all(code.rsplit("-", 1)[1] in posts for code in named)


@pytest.mark.parametrize("name", ["demo", "laos"])
def test_every_file_of_the_demonstration_of_a_pack_is_there(name):
    pack = Pack(ROOT / "packs" / name)
    files = [entry["file"] for key in ("facilities", "forms") for entry in pack.listed("demonstration", key)]
    assert len(files) >= 5 and [file for file in files if not pack.path(file).is_file()] == []


def test_a_pack_borrows_only_what_it_lacks_and_nothing_outside_the_lender(tmp_path):
    for name, info in (("lender", "code: lender\n"), ("borrower", "code: borrower\nborrows: lender\n")):
        folder = tmp_path / name / "files"
        folder.mkdir(parents=True)
        (tmp_path / name / "pack.yaml").write_text(info)
        (folder / "both.txt").write_text(name)
    (tmp_path / "lender/files/one.txt").write_text("lent")
    pack = Pack(tmp_path / "borrower")
    assert pack.path("files/both.txt").read_text() == "borrower" and pack.path("files/one.txt").read_text() == "lent"
    assert not pack.path("files/none.txt").exists()
    for wrong in ("../lender/files/one.txt", "../../secret", "/etc/passwd"):
        with pytest.raises(PackError, match="outside"):
            pack.path(wrong)


@pytest.mark.parametrize("name", ["demo", "laos"])
def test_every_house_that_sends_data_has_or_is_under_one_that_publishes_it_and_invites_its_people(name):
    pack = Pack(ROOT / "packs" / name)
    verbs = {role["code"]: set(role["verbs"]) for role in pack.listed("roles")}
    of_kind = {
        kind: set().union(*(verbs[role] for post in posts for role in post.get("roles", [])))
        for kind, posts in pack.mapping("organisations", "positions").items()
    }
    everywhere = {
        verb
        for posts in pack.mapping("organisations", "positions").values()
        for post in posts
        for role in (
            post["roles"] if post.get("across_organisations") is True else post.get("across_organisations") or []
        )
        for verb in verbs[role]
    }
    houses = {
        entry["code"]: entry for key in ("organisations", "patterns") for entry in pack.listed("organisations", key)
    }

    def above(code):
        while entry := houses.get(code) or next(
            (
                each
                for own, each in houses.items()
                if own.split("{")[0] and code and code.split("{")[0] == own.split("{")[0]
            ),
            None,
        ):
            yield entry["kind"]
            code = entry.get("parent")

    lacking = [
        (code, verb)
        for code, entry in houses.items()
        if "catalogue.submit" in of_kind.get(entry["kind"], ())
        for verb in ("catalogue.publish", "people.invite")
        if verb not in everywhere and not any(verb in of_kind.get(kind, ()) for kind in above(code))
    ]
    assert len(houses) > 5 and lacking == []


def test_a_post_stays_with_its_holder(empty):
    other = Person.objects.create(name="Invented other", email="other@example.org", is_invented=True)
    post = Position.objects.get(code="STAT-registrar")
    Appointment.objects.create(person=other, position=post, valid=("2020-01-01", None))
    report = people(actor.command(), Pack(PACK))
    assert report.refused == ["demonstration.yaml: somebody else holds STAT-registrar"]


def test_a_missing_folder_of_files_is_named(empty, tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        prepare(folder=tmp_path / "absent")


def children_of(parent: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(number) for number in told.stdout.split()]


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.1)


def test_it_serves_pages_survives_a_killed_web_process_and_ends_everything_when_stopped(installed, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SALA_DATABASE_NAME": installed, "SALA_DATABASE_ROLE": "sala_owner", "PYTHONUNBUFFERED": "1",
                   "SALA_STATIC": str(tmp_path / "served"), "DJANGO_SETTINGS_MODULE": "config.settings"}  # fmt: skip
    environment.pop("SALA_BASE_URL", None)
    process = subprocess.Popen([sys.executable, "manage.py", "demo", "--port", str(port)], cwd=ROOT, env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
    told = []
    for line in process.stdout:
        told.append(line)
        if "Ctrl-C" in line:
            break
    assert any("Sala is open at" in line for line in told), told
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10)
    assert page.status == 200
    children = children_of(process.pid)
    assert len(children) == 2
    os.kill(children_of(children[0])[-1], signal.SIGKILL)
    wait_for(lambda: serving.answers(port))
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    process.stdout.close()
    assert not serving.answers(port)
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []
