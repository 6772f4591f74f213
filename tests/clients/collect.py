"""A phone with the app for forms, written from the text of the OpenRosa protocol over bare sockets.

It uses nothing of the program's own: requests are put together byte by byte, so that a line can be cut after any of them.
"""

import hashlib
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree import ElementTree

XFORM = "{http://www.w3.org/2002/xforms}"
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"
END = b"\r\n"


class Cut(Exception):
    """The line broke before an answer came."""


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """The words for whoever holds the phone; empty where the answer is no OpenRosa envelope."""
        try:
            return ElementTree.fromstring(self.body).findtext(f"{RESPONSE}message") or ""
        except ElementTree.ParseError:
            return ""

    @property
    def is_success(self) -> bool:
        """As the protocol has it: 201 or 202 together with the envelope, and nothing else."""
        return self.status in (201, 202) and bool(self.message)


def read_reply(line: socket.socket, *, without_body: bool = False) -> Reply:
    """Raises Cut when the line ends before the answer does."""
    got = b""
    while END * 2 not in got:
        got += _some(line)
    head, _mark, body = got.partition(END * 2)
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _mark, value in (row.partition(":") for row in rest)}
    status = int(first.split()[1])
    if without_body or status in (204, 304):
        return Reply(status, headers, b"")
    if headers.get("transfer-encoding") == "chunked":
        return Reply(status, headers, _dechunked(line, body))
    wanted = int(headers["content-length"])
    while len(body) < wanted:
        body += _some(line)
    return Reply(status, headers, body[:wanted])


def _some(line: socket.socket) -> bytes:
    try:
        got = line.recv(65536)
    except OSError:
        raise Cut from None
    if not got:
        raise Cut
    return got


def _dechunked(line: socket.socket, got: bytes) -> bytes:
    whole = b""
    while True:
        while END not in got:
            got += _some(line)
        size, _mark, got = got.partition(END)
        length = int(size.split(b";")[0], 16)
        while len(got) < length + 2:
            got += _some(line)
        if length == 0:
            return whole
        whole, got = whole + got[:length], got[length + 2 :]


@dataclass
class Instance:
    """A filled form: its XML and the files that it names."""

    name: str
    xml: bytes
    files: dict[str, bytes] = field(default_factory=dict)


