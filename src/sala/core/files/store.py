"""Files kept by content: the name is the SHA-256, so a file is stored once and can never change under its name.

A file is complete before it appears (written beside, synced, renamed). Rows point to it by hash; a file that no row
points to is the harmless remainder of a change that was not committed.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

CHUNK = 1024 * 1024
INCOMING = ".incoming-"  # begins the names of files that are not whole yet


def path_of(digest: str) -> Path:
    """Where the file with this SHA-256 (hex) lies."""
    return Path(settings.FILES) / digest[:2] / digest


def digest_of(path: Path) -> str:
    sha = hashlib.sha256()
    with Path(path).open("rb") as handle:
        while chunk := handle.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


class Arrival:
    """A file on its way in: written piece by piece beside the others, and either kept or thrown away.

    sha256 and bytes are those of what was written so far.
    """

    def __init__(self) -> None:
        root = Path(settings.FILES)
        root.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=root, prefix=INCOMING)
        self._path, self._handle, self._sha = Path(name), os.fdopen(descriptor, "wb"), hashlib.sha256()
        self.bytes = 0

    def write(self, chunk: bytes) -> None:
        self._handle.write(chunk)
        self._sha.update(chunk)
        self.bytes += len(chunk)

    @property
    def sha256(self) -> str:
        return self._sha.hexdigest()

    def keep(self) -> tuple[str, int]:
        """Into the store. Returns its SHA-256 (hex) and size in bytes; a second time it only says them again."""
        if not self._handle.closed:
            self._handle.flush()
            os.fsync(self._handle.fileno())
            self._handle.close()
            final = path_of(self.sha256)
            final.parent.mkdir(exist_ok=True)
            self._path.chmod(0o640)
            self._path.replace(final)
        return self.sha256, self.bytes

    def discard(self) -> None:
        """Throw away what was not kept."""
        if not self._handle.closed:
            self._handle.close()
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> "Arrival":
        return self

    def __exit__(self, *_error: object) -> None:
        self.discard()


def keep(path: Path) -> tuple[str, int]:
    """Copy a file into the store. Returns its SHA-256 (hex) and size in bytes."""
    with Path(path).open("rb") as source:
        return keep_stream(source)


def keep_stream(source: BinaryIO) -> tuple[str, int]:
    """Copy an open file into the store, from where it stands. Returns its SHA-256 (hex) and size in bytes."""
    with Arrival() as arrival:
        while chunk := source.read(CHUNK):
            arrival.write(chunk)
        return arrival.keep()
