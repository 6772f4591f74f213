"""One file with the whole state: the database as of one instant, every stored file, and a manifest that proves both.

The file is a tar of `database.dump` (PostgreSQL's own format), `files/…` and, last, `manifest.json`. It is written
beside its final place and renamed when whole, so an interrupted backup is never taken for one.
The secret key is not in it: a restored installation makes its own, which only ends the open sessions.
"""

import errno
import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings

from config import database, fingerprints
from sala.core import clock
from sala.core.errors import SalaError
from sala.journal.operations import seal_all

FORMAT = 1
DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files/"
CHUNK = 1024 * 1024
Say = Callable[[str], Any]


class BackupError(SalaError):
    code = "backup"


def program_version() -> str:
    try:
        return metadata.version("sala")
    except metadata.PackageNotFoundError:
        return "0.1.0"


def write(target: Path, say: Say) -> dict[str, Any]:
    """Write the backup and return its manifest. Raises BackupError; then nothing is left at `target`."""
    target = Path(target).absolute()
    if target.exists():
        raise BackupError(f"{target} exists already. Choose another name; a backup never replaces one.")
    if not target.parent.is_dir():
        raise BackupError(f"The folder {target.parent} does not exist. Make it, or choose another one.")
    partial, dump = target.with_name(f".{target.name}.partial"), target.with_name(f".{target.name}.dump")
    try:
        manifest = _write(partial, dump, say)
        partial.replace(target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise BackupError(
                f"The disk of {target.parent} is full. Nothing was written; make room and try again."
            ) from error
        raise BackupError(f"The backup cannot be written to {target.parent}: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
        dump.unlink(missing_ok=True)
    return manifest


def _write(partial: Path, dump: Path, say: Say) -> dict[str, Any]:
    _check_tables()
    seal_all()
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        with tarfile.open(fileobj=handle, mode="w", format=tarfile.PAX_FORMAT) as archive:
            manifest = _database(archive, dump, say)
            dump.unlink()
            manifest["files"] = _files(archive, say)
            _add_bytes(archive, MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
        handle.flush()
        os.fsync(handle.fileno())
    return manifest


def _check_tables() -> None:
    with database.connect() as connection:
        if not fingerprints.has_tables(connection):
            raise BackupError("The database is empty, so there is nothing to back up.")


def _database(archive: tarfile.TarFile, dump: Path, say: Say) -> dict[str, Any]:
    """The dump, and what its rows must hash to: both read from one snapshot."""
    with database.connect() as connection:
        connection.execute("begin transaction isolation level repeatable read, read only")
        snapshot = connection.execute("select pg_export_snapshot()").fetchone()
        assert snapshot is not None
        manifest = _facts(connection)
        say("database")
        dump.touch(mode=0o600)
        command, environment = database.program("pg_dump", database.name())
        command += ["-Fc", "-Z", "4", f"--snapshot={snapshot[0]}", "--no-owner",
                    "--exclude-table-data=spatial_ref_sys", "-f", str(dump)]  # fmt: skip
        done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
        if done.returncode:
            raise _refused(done.stderr)
        say("fingerprints of all rows")
        found = fingerprints.tables(connection)
        manifest["tables"] = {name: asdict(table) for name, table in found.items()}
        connection.execute("rollback")
    manifest["dump"] = _add_file(archive, DUMP, dump)
    return manifest


def _refused(message: str) -> BackupError | OSError:
    if "No space left" in message:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return BackupError(f"The database could not be read: {message.strip().splitlines()[-1]}")


def _facts(connection: psycopg.Connection) -> dict[str, Any]:
    heads = dict(connection.execute("select day::text, digest from journal_head order by day").fetchall())
    last = connection.execute("select digest from journal_seal order by id desc limit 1").fetchone()
    now = clock.now().isoformat(timespec="seconds")
    if last:
        heads[now] = last[0]
    role = connection.execute("select 1 from pg_roles where rolname = %s", [settings.SERVING_ROLE]).fetchone()
    pack = connection.execute("select value #>> '{}' from core_packfact where key = 'code'").fetchone()
    return {
        "format": FORMAT,
        "program": program_version(),
        "made_at": now,
        "pack": pack[0] if pack else None,
        "serving_role": role is not None,
        "postgresql": connection.info.server_version,
        "last_head": last[0] if last else None,
        "heads": heads,
        "migrations": [
            f"{app}.{name}" for app, name in connection.execute("select app, name from django_migrations order by 1, 2")
        ],
        "sequences": fingerprints.sequences(connection),
    }


def stored_files(root: Path) -> list[Path]:
    """Every stored file; what begins with a dot is unfinished and left out."""
    found = (path for path in root.rglob("*") if path.is_file())
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))


def _files(archive: tarfile.TarFile, say: Say) -> dict[str, Any]:
    root = Path(settings.FILES)
    paths = stored_files(root)
    say(f"{len(paths)} files")
    return {
        str(path.relative_to(root)): _add_file(archive, FILES + str(path.relative_to(root)), path) for path in paths
    }


class _Hashing(io.RawIOBase):
    """Passes a file on to the archive and hashes it on the way."""

    def __init__(self, source: IO[bytes]):
        self.source, self.sha = source, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self.source.read(size)
        self.sha.update(chunk)
        return chunk


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as source:
        member = tarfile.TarInfo(name)
        member.size = os.fstat(source.fileno()).st_size
        member.mode = 0o600
        hashing = _Hashing(source)
        archive.addfile(member, hashing)
    return {"size": member.size, "sha256": hashing.sha.hexdigest()}


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))
