"""Putting a backup back. Everything is checked in a new database first; then two renames make it the one in use.

Until that moment the old state is untouched, whatever happens: a full disk, a killed process, a tampered file. Stored
files are named by their content, so those of the backup are put beside the old ones before the renames, and those that
the backup does not know are removed after them.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from config import database, fingerprints, packs
from config.backup import CHUNK, DUMP, FILES, FORMAT, MANIFEST, Say, stored_files
from sala.core.errors import SalaError
from sala.journal.queries import verify

PRIVILEGES_ASIDE = (
    "alter default privileges in schema public revoke all on tables from {role}",
    "alter default privileges in schema public revoke all on sequences from {role}",
)
APPEND_ONLY = "revoke update, delete, truncate on journal_event, journal_seal, journal_head from {role}"
LEAVING = 6  # times half a second that sessions have to end
STAGE = ".restoring"  # inside the folder of files, so that a rename is enough; begins with a dot, so no backup takes it


class RestoreError(SalaError):
    code = "restore"


def run(source: Path, say: Say, replace: bool = False) -> dict[str, Any]:
    """Restore a backup and return its manifest. Raises RestoreError saying what is wrong; then nothing was changed."""
    source, root = Path(source), Path(settings.FILES)
    root.mkdir(parents=True, exist_ok=True)
    with _alone(), _opened(source) as archive:
        manifest = _manifest(archive, source)
        _check_place(replace)
        stage, name = root / STAGE, f"{database.name()}_restoring"
        shutil.rmtree(stage, ignore_errors=True)
        try:
            say(f"unpacking {len(manifest['files'])} files")
            _unpack(archive, manifest, stage)
            say("loading the database")
            _load(name, stage / DUMP, manifest["serving_role"])
            say("comparing every row with the backup")
            _compare(name, manifest)
            _put_files(stage / FILES, root)
            _swap(name)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise RestoreError("The disk is full. Make room and try again; the old state is unchanged.") from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
            database.drop(name)
        _remove_others(root, manifest)
        _remember_pack(manifest)
    return manifest


@contextmanager
def _alone() -> Iterator[None]:
    with (settings.STATE / f"{database.name()}.restore.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RestoreError("Another restore is running here. Wait until it has finished.") from error
        yield


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as archive:
            yield archive
    except FileNotFoundError as error:
        raise RestoreError(f"{source} does not exist.") from error
    except tarfile.TarError as error:
        raise RestoreError(f"{source} is not a whole backup; it may have been cut off. Use another one.") from error


def _manifest(archive: tarfile.TarFile, source: Path) -> dict[str, Any]:
    try:
        member = archive.extractfile(MANIFEST)
        manifest = json.load(member) if member else {}
    except (KeyError, ValueError) as error:
        raise RestoreError(f"{source} is not a whole backup: it has no manifest. Use another one.") from error
    if manifest.get("format") != FORMAT:
        raise RestoreError(f"{source} was written by another version of the program, in a form unknown here.")
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    newer = [name for name in manifest["migrations"] if tuple(name.split(".", 1)) not in known]
    if newer:
        raise RestoreError(
            f"The backup is newer than this program ({newer[-1]} is unknown). Upgrade the program first."
        )
    return manifest


def _check_place(replace: bool) -> None:
    name = database.name()
    if not database.exists(name):
        return
    with database.connect() as connection:
        filled = fingerprints.has_tables(connection)
    if filled and not replace:
        raise RestoreError(
            f"The database {name} is not empty. Add --replace to put the backup in its place; what is there now is lost."
        )
    if others := _others_staying(name):
        raise RestoreError(
            f"The database {name} is in use ({others} connections). Stop ./sala serve, worker and demo, then try again."
        )


def _others_staying(name: str) -> int:
    """Sessions that do not leave by themselves: those of a program that was ended just now take a moment."""
    for _turn in range(LEAVING):
        if not database.others_connected(name):
            return 0
        time.sleep(0.5)
    return database.others_connected(name)


# ---- unpacking and checking ------------------------------------------------------------------------------------------


def _unpack(archive: tarfile.TarFile, manifest: dict[str, Any], stage: Path) -> None:
    """Write each member that the manifest lists into the stage and check its hash; anything else is a refusal."""
    wanted = {DUMP: manifest["dump"]} | {FILES + name: entry for name, entry in manifest["files"].items()}
    for member in archive:
        if member.name == MANIFEST:
            continue
        entry = wanted.pop(member.name, None)
        target = (stage / member.name).resolve()
        if entry is None or not member.isreg() or not target.is_relative_to(stage.resolve()):
            raise RestoreError(f"The backup was altered: {member.name} does not belong in it. Use another one.")
        source = archive.extractfile(member)
        assert source is not None
        target.parent.mkdir(parents=True, exist_ok=True)
        sha = hashlib.sha256()
        with target.open("wb") as handle:
            while chunk := source.read(CHUNK):
                sha.update(chunk)
                handle.write(chunk)
        if sha.hexdigest() != entry["sha256"]:
            raise RestoreError(f"The backup was altered: {member.name} is not what its manifest says. Use another one.")
        target.chmod(0o640)
    if wanted:
        raise RestoreError(f"The backup was altered: {next(iter(wanted))} is missing from it. Use another one.")


def _load(name: str, dump: Path, roles: bool) -> None:
    """Load the dump into a fresh database.

    roles  whether the dump comes from a server with our serving role, so that it carries that role's rights
    """
    database.drop(name)
    try:
        database.create(name)
        with database.connect(name) as connection:
            here = connection.execute("select 1 from pg_roles where rolname = %s", [settings.SERVING_ROLE]).fetchone()
            if here and roles:
                # Otherwise the rights that new tables get by themselves would be added to those of the dump.
                for statement in PRIVILEGES_ASIDE:
                    connection.execute(statement.format(role=settings.SERVING_ROLE))
    except psycopg.Error as error:
        raise RestoreError(
            f"The database {name} could not be made ({str(error).strip()}). The role needs the right to create databases"
            " and the extensions postgis, btree_gist and pg_trgm; ask the administrator of the server."
        ) from error
    command, environment = database.program("pg_restore", name)
    command += ["--no-owner", "--no-comments", "--exit-on-error", "-j", "2", str(dump)]
    if not here:
        command.insert(-1, "--no-privileges")
    done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
    if done.returncode:
        if "No space left" in done.stderr:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise RestoreError(f"The database could not be loaded: {done.stderr.strip().splitlines()[-1]}")
    if here and not roles:
        with database.connect(name) as connection:
            connection.execute(APPEND_ONLY.format(role=settings.SERVING_ROLE))


def _compare(name: str, manifest: dict[str, Any]) -> None:
    """Rows, sequences and the journal's chain of the new database against the manifest."""
    with database.connect(name) as connection:
        found = fingerprints.tables(connection)
        sequences = fingerprints.sequences(connection)
    for table in sorted(found.keys() | manifest["tables"].keys()):
        there, wanted = found.get(table), manifest["tables"].get(table)
        if there is None or wanted is None or wanted["sha256"] != there.sha256:
            raise RestoreError(f"The rows of {table} are not those of the manifest, so the backup was not used.")
    for sequence, value in manifest["sequences"].items():
        # A number may have been drawn between the snapshot and the dump; never fewer.
        if sequences.get(sequence, 0) < value:
            raise RestoreError(f"The number series {sequence} stands behind the manifest, so the backup was not used.")
    with database.using(name):
        verdict = verify(manifest["heads"])
    if verdict.faults:
        raise RestoreError(f"The journal in the backup does not hold ({verdict.faults[0]}), so it was not used.")


