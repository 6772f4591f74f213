"""Reading a PMTiles file: its directories are parsed once and kept, so that a tile costs one read at a known place."""

import gzip
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from pmtiles.tile import deserialize_directory, deserialize_header, find_tile, zxy_to_tileid

HEADER = 127  # bytes
OPEN = 64  # archives held open by a process
LEAVES = 256  # leaf directories kept for each
DEPTH = 4


class Archive:
    """One open file. Tiles come out as they lie in it: compressed with gzip."""

    def __init__(self, path: Path):
        self._file = os.open(path, os.O_RDONLY)
        self.header: dict[str, Any] = dict(deserialize_header(self._bytes(0, HEADER)))
        self._root = deserialize_directory(self._bytes(self.header["root_offset"], self.header["root_length"]))
        self._leaf = lru_cache(maxsize=LEAVES)(self._read_leaf)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def _bytes(self, offset: int, length: int) -> bytes:
        return os.pread(self._file, length, offset)

    def _read_leaf(self, offset: int, length: int) -> list[Any]:
        return deserialize_directory(self._bytes(self.header["leaf_directory_offset"] + offset, length))

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The compressed tile; None where the archive has none."""
        number, directory = zxy_to_tileid(z, x, y), self._root
        for _depth in range(DEPTH):
            entry = find_tile(directory, number)
            if entry is None:
                return None
            if entry.run_length:
                return self._bytes(self.header["tile_data_offset"] + entry.offset, entry.length)
            directory = self._leaf(entry.offset, entry.length)
        return None


@lru_cache(maxsize=OPEN)
def archive(path: Path) -> Archive:
    """The archive at this path, kept open. A path names its content, so it never goes stale."""
    return Archive(path)


def plain(tile: bytes) -> bytes:
    return gzip.decompress(tile)
