"""The one way in which this service asks another machine for something it was told of: harvest, check of links, and hands
something over to one: short messages to their gateway.

Whoever names an address may name one of our own network. So the name is resolved first, every address it has must lie
in the public internet, and the connection goes to the very address that was looked at, whatever the name says a moment
later. Each redirect goes through the same door. An answer has a limit of size and of time, on the wire and unpacked.
What an operator lists in SALA_FETCH_INTERNAL (host names, addresses, networks; by commas) is let through.
"""

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import urljoin, urlsplit, urlunsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from sala.core.errors import SalaError

MOST_REDIRECTS = 5
PIECE = 64 * 1024
AGENT = "Sala (public-sector data portal)"
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # IPv6 addresses that only stand for IPv4 ones


class Unfetched(SalaError):
    """An address that was not fetched, with the reason. `status` of the other side where it gave one."""

    status = 502
    code = "not-fetched"
    title = gettext_lazy("The other address could not be read")

    def __init__(self, advice: str, answered: int | None = None):
        super().__init__(advice)
        self.answered = answered


@dataclass(frozen=True)
class Bounds:
    """bytes of the unpacked answer, seconds for all of it with its redirects."""

    size: int = 20 * 1024**2
    seconds: float = 60


@dataclass
class Answer:
    url: str  # where it came from in the end
    status: int
    media_type: str
    size: int = 0
    passed: list[str] = field(default_factory=list)  # addresses that led there


def fetch(url: str, into: IO[bytes], *, accept: str = "*/*", bounds: Bounds | None = None) -> Answer:
    """Write what is at the address into a file. Raises Unfetched with the reason; then what was written is worthless."""
    bounds = bounds or Bounds()
    until = time.monotonic() + bounds.seconds
    passed: list[str] = []
    while True:
        if url in passed:
            raise Unfetched(_("The address leads in a circle. Ask its keeper to mend it."))
        if len(passed) > MOST_REDIRECTS:
            raise Unfetched(_("The address leads on more than %(count)s times.") % {"count": MOST_REDIRECTS})
        passed.append(url)
        with _asked(url, accept, until) as response:
            onward = response.headers.get("Location") if response.status in (301, 302, 303, 307, 308) else None
            if onward:
                url = urljoin(url, onward)
                continue
            if response.status != 200:
                raise Unfetched(
                    _("The other side answered with %(status)s.") % {"status": response.status}, response.status
                )
            media_type = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
            answer = Answer(url, response.status, media_type, passed=passed[:-1])
            answer.size = _poured(response, into, bounds, until)
            return answer


def post(url: str, content: bytes, headers: Mapping[str, str], *, method: str = "POST", seconds: float = 20) -> None:
    """Hand the content over. Raises Unfetched with the status unless the other side takes it (2xx).

    No redirect is followed: what is handed over may hold a secret, and is meant for that machine alone.
    """
    with _asked(url, "*/*", time.monotonic() + seconds, method=method, more=headers, content=content) as response:
        if not 200 <= response.status < 300:
            raise Unfetched(
                _("The other side answered with %(status)s.") % {"status": response.status}, response.status
            )


def _poured(response: BaseHTTPResponse, into: IO[bytes], bounds: Bounds, until: float) -> int:
    size = 0
    told = response.headers.get("Content-Length", "")
    while piece := response.read1(PIECE):
        size += len(piece)
        if size > bounds.size:
            raise Unfetched(_("The answer is larger than %(size)s MB.") % {"size": bounds.size // 1024**2})
        if time.monotonic() > until:
            raise _too_slow()
        into.write(piece)
    if told.isdigit() and "Content-Encoding" not in response.headers and size != int(told):
        raise Unfetched(_("The answer broke off in the middle."))
    return size


@contextlib.contextmanager
def _asked(url: str, accept: str, until: float, *, method: str = "GET", more: Mapping[str, str] | None = None,
           content: bytes | None = None) -> Iterator[BaseHTTPResponse]:  # fmt: skip
    """An open answer. The connection is cut when the time is up, however slowly the other side goes on talking."""
    connection, path, host = _connection(url, until)
    left = until - time.monotonic()
    if left <= 0:
        raise _too_slow()
    watch = threading.Timer(left, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        headers = {"Host": host, "Accept": accept, "User-Agent": AGENT, "Accept-Encoding": "gzip", **(more or {})}
        connection.request(method, path, body=content, headers=headers, preload_content=False, decode_content=True)
        yield connection.getresponse()
    except (urllib3.exceptions.HTTPError, OSError, ValueError, AttributeError) as error:
        if time.monotonic() >= until:
            raise _too_slow() from error
        raise Unfetched(_("The other side does not answer, or its answer broke off.")) from error
    finally:
        watch.cancel()
        connection.close()


def _connection(url: str, until: float) -> tuple[HTTPConnection, str, str]:
    """A connection to one looked-at address, the path to ask for, and the name to ask for it by."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_address(url) from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise _no_address(url)
    port = port or (443 if parts.scheme == "https" else 80)
    address = permitted_address(host, port)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    seconds = max(0.1, min(30.0, until - time.monotonic()))
    if parts.scheme == "https":
        secure = HTTPSConnection(
            address, port, timeout=seconds, server_hostname=host, assert_hostname=host, cert_reqs="CERT_REQUIRED"
        )
        return secure, path, parts.netloc
    return HTTPConnection(address, port, timeout=seconds), path, parts.netloc


def permitted_address(host: str, port: int) -> str:
    """The first of the host's addresses, if all of them may be asked. Raises Unfetched when one may not, or there is none."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unfetched(_("There is no machine with the name %(host)s.") % {"host": host}) from error
    listed = [entry.strip().lower() for entry in settings.FETCH_INTERNAL if entry.strip()]
    for address in found:
        if host.lower() not in listed and not _is_public(str(address)) and not _within(str(address), listed):
            raise Unfetched(
                _(
                    "%(host)s lies in a network that is not open to this service. An operator may list it in the "
                    "settings (SALA_FETCH_INTERNAL)."
                )
                % {"host": host}
            )
    return str(sorted(found, key=lambda address: (":" in str(address), str(address)))[0])


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in TRANSLATED:
            return _is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        inner = address.ipv4_mapped or address.sixtofour
        if inner:
            return _is_public(str(inner))
    return address.is_global and not address.is_multicast


def _within(text: str, listed: list[str]) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    for entry in listed:
        with contextlib.suppress(ValueError):
            if address in ipaddress.ip_network(entry, strict=False):
                return True
    return False


def _cut(connection: HTTPConnection) -> None:
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _no_address(url: str) -> Unfetched:
    return Unfetched(_("“%(url)s” is no address of the web. It begins with https:// or http://.") % {"url": url[:200]})


def _too_slow() -> Unfetched:
    return Unfetched(_("The other side takes too long to answer."))
