"""A backup holds everything, proves it, and comes back whole or not at all."""

import errno
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from config import backup, database, fingerprints, restore
from sala.journal.models import Event
from sala.journal.operations import publish_head, record
from tests.conftest import ROOT, connected_to, copy_database, execute
from tests.world import World


def quiet(_line):
    pass


def store(root, content: bytes):
    digest = hashlib.sha256(content).hexdigest()
    path = root / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def state(name, root):
    """Everything that must be equal afterwards: rows, series, rights, stored files."""
    with database.connect(name) as opened:
        rows = fingerprints.tables(opened)
        series = fingerprints.sequences(opened)
        rights = opened.execute(
            "select relname, relkind, array(select x::text from unnest(relacl) x order by 1) from pg_class"
            " where relnamespace = 'public'::regnamespace order by 1"
        ).fetchall()
    files = {str(path.relative_to(root)): path.read_bytes() for path in backup.stored_files(root)}
    return rows, series, rights, files


@pytest.fixture(scope="module")
def installation(world_template, django_db_blocker, tmp_path_factory):
    """Name of a database, and a folder with its files and its backup: two stored files, an entry in the journal."""
    name, folder = f"sala_saved_{os.getpid()}", tmp_path_factory.mktemp("installation")
    copy_database(world_template, name)
    with override_settings(FILES=folder / "files"), django_db_blocker.unblock(), connected_to(name):
        store(folder / "files", b"a map")
        store(folder / "files", b"x" * 300_000)
        (folder / "files" / ".incoming-half").write_bytes(b"not finished")
        world = World()
        record(world.actor("registrar"), "places.edit", world.area("01"), number=1)
        publish_head()
        backup.write(folder / "whole.sala", quiet)
    yield name, folder
    execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def place(installation, django_db_blocker, settings, tmp_path):
    """The installation, with files of this test's own. For what leaves the database as it was."""
    name, folder = installation
    settings.FILES = shutil.copytree(folder / "files", tmp_path / "files")
    with django_db_blocker.unblock(), connected_to(name):
        yield name


@pytest.fixture
def own_place(installation, django_db_blocker, settings, tmp_path):
    """A copy of the installation, for what changes it."""
    name, folder = f"sala_own_{os.getpid()}", installation[1]
    settings.FILES = shutil.copytree(folder / "files", tmp_path / "files")
    copy_database(installation[0], name)
    with django_db_blocker.unblock(), connected_to(name):
        yield name
    execute(f"drop database if exists {name} with (force)")


@pytest.fixture
def saved(installation, tmp_path):
    return Path(shutil.copy(installation[1] / "whole.sala", tmp_path))


def test_a_restored_state_equals_the_one_that_was_saved(place, saved, settings, tmp_path):
    before = state(place, settings.FILES)
    other = f"{place}_other"
    settings.FILES = tmp_path / "elsewhere"
    try:
        with database.using(other):
            restore.run(saved, quiet)
        assert state(other, settings.FILES) == before
        assert before[0]["public.journal_event"].rows > 0 and len(before[3]) == 2
    finally:
        database.drop(other)


def test_a_change_of_one_value_changes_the_fingerprint_of_its_table(own_place):
    with database.connect(own_place) as opened:
        before = fingerprints.tables(opened)
        opened.execute("update people_person set phone = '1' where id = (select min(id) from people_person)")
        after = fingerprints.tables(opened)
    assert {name for name in before if before[name] != after[name]} == {"public.people_person"}


def test_a_database_in_use_for_something_is_not_replaced_unasked(place, saved):
    with pytest.raises(restore.RestoreError, match="--replace"):
        restore.run(saved, quiet)


def test_a_database_that_programs_work_with_is_not_replaced(place, saved):
    with database.connect(place), pytest.raises(restore.RestoreError, match="Stop"):
        restore.run(saved, quiet, replace=True)


def test_replacing_removes_what_came_after_the_backup(own_place, saved, settings):
    before = state(own_place, settings.FILES)
    later = store(settings.FILES, b"came later")
    world = World()
    record(world.actor("registrar"), "places.edit", world.area("02"), number=2)
    connection.close()
    restore.run(saved, quiet, replace=True)
    after = state(own_place, settings.FILES)
    assert after == before and not later.exists()


