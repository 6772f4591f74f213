"""A kept file over HTTP, whole or by the bytes that are asked for: programs read a window of a map without the whole map,
and a download that broke off goes on where it ended."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

BLOCK = 256 * 1024  # bytes read at a time
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def file_or_part(request: HttpRequest, path: Path, media_type: str, etag: str = "") -> HttpResponseBase:
    """RFC 9110 ranges: one range, from the start or the end; anything else is answered with the whole.

    etag  names these very bytes; without it one is made of the file's name, size and age
    200 with the whole, 206 with the part, 416 where the file has none of the bytes asked for. A part of another file than
    the one that the reader began with (If-Range) is not given: the whole is.
    """
    told = path.stat()
    tag = f'"{etag or f"{path.name[:40]}-{told.st_size:x}-{told.st_mtime_ns:x}"}"'
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip()) if request.method == "GET" else None
    if asked is None or asked.groups() == ("", "") or request.headers.get("If-Range", tag) != tag:
        answer: HttpResponseBase = FileResponse(path.open("rb"), content_type=media_type)
    else:
        answer = _part(path, told.st_size, media_type, *asked.groups())
    answer.headers["Accept-Ranges"], answer.headers["ETag"] = "bytes", tag
    return answer


def _part(path: Path, size: int, media_type: str, first: str, last: str) -> HttpResponseBase:
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        none = HttpResponse(status=416, content_type=media_type)
        none.headers["Content-Range"] = f"bytes */{size}"
        return none
    part = StreamingHttpResponse(_read(path, start, end - start + 1), status=206, content_type=media_type)
    part.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    part.headers["Content-Length"] = str(end - start + 1)
    return part


def _read(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        handle.seek(start)
        while length > 0 and (block := handle.read(min(BLOCK, length))):
            length -= len(block)
            yield block


def begins_file(request: HttpRequest, answer: HttpResponseBase) -> bool:
    """Whether a reader takes the whole or its beginning: of many parts of one file it is said once."""
    begun = answer.status_code == 200 or answer.headers.get("Content-Range", "").startswith("bytes 0-")
    return request.method == "GET" and begun
