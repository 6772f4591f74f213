"""A kept file over HTTP, whole or by the bytes that are asked for: programs read a window of a map without the whole map."""

import re
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

LARGEST = 16 * 1024**2  # bytes of one answer that is a part
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def file_or_part(request: HttpRequest, path: Path, media_type: str) -> HttpResponseBase:
    """RFC 9110 ranges: one range, from the start or the end; anything else is answered with the whole.

    200 with the whole, 206 with at most LARGEST bytes of it, 416 where it has none of those asked for.
    """
    size = path.stat().st_size
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or asked.groups() == ("", ""):
        whole = FileResponse(path.open("rb"), content_type=media_type)
        whole.headers["Accept-Ranges"] = "bytes"
        return whole
    first, last = asked.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or start > end:
        none = HttpResponse(status=416, content_type=media_type)
        none.headers["Content-Range"] = f"bytes */{size}"
        return none
    end = min(end, start + LARGEST - 1)
    with path.open("rb") as handle:
        handle.seek(start)
        content = handle.read(end - start + 1)
    part = HttpResponse(content, status=206, content_type=media_type)
    part.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    part.headers["Accept-Ranges"] = "bytes"
    return part


def begins_file(answer: HttpResponseBase) -> bool:
    """Whether an answer holds the whole or its beginning: of many parts of one file it is said once."""
    return answer.status_code == 200 or answer.headers.get("Content-Range", "").startswith("bytes 0-")
