"""Which encoding a text file has. UTF-8 is expected; an older one is taken only where UTF-8 is out of the question.

A file that is UTF-8 but for a few bytes is damaged, and reading it as something else would turn Lao into nonsense:
it is refused, with the line.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from sala.core.files.refusals import Refused

BLOCK = 1024**2
AROUND = 64 * 1024  # bytes looked at before and after the first byte that is not UTF-8
# encodings of old programs in and around the region; anything else is more likely damage
OLD_ENCODINGS = ["cp1252", "cp1258", "cp874", "gb18030"]

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            yield block


def encoding_of(path: str | Path) -> str:
    """Name of the encoding with which the whole file can be read. Raises Refused("broken-encoding", line)."""
    path = Path(path)
    with path.open("rb") as handle:
        start = handle.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            _require(path, name)
            return name
    broken = _first_broken(path, "utf-8")
    if broken is None:
        return "utf-8"
    place, line = broken
    with path.open("rb") as handle:
        handle.seek(max(0, place - AROUND))
        sample = handle.read(2 * AROUND)
    seen = sample.decode("utf-8", errors="replace")
    lost = seen.count("\ufffd")
    if sum(character > "\x7f" for character in seen) - lost >= lost:
        raise Refused("broken-encoding", line=line)
    best = from_bytes(sample, cp_isolation=OLD_ENCODINGS).best()
    if best is None:
        raise Refused("broken-encoding", line=line)
    _require(path, best.encoding)
    return best.encoding


def _require(path: Path, encoding: str) -> None:
    broken = _first_broken(path, encoding)
    if broken is not None:
        raise Refused("broken-encoding", line=broken[1])


def _first_broken(path: Path, encoding: str) -> tuple[int, int] | None:
    """(byte, line) where decoding fails first, lines from 1; None when all of it can be read."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read, line = 0, 1
    for block in _blocks(path):
        pending = len(decoder.getstate()[0])
        try:
            line += decoder.decode(block).count("\n")
        except UnicodeDecodeError as error:
            return read - pending + error.start, line + error.object[: error.start].count(b"\n")
        read += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return read - len(error.object), line
    return None
