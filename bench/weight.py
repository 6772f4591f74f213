"""What a first visit to a page brings over the line: the page and every file it makes a browser fetch, compressed.

Pages themselves are compressed by the proxy in front (docs/production/nginx.conf); the same is done here to count them.
"""

import gzip
import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urljoin

from brotli import decompress

FILE_OF_LINK = {"stylesheet", "preload", "modulepreload", "icon"}
PACKED = (".woff2", ".png", ".jpg", ".webp")  # compressed in themselves
LEVEL = 5  # of the proxy's gzip
OF_STYLESHEET = re.compile(rb"url\([\"']?([^\"')]+)")


class _Linked(HTMLParser):
    """Addresses of the files that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "link" and FILE_OF_LINK & set((given.get("rel") or "").split()):
            self.found.append(given.get("href") or "")
        if tag in ("script", "img"):
            self.found.append(given.get("src") or "")


def first_view(address: str, fetch: Callable[[str], tuple[bytes, str]]) -> tuple[int, int]:
    """Bytes on the wire and number of requests. `fetch` gives the body as it was sent and how it was encoded.

    Fonts named in a style sheet are counted all, though a browser leaves out those of letters it does not need.
    """
    sent: dict[str, int] = {}
    waiting = [address]
    while waiting:
        one = waiting.pop()
        if one in sent or one.startswith("data:"):
            continue
        body, encoding = fetch(one)
        sent[one] = len(body if encoding or one.endswith(PACKED) else gzip.compress(body, LEVEL))
        text = decompress(body) if encoding == "br" else body
        if one == address:
            page = _Linked()
            page.feed(text.decode())
            waiting += [urljoin(one, each) for each in page.found if each]
        elif one.endswith(".css"):
            waiting += [urljoin(one, each.decode()) for each in OF_STYLESHEET.findall(text)]
    return sum(sent.values()), len(sent)
