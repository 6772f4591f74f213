"""Files that a form needs beside it: pictures, sounds, films, lists as CSV or GeoJSON. Everything here runs in the child."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

from sala.core.files import delimited
from sala.core.files.refusals import Refused

LARGEST = 50 * 1024**2  # bytes; phones fetch it over the mobile network
MOST_COLUMNS = 200
FIRST_ROWS = 20
LONGEST_SHOWN = 200  # letters of a cell that is shown

# end of the name → how such files begin: (offset, bytes), one of which fits
STARTS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "png": ((0, b"\x89PNG\r\n\x1a\n"),), "jpg": ((0, b"\xff\xd8\xff"),), "jpeg": ((0, b"\xff\xd8\xff"),),
    "gif": ((0, b"GIF87a"), (0, b"GIF89a")), "webp": ((8, b"WEBP"),), "wav": ((8, b"WAVE"),), "ogg": ((0, b"OggS"),),
    "mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")), "m4a": ((4, b"ftyp"),),
    "mp4": ((4, b"ftyp"),), "3gp": ((4, b"ftyp"),), "webm": ((0, b"\x1aE\xdf\xa3"),),
}  # fmt: skip
TABLES = ("csv", "geojson")


def check(path: str, *, name: str) -> dict[str, Any]:
    """Whether a file is what its name says: {"columns", "first", "count"} for a list, all empty for anything else.

    columns  headings of a CSV file, or id and the properties of a GeoJSON's shapes
    first    its first rows as lists of texts; count: of all rows
    Raises Refused: empty, too-large, media-kind, media-not, media-headings, media-row, broken-encoding, broken-quotes.
    """
    size, end = Path(path).stat().st_size, Path(name).suffix.lower().lstrip(".")
    if not size:
        raise Refused("empty")
    if size > LARGEST:
        raise Refused("too-large", size=-(-size // 1024**2), limit=LARGEST // 1024**2)
    if end == "csv":
        return _csv(path)
    if end == "geojson":
        return _geojson(path)
    if end not in STARTS:
        raise Refused("media-kind", end=f".{end}" if end else name, allowed=", ".join(f".{each}" for each in (*TABLES, *STARTS)))  # fmt: skip
    with Path(path).open("rb") as handle:
        head = handle.read(64)
    if not any(head[at:].startswith(mark) for at, mark in STARTS[end]):
        raise Refused("media-not", end=f".{end}")
    return {"columns": [], "first": [], "count": 0}


def _csv(path: str) -> dict[str, Any]:
    with Path(path).open("rb") as handle:
        for line, text in enumerate(handle, start=1):
            try:
                text.decode("utf-8")
            except UnicodeDecodeError:
                raise Refused("broken-encoding", line=line) from None
            if b"\0" in text:
                raise Refused("media-not", end=".csv")
    rows = delimited.rows(path, "utf-8-sig", ",")
    columns = [cell.strip() for cell in next(rows, (0, []))[1]]
    if not columns or "" in columns or len(set(columns)) < len(columns) or len(columns) > MOST_COLUMNS:
        raise Refused("media-headings")
    first, count = [], 0
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) != len(columns):
            raise Refused("media-row", line=line, count=len(cells), wanted=len(columns))
        count += 1
        if count <= FIRST_ROWS:
            first.append([cell[:LONGEST_SHOWN] for cell in cells])
    return {"columns": columns, "first": first, "count": count}


def _geojson(path: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
        shapes = found["features"] if found["type"] == "FeatureCollection" else None
        told = [{"id": shape.get("id", ""), **(shape["properties"] or {})} for shape in shapes or []]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("media-not", end=".geojson") from None
    if not told:
        raise Refused("media-not", end=".geojson")
    columns = list(told[0])[:MOST_COLUMNS]
    first = [[str(row.get(column, ""))[:LONGEST_SHOWN] for column in columns] for row in islice(told, FIRST_ROWS)]
    return {"columns": columns, "first": first, "count": len(told)}
