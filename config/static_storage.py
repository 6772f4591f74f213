"""Files for the browser: named by their content and compressed, each content once for this state.

Pressing hard takes long (half a minute for all), and every file stands there under two names.
"""

import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class OnceCompressor(Compressor):
    """Keeps what it made in a folder, by the SHA-256 of what it was made of."""

    def __init__(self, folder: Path, **options: object):
        super().__init__(**options)
        self.folder = folder
        self.used: set[str] = set()
        self.locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        folder.mkdir(parents=True, exist_ok=True)

    def compress_brotli(self, data: bytes) -> bytes:
        return self._once(data, "br", super().compress_brotli)

    def compress_gzip(self, data: bytes) -> bytes:
        return self._once(data, "gz", super().compress_gzip)

    def _once(self, data: bytes, kind: str, compress: Callable[[bytes], bytes]) -> bytes:
        name = f"{hashlib.sha256(data).hexdigest()}.{kind}"
        path, unfinished = self.folder / name, self.folder / f".{name}.{os.getpid()}"
        with self.locks[name]:
            self.used.add(name)
            if path.is_file():
                return path.read_bytes()
            made = compress(data)
            unfinished.write_bytes(made)
            unfinished.replace(path)
            return made

    def forget_unused(self) -> None:
        """Remove what belongs to files that are gone."""
        for path in self.folder.iterdir():
            if path.name not in self.used and not path.name.startswith("."):
                path.unlink(missing_ok=True)


class Storage(CompressedManifestStaticFilesStorage):
    def create_compressor(self, **options: object) -> OnceCompressor:
        return OnceCompressor(settings.STATE / "compressed", **options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        yield from super().compress_files(paths)
        self.compressor.forget_unused()
