"""Files kept by content: the name is the SHA-256, so a file is stored once and can never change under its name.

A file is complete before it appears (written beside, synced, renamed). Rows point to it by hash; a file that no row
points to is the harmless remainder of a change that was not committed.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

CHUNK = 1024 * 1024


def path_of(digest: str) -> Path:
    """Where the file with this SHA-256 (hex) lies."""
    return Path(settings.FILES) / digest[:2] / digest


def digest_of(path: Path) -> str:
    sha = hashlib.sha256()
    with Path(path).open("rb") as handle:
        while chunk := handle.read(CHUNK):
            sha.update(chunk)
    return sha.hexdigest()


def keep(path: Path) -> tuple[str, int]:
    """Copy a file into the store. Returns its SHA-256 (hex) and size in bytes."""
    root = Path(settings.FILES)
    root.mkdir(parents=True, exist_ok=True)
    sha, size = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(dir=root, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as target, Path(path).open("rb") as source:
            while chunk := source.read(CHUNK):
                sha.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        final = path_of(sha.hexdigest())
        final.parent.mkdir(exist_ok=True)
        Path(name).chmod(0o640)
        Path(name).replace(final)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return sha.hexdigest(), size
