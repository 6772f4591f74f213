"""What a file is, by its content. The name is only checked against it, never believed."""

import json
import re
import struct
from pathlib import Path
from typing import Any

from sala.core.files import archive
from sala.core.files.delimited import delimiter_of
from sala.core.files.refusals import KINDS, Refused

SIZE_LIMIT = 1024**3  # bytes; nothing of a larger file is read
HEAD = 64 * 1024

# format → media type and the ends of names that go with it; the label is KINDS[format]
FORMATS = {
    "csv": ("text/csv", ("csv", "tsv", "tab", "txt")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "gpkg": ("application/geopackage+sqlite3", ("gpkg",)),
    "geojson": ("application/geo+json", ("geojson", "json")),
    "shapefile": ("application/zip", ("zip",)),
    "geotiff": ("image/tiff; application=geotiff", ("tif", "tiff")),
    "pdf": ("application/pdf", ("pdf",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "html": ("text/html", ("html", "htm", "xhtml")),
    "text": ("text/plain", ("txt", "text", "md")),
}  # fmt: skip
ALLOWED = ".csv, .xlsx, .gpkg, .geojson, .zip (shapefile), .tif (GeoTIFF), .pdf, .docx, .html, .txt"

# (start of the content, kind); none of these is read here
_STRANGE = (
    (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"),
    (b"II*\x00", "geotiff"), (b"MM\x00*", "geotiff"), (b"II+\x00", "geotiff"), (b"MM\x00+", "geotiff"),
    (b"\x1f\x8b", "archive"), (b"7z\xbc\xaf", "archive"), (b"Rar!", "archive"), (b"BZh", "archive"), (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "rich-text"),
)  # fmt: skip
_GEOJSON = re.compile(
    r'"type"\s*:\s*"(FeatureCollection|Feature|(Multi)?Point|(Multi)?LineString|(Multi)?Polygon|GeometryCollection)"'
)
_HTML = re.compile(r"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# in any of the encodings of XML; a workbook made by an honest program never declares a document type
_DOCUMENT_TYPES = [
    text.encode(code) for text in ("<!DOCTYPE", "<!ENTITY") for code in ("utf-8", "utf-16-le", "utf-16-be")
]


def identify(path: str, name: str, *, limit: int = SIZE_LIMIT) -> dict[str, Any]:
    """{"format", "media_type", "label"} of the file at `path`, which its sender called `name`.

    limit  bytes; a larger file is refused by its size alone.
    Raises Refused: empty, too-large, unknown-type, not-accepted-yet, wrong-extension, old-excel, macros, encrypted,
    damaged, and the refusals of archive.entries.
    """
    size = Path(path).stat().st_size
    if size == 0:
        raise Refused("empty")
    if size > limit:
        raise Refused("too-large", size=size // archive.MEGABYTE, limit=limit // archive.MEGABYTE)
    extension = Path(name).suffix.lower().lstrip(".")
    with Path(path).open("rb") as handle:
        head = handle.read(HEAD)
    found = _format(Path(path), head, extension)
    if found not in FORMATS:
        _refuse(found)
    media_type, extensions = FORMATS[found]
    if extension and extension not in extensions:
        raise Refused("wrong-extension", extension=f".{extension}", found=found)
    return {"format": found, "media_type": media_type, "label": KINDS[found]}


def _refuse(kind: str) -> None:
    instead = {"opendocument": "xlsx", "excel-binary": "xlsx", "kml": "geojson", "topojson": "geojson"}
    if kind in instead:
        raise Refused("not-accepted-yet", found=kind, instead=instead[kind])
    raise Refused("unknown-type", found=kind, allowed=ALLOWED)


def _format(path: Path, head: bytes, extension: str) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(path)
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg" if head[68:72] in (b"GPKG", b"GP10", b"GP11") else "sqlite"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if struct.unpack(">i", head[:4].ljust(4, b"\x00"))[0] == 9994 and len(head) >= 100:
        raise Refused("shapefile-alone")
    for start, kind in _STRANGE:
        if head.startswith(start):
            return kind
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    elif _CONTROL.search(head):
        return "bytes"
    else:
        text = head.decode("utf-8-sig", errors="replace")
    return _written(path, text, extension)


def _packed(path: Path) -> str:
    found = archive.entries(path)
    names = {info.filename for info in found}
    if not found:
        raise Refused("empty")
    if "[Content_Types].xml" in names:
        if any(name.endswith("vbaProject.bin") for name in names):
            raise Refused("macros")
        if "xl/workbook.bin" in names:
            return "excel-binary"
        if "xl/workbook.xml" in names:
            _check_parts(path, found)
            return "xlsx"
        if "word/document.xml" in names:
            _check_parts(path, found)
            return "docx"
        return "archive"
    if "mimetype" in names and "content.xml" in names:
        return "opendocument"
    if "doc.kml" in names:
        return "kml"
    if archive.names_of_shapefiles(found):
        return "shapefile"
    raise Refused("archive-plain")


def _check_parts(path: Path, found: list[Any]) -> None:
    """Read every XML part once: real sizes, no document types, no macros by content type."""
    overlap = max(map(len, _DOCUMENT_TYPES))
    with path.open("rb") as handle:
        for info in found:
            if not info.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            before = b""
            for block in archive.stream(handle, info):
                seen = before + block
                if any(mark in seen for mark in _DOCUMENT_TYPES):
                    raise Refused("entities")
                if info.filename == "[Content_Types].xml" and b"macroEnabled" in seen:
                    raise Refused("macros")
                before = block[-overlap:]


def _compound(path: Path) -> str:
    """Old Office files, and new ones behind a password, share one container; its directory tells them apart."""
    content = path.read_bytes() if path.stat().st_size <= 64 * archive.MEGABYTE else b""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused("encrypted")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise Refused("old-excel")
    return "office"


def _written(path: Path, text: str, extension: str) -> str:
    begin = text.lstrip("\ufeff \t\r\n")
    if not begin:
        if path.stat().st_size <= HEAD:
            raise Refused("empty")
        return "bytes"
    if begin[0] in "{[":
        return _json(path, begin)
    if begin[0] == "<":
        if _HTML.search(begin[:4096]):
            return "html"
        return "kml" if "<kml" in begin[:4096] else "xml"
    if extension in ("csv", "tsv", "tab"):
        return "csv"
    if extension in FORMATS["text"][1]:
        return "text"
    mark, agreement = delimiter_of(begin)
    return "csv" if mark and agreement > 0.9 and begin.count("\n") >= 2 else "text"


def _json(path: Path, begin: str) -> str:
    """GeoJSON says its type near the start or, where a program sorts the keys, near the end."""
    with path.open("rb") as handle:
        handle.seek(-min(HEAD, path.stat().st_size), 2)
        tail = handle.read().decode("utf-8", errors="replace")
    if _GEOJSON.search(begin) or _GEOJSON.search(tail):
        return "geojson"
    if re.search(r'"type"\s*:\s*"Topology"', begin + tail):
        return "topojson"
    if path.stat().st_size <= HEAD:
        try:
            json.loads(begin)
        except (ValueError, RecursionError):
            return "text"
    return "json"
