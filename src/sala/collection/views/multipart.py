"""Reading what a phone posts: one XML and any number of files in one multipart body, straight to disk, within a limit.

A line may be cut anywhere. What came is only used when the body is whole: of the length that was announced, closed by
its last boundary, and of the checksum where one was given. A file that stopped half-way is thrown away.
"""

import base64
import errno
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import HttpRequest, UnreadablePostError
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _

from sala.collection.operations import Incoming
from sala.core.errors import SalaError, TooLarge, Unreadable
from sala.core.files import store, xform

XML = "xml_submission_file"
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
TAIL = 2048  # bytes at the end of a body among which its last boundary stands
KEPT_FREE = 512 * 1024**2  # bytes of the disk that answers leave to all else


class NoRoom(SalaError):
    """The disk is nearly full: what came was not kept, and may come later."""

    status = 503
    code = "no-room"


@dataclass
class Posted:
    xml: bytes = b""
    files: list[Incoming] = field(default_factory=list)


class _Body:
    """The body as it comes: counted, its end remembered, its checksum reckoned where it will be compared."""

    def __init__(self, source: BinaryIO, length: int | None, checked: bool):
        self.source, self.length = source, length
        self.read_so_far, self.tail = 0, b""
        self.md5 = hashlib.md5(usedforsecurity=False) if checked else None

    def read(self, size: int | None = store.CHUNK, /) -> bytes:
        size = store.CHUNK if size is None else size
        if self.length is not None:
            size = min(size, self.length - self.read_so_far)
        chunk = self.source.read(size) if size > 0 else b""
        self.read_so_far += len(chunk)
        if self.read_so_far > settings.ANSWER_LIMIT:
            raise too_large()
        if chunk:
            self.tail = (self.tail + chunk)[-TAIL:]
            if self.md5:
                self.md5.update(chunk)
        return chunk


class _Handler(FileUploadHandler):
    """The XML to memory, all else beside the files of the store, with its SHA-256 reckoned on the way."""

    chunk_size = 256 * 1024

    def __init__(self) -> None:
        super().__init__()
        self.posted = Posted()
        self.arrivals: list[store.Arrival] = []
        self.part: bytearray | store.Arrival | None = None
        self.xmls = 0

    def new_file(self, field_name: str, file_name: str, content_type: str, *rest: Any, **more: Any) -> None:
        super().new_file(field_name, file_name, content_type, *rest, **more)
        if field_name == XML:
            self.part = bytearray()
            self.xmls += 1
        else:
            self.part = store.Arrival()
            self.arrivals.append(self.part)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if isinstance(self.part, bytearray):
            if len(self.part) + len(raw_data) > xform.MOST_BYTES + 1:
                raise too_large()
            self.part += raw_data
        elif self.part is not None:
            self.part.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        if isinstance(self.part, bytearray):
            self.posted.xml = bytes(self.part)
        elif self.part is not None:
            name = self.file_name or self.field_name or ""
            self.posted.files.append(Incoming(name, self.content_type or "", self.part))
        self.part = None


@contextmanager
def body_of(request: HttpRequest) -> Iterator[Posted]:
    """What was posted; files that were not kept by the end of the block are thrown away.

    Raises TooLarge at once where too much is announced, Unreadable where the body is not whole, NoRoom.
    """
    length = _announced(request)
    _need_room(length or 0)
    handler = _Handler()
    try:
        yield _read(request, handler, length)
    finally:
        for arrival in handler.arrivals:
            arrival.discard()


def _announced(request: HttpRequest) -> int | None:
    """Bytes that are to come; None where they come in chunks of unknown number."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return None
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not (told.isascii() and told.isdigit()):
        raise cut()
    if int(told) > settings.ANSWER_LIMIT:
        raise too_large()
    return int(told)


def _need_room(length: int) -> None:
    if (
        shutil.disk_usage(settings.FILES if settings.FILES.exists() else settings.FILES.parent).free
        < length + KEPT_FREE
    ):
        raise NoRoom(_("The disk of this service is full. Your answer stays on your phone; send it again later."))


def _read(request: HttpRequest, handler: _Handler, length: int | None) -> Posted:
    told = request.headers.get("Content-MD5", "")
    body = _Body(request.META["wsgi.input"], length, bool(told))
    meta: dict[str, Any] = {
        "CONTENT_TYPE": request.META.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": length or settings.ANSWER_LIMIT,
    }
    try:
        texts, _files = MultiPartParser(meta, body, [handler], "utf-8").parse()  # type: ignore[arg-type]  # it only reads
    except MultiPartParserError:
        raise Unreadable(_("What was sent is no answer to a form. Send it with the app for forms.")) from None
    except (TooManyFilesSent, RequestDataTooBig):
        raise too_large() from None
    except (UnreadablePostError, OSError) as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise
        raise cut() from None
    if XML in texts and not handler.xmls:
        handler.posted.xml, handler.xmls = str(texts[XML]).encode(), 1
    boundary = parse_header_parameters(meta["CONTENT_TYPE"])[1]["boundary"]
    ended = f"--{boundary}--".encode() in body.tail
    if not ended or (length is not None and body.read_so_far != length):
        raise cut()
    if body.md5 and base64.b64encode(body.md5.digest()).decode() != told.strip():
        raise cut()
    if handler.xmls != 1:
        raise Unreadable(_("What was sent is no answer to a form. Send it with the app for forms."))
    return handler.posted


def cut() -> Unreadable:
    return Unreadable(_("The answer did not arrive whole. Nothing of it was kept; send it again."))


def too_large() -> TooLarge:
    words = _("The answer with its files is larger than the %(limit)s MB that are taken at once. Take smaller pictures, or send it in parts.")  # fmt: skip
    return TooLarge(words % {"limit": settings.ANSWER_LIMIT // 1024**2})