# ---- taking its place ------------------------------------------------------------------------------------------------


def _put_files(unpacked: Path, root: Path) -> None:
    """Move files into the store. One of the same name holds the same content, or is damaged and replaced."""
    for path in stored_files(unpacked) if unpacked.is_dir() else []:
        target = root / path.relative_to(unpacked)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


def _swap(name: str) -> None:
    """Rename in one transaction: the old database goes aside, the new one takes its name."""
    current = database.name()
    aside = f"{current}_before_restore"
    database.drop(aside)
    with database.connect(database.MAINTENANCE) as connection, connection.transaction():
        try:
            if database.exists(current):
                connection.execute(_rename(current, aside))
            connection.execute(_rename(name, current))
        except psycopg.errors.ObjectInUse as error:
            raise RestoreError(
                "A program connected to the database in the meantime. Stop ./sala serve, worker and demo, then try again."
            ) from error
    database.drop(aside)


def _rename(old: str, new: str) -> sql.Composed:
    return sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new))


def _remove_others(root: Path, manifest: dict[str, Any]) -> None:
    for path in stored_files(root):
        if str(path.relative_to(root)) not in manifest["files"]:
            path.unlink()


def _remember_pack(manifest: dict[str, Any]) -> None:
    """The settings read the pack of the restored state from now on, where this checkout has it."""
    folder = settings.ROOT / "packs" / str(manifest["pack"])
    if (folder / "pack.yaml").is_file():
        packs.remember(folder)