def rewritten(saved, change):
    """A copy of the backup with members changed: change(name, content) → content, or None to leave it out."""
    altered = saved.with_name("altered.sala")
    with tarfile.open(saved) as source, tarfile.open(altered, "w") as target:
        for member in source:
            content = change(member.name, source.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                target.addfile(member, io.BytesIO(content))
    return altered


def edited_manifest(name, content, edit):
    if name != backup.MANIFEST:
        return content
    manifest = json.loads(content)
    edit(manifest)
    return json.dumps(manifest).encode()


TAMPERINGS = {
    "a stored file": lambda name, content: content.replace(b"a map", b"a mop") if "files/" in name else content,
    "a file left out": lambda name, content: None if "files/" in name else content,
    "the dump": lambda name, content: content[:-1] + b"?" if name == backup.DUMP else content,
    "no manifest": lambda name, content: None if name == backup.MANIFEST else content,
    "row hashes": lambda name, content: edited_manifest(
        name, content, lambda manifest: manifest["tables"]["public.people_person"].update(sha256="0" * 64)
    ),
    "heads": lambda name, content: edited_manifest(
        name, content, lambda manifest: manifest["heads"].update({"2020-01-01": "f" * 64})
    ),
    "a later program": lambda name, content: edited_manifest(
        name, content, lambda manifest: manifest["migrations"].append("people.9999_unknown")
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_an_altered_backup_is_refused_and_nothing_changes(place, saved, settings, what):
    before = state(place, settings.FILES)
    with pytest.raises(restore.RestoreError):
        restore.run(rewritten(saved, TAMPERINGS[what]), quiet, replace=True)
    assert state(place, settings.FILES) == before
    assert not database.exists(f"{place}_restoring") and not (settings.FILES / restore.STAGE).exists()


def test_a_member_that_leads_outside_is_refused(place, saved, settings):
    evil = saved.with_name("evil.sala")
    evil.write_bytes(saved.read_bytes())
    with tarfile.open(evil, "a") as archive:
        member = tarfile.TarInfo("files/../../outside")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(restore.RestoreError, match="does not belong"):
        restore.run(evil, quiet, replace=True)
    assert not (settings.FILES.parent / "outside").exists()


def test_a_cut_off_backup_is_refused(place, saved):
    saved.write_bytes(saved.read_bytes()[:-20_000])
    with pytest.raises(restore.RestoreError):
        restore.run(saved, quiet, replace=True)


@pytest.mark.parametrize("step", range(3))
def test_a_disk_that_fills_at_any_step_leaves_the_old_state(place, saved, settings, step):
    store(settings.FILES, b"came later")
    before, told = state(place, settings.FILES), []

    def full(line):
        told.append(line)
        if len(told) > step:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(restore.RestoreError, match="full"):
        restore.run(saved, full, replace=True)
    assert state(place, settings.FILES) == before


def test_a_restore_killed_in_the_middle_leaves_the_old_state_and_can_be_repeated(own_place, saved, settings):
    store(settings.FILES, b"came later")
    before = state(own_place, settings.FILES)
    environment = {**os.environ, "SALA_DATABASE_NAME": own_place, "SALA_FILES": str(settings.FILES),
                   "SALA_DATABASE_ROLE": "sala_owner", "PYTHONUNBUFFERED": "1"}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "manage.py", "restore", str(saved), "--replace"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    for line in process.stdout:
        if "loading" in line:
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.wait()
    process.stdout.close()
    assert state(own_place, settings.FILES) == before
    restore.run(saved, quiet, replace=True)
    assert len(state(own_place, settings.FILES)[3]) == 2 and Event.objects.exists()


def test_a_backup_never_replaces_a_file(place, saved):
    with pytest.raises(backup.BackupError, match="exists already"):
        backup.write(saved, quiet)


@pytest.fixture
def tiny_disk(tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False).returncode
    ):
        pytest.skip("a small disk can only be made by root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_leaves_no_half_backup(place, tiny_disk):
    with pytest.raises(backup.BackupError, match="full"):
        backup.write(tiny_disk / "whole.sala", quiet)
    assert list(tiny_disk.iterdir()) == []


def test_the_chain_can_be_proved_against_the_heads_of_a_backup(place, saved, capsys):
    from django.core.management import call_command

    call_command("journal", "verify", heads=saved)
    assert "The chain holds" in capsys.readouterr().out
    forged = rewritten(saved, TAMPERINGS["heads"])
    with pytest.raises(SystemExit) as stop:
        call_command("journal", "verify", heads=forged)
    assert stop.value.code == 1 and "held outside" in capsys.readouterr().err