class Collect:
    """door  the address that the phone was set up with"""

    def __init__(self, door: str, language: str = "en"):
        self.door, self.language = door.rstrip("/"), language
        self.device = f"collect:{uuid.uuid4().hex[:16]}"

    # ---- the line ------------------------------------------------------------------------------------------------

    def line(self, url: str) -> socket.socket:
        told = urlsplit(url)
        return socket.create_connection((told.hostname, told.port), timeout=60)

    def head_of(self, method: str, url: str, **headers: str) -> bytes:
        told = urlsplit(url)
        path = told.path + (f"?{told.query}" if told.query else "")
        common = {
            "Host": f"{told.hostname}:{told.port}", "X-OpenRosa-Version": "1.0", "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
            "Accept-Language": self.language, "User-Agent": "scripted phone", "Connection": "close",
        }  # fmt: skip
        rows = [f"{name.replace('_', '-')}: {value}" for name, value in {**common, **headers}.items()]
        return "\r\n".join([f"{method} {path} HTTP/1.1", *rows, "", ""]).encode()

    def ask(self, method: str, url: str, **headers: str) -> Reply:
        with self.line(url) as line:
            line.sendall(self.head_of(method, url, **headers))
            return read_reply(line, without_body=method == "HEAD")

    # ---- forms ---------------------------------------------------------------------------------------------------

    def form_list(self, **headers: str) -> Reply:
        return self.ask("GET", f"{self.door}/formList", **headers)

    def forms(self) -> list[dict[str, str]]:
        reply = self.form_list()
        assert reply.status == 200 and reply.headers["x-openrosa-version"] == "1.0", reply
        assert reply.headers["content-type"].startswith("text/xml")
        rows = ElementTree.fromstring(reply.body).findall(f"{LIST}xform")
        return [{cell.tag.removeprefix(LIST): cell.text or "" for cell in row} for row in rows]

    def get(self, url: str, hashed: str) -> bytes:
        """A form or file, taken only when it is what its hash says."""
        reply = self.ask("GET", url)
        assert reply.status == 200, reply
        assert hashed == f"md5:{hashlib.md5(reply.body).hexdigest()}", url
        return reply.body

    def files_of(self, form: dict[str, str]) -> dict[str, bytes]:
        reply = self.ask("GET", form["manifestUrl"])
        assert reply.status == 200 and reply.headers["x-openrosa-version"] == "1.0"
        found = {}
        for row in ElementTree.fromstring(reply.body).findall(f"{MANIFEST}mediaFile"):
            name, hashed, url = (row.findtext(f"{MANIFEST}{cell}") for cell in ("filename", "hash", "downloadUrl"))
            found[name] = self.get(url, hashed)
        return found

    def fill(self, xform: bytes, answers: dict[str, str], files: dict[str, bytes], corrects: str = "") -> Instance:
        """The form's own instance with answers in it, as the app writes it.

        answers  by the name of the element; a file is answered by its name
        """
        primary = ElementTree.fromstring(xform).find(f".//{XFORM}model/{XFORM}instance")[0]
        name = f"uuid:{uuid.uuid4()}"
        for element in primary.iter():
            tag = element.tag.rpartition("}")[2]
            if tag in answers:
                element.text = answers[tag]
            elif tag == "instanceID":
                element.text = name
        for element in primary.iter():
            if corrects and element.tag.rpartition("}")[2] == "meta":
                ElementTree.SubElement(element, element.tag.replace("meta", "deprecatedID")).text = corrects
                break
        return Instance(name, ElementTree.tostring(primary, encoding="utf-8", xml_declaration=True), files)

    # ---- sending -------------------------------------------------------------------------------------------------

    def accepted(self) -> int:
        """Asked before sending: bytes that are best sent at once."""
        reply = self.ask("HEAD", f"{self.door}/submission?deviceID={self.device}")
        assert reply.status == 204 and reply.headers["x-openrosa-version"] == "1.0", reply
        return int(reply.headers["x-openrosa-accept-content-length"])

    def parts(self, instance: Instance, most: int | None = None) -> list[bytes]:
        """The posts in which an answer goes out: the XML in each, and as many files as fit."""
        most = most or self.accepted()
        loads: list[dict[str, bytes]] = [{}]
        size = len(instance.xml)
        for name, content in instance.files.items():
            if loads[-1] and size + len(content) > most:
                loads.append({})
                size = len(instance.xml)
            loads[-1][name] = content
            size += len(content)
        return [self.post_of(instance, load) for load in loads]

    def post_of(self, instance: Instance, files: dict[str, bytes], **headers: str) -> bytes:
        mark = f"----{uuid.uuid4().hex}"
        body = _part(mark, "xml_submission_file", f"{instance.name[5:]}.xml", "text/xml", instance.xml)
        body += b"".join(_part(mark, name, name, "image/jpeg", content) for name, content in files.items())
        body += f"--{mark}--\r\n".encode()
        url = f"{self.door}/submission?deviceID={self.device}"
        told = {"Content_Type": f"multipart/form-data; boundary={mark}", **headers}
        if headers.get("Transfer_Encoding") == "chunked":
            sizes = [7, 1, 1000, 100_000]
            pieces, at = [], 0
            while at < len(body):
                size = sizes[len(pieces) % 4]
                piece = body[at : at + size]
                pieces.append(f"{len(piece):x}\r\n".encode() + piece + END)
                at += size
            body = b"".join(pieces) + b"0\r\n\r\n"
        else:
            told.setdefault("Content_Length", str(len(body)))
        return self.head_of("POST", url, **told) + body

    def send(self, post: bytes, cut_after: int | None = None) -> Reply:
        """Raises Cut where the line is cut after so many bytes, or breaks by itself."""
        with self.line(self.door) as line:
            with suppress(OSError):  # the other side may have answered and closed; its words are read below
                line.sendall(post[:cut_after])
            if cut_after is not None:
                raise Cut
            return read_reply(line)

    def submit(self, instance: Instance, most: int | None = None) -> list[Reply]:
        """All parts, stopping at the first that is no success: the app then keeps the answer and tries it all again."""
        replies = []
        for post in self.parts(instance, most):
            replies.append(self.send(post))
            if not replies[-1].is_success:
                break
        return replies


def _part(mark: str, name: str, file_name: str, media_type: str, content: bytes) -> bytes:
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        f"Content-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + END
