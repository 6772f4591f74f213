"""Archives from strangers: what may be in them is settled before anything is unpacked.

A workbook and a zipped shapefile are both zip archives. Names that lead outside, links, passwords, overlapping or
lying entries, and bombs (by total, by ratio, by count, by nesting) are refused. Sizes are counted on the real stream,
not believed from the table of contents, because a second reader may believe another part of the archive than we do.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from sala.core.files.refusals import Refused

MEGABYTE = 1024**2
BLOCK = MEGABYTE
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf")
SHAPEFILE_EXTRAS = (".prj", ".cpg")

_DRIVE = re.compile(r"^[A-Za-z]:")
_PACKED = re.compile(r"\.(zip|7z|rar|gz|bz2|xz|tar|tgz|zst)$", re.IGNORECASE)
_PACKED_STARTS = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_DIRECTORY_ENTRY = 46  # bytes of the shortest entry in the table of contents


@dataclass(frozen=True)
class Bounds:
    """total  bytes unpacked; ratio  unpacked to packed, looked at from `ratio_from` bytes on; entries  files inside"""

    total: int = 2 * 1024 * MEGABYTE
    ratio: int = 250
    ratio_from: int = 10 * MEGABYTE
    entries: int = 2000


def entries(path: str | Path, bounds: Bounds | None = None) -> list[zipfile.ZipInfo]:
    """The files in the archive after every check that needs no unpacking. Raises Refused."""
    bounds = bounds or Bounds()
    _check_directory(path, bounds)
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise Refused("damaged", detail=str(error)[:100]) from None
    if len(found) > bounds.entries:
        raise Refused("archive-entries", count=len(found), limit=bounds.entries)
    for info in found:
        _check_name(info)
        if info.flag_bits & 0x1:
            raise Refused("encrypted")
        if info.header_offset < 0:
            raise Refused("damaged", detail=_short(info.filename))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("damaged", detail=f"{info.filename}: method {info.compress_type}")
        if info.file_size > bounds.ratio_from and info.file_size > bounds.ratio * max(info.compress_size, 1):
            ratio = info.file_size // max(info.compress_size, 1)
            raise Refused("archive-ratio", name=_short(info.filename), ratio=ratio)
    total = sum(info.file_size for info in found)
    if total > bounds.total:
        raise Refused("archive-bomb", size=total // MEGABYTE, limit=bounds.total // MEGABYTE)
    in_order = sorted(found, key=lambda info: info.header_offset)
    for before, after in pairwise(in_order):
        if before.header_offset + 30 + before.compress_size > after.header_offset:
            raise Refused("damaged", detail=f"{_short(before.filename)} / {_short(after.filename)}")
    return [info for info in found if not info.is_dir()]


def _check_directory(path: str | Path, bounds: Bounds) -> None:
    """Refuse a table of contents too long to be read into memory at all."""
    with Path(path).open("rb") as handle:
        handle.seek(0, 2)
        handle.seek(-min(handle.tell(), 22 + 65535), 2)
        tail = handle.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        raise Refused("damaged", detail="zip")
    count, size = struct.unpack("<HI", tail[place + 10 : place + 16])
    if count > bounds.entries or size > bounds.entries * (_DIRECTORY_ENTRY + 1024):
        raise Refused("archive-entries", count=max(count, size // (_DIRECTORY_ENTRY + 1024)), limit=bounds.entries)


def _check_name(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    parts = re.split(r"[/\\]", name)
    mode = info.external_attr >> 16
    is_link = stat.S_ISLNK(mode)
    is_special = stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR) and not is_link
    outside = ".." in parts or name.startswith(("/", "\\")) or bool(_DRIVE.match(name)) or "\x00" in name
    if outside or is_link or is_special or not name.strip():
        raise Refused("unsafe-archive", name=_short(name))


def _short(name: str) -> str:
    return name.replace("\x00", "")[:80]


def stream(handle: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The real content of one entry in blocks; refused when it is longer or shorter than the entry says."""
    handle.seek(info.header_offset)
    local = handle.read(30)
    if local[:4] != b"PK\x03\x04" or len(local) < 30:
        raise Refused("damaged", detail=_short(info.filename))
    handle.seek(sum(struct.unpack("<HH", local[26:30])), 1)
    left, produced, check = info.compress_size, 0, 0
    inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        packed = handle.read(min(left, BLOCK))
        if not packed:
            break
        left -= len(packed)
        while packed:
            try:
                block = inflater.decompress(packed, BLOCK) if inflater else packed
            except zlib.error as error:
                raise Refused("damaged", detail=f"{_short(info.filename)}: {error}") from None
            packed = inflater.unconsumed_tail if inflater else b""
            produced, check = produced + len(block), zlib.crc32(block, check)
            if produced > info.file_size:
                raise Refused("archive-bomb", size=produced // MEGABYTE + 1, limit=info.file_size // MEGABYTE)
            yield block
    if produced != info.file_size or check != info.CRC or (inflater and not inflater.eof):
        raise Refused("damaged", detail=_short(info.filename))


def names_of_shapefiles(found: list[zipfile.ZipInfo]) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Shapefiles in an archive: name without its end → part (".shp", …) → entry. Folders inside are allowed."""
    stems: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for info in found:
        path = Path(info.filename.replace("\\", "/"))
        end = path.suffix.lower()
        if end in SHAPEFILE_PARTS + SHAPEFILE_EXTRAS and not path.name.startswith("._"):
            stems.setdefault(str(path.with_suffix("")).casefold(), {})[end] = info
    layers = {}
    for parts in stems.values():
        if ".shp" in parts:
            layers[Path(parts[".shp"].filename.replace("\\", "/")).with_suffix("").as_posix()] = parts
    short = [Path(name).name for name in layers]
    return {Path(name).name if short.count(Path(name).name) == 1 else name: parts for name, parts in layers.items()}


def unpack_shapefiles(path: str | Path, folder: str | Path, bounds: Bounds | None = None) -> dict[str, Path]:
    """Unpack the shapefiles of a zip into `folder`/shapes under names of our own: layer name → path of its .shp.

    Nothing else is written, and no name of the archive ever becomes a path. Raises Refused.
    """
    found = entries(path, bounds)
    for info in found:
        if _PACKED.search(info.filename):
            raise Refused("archive-nested", name=_short(info.filename))
    layers = names_of_shapefiles(found)
    if not layers:
        raise Refused("archive-plain")
    target = Path(folder) / "shapes"
    target.mkdir(parents=True, exist_ok=True)
    result = {}
    with Path(path).open("rb") as handle:
        for number, (name, parts) in enumerate(layers.items(), start=1):
            for part in SHAPEFILE_PARTS:
                if part not in parts:
                    raise Refused("shapefile-part", name=_short(name), part=part)
            for part, info in parts.items():
                with (target / f"{number}{part}").open("wb") as output:
                    for position, block in enumerate(stream(handle, info)):
                        if position == 0 and block.startswith(_PACKED_STARTS):
                            raise Refused("archive-nested", name=_short(info.filename))
                        output.write(block)
            result[name] = target / f"{number}.shp"
    return result
