"""Text from web pages and plain text files, cut into pages so that a passage can be pointed at."""

import re
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html

from sala.core import lao
from sala.core.files import detect
from sala.core.files.characters import encoding_of
from sala.core.files.refusals import Refused

PAGE = 3000  # characters, about
MOST_TEXT = 64 * 1024**2  # bytes of a file read as text

_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([A-Za-z0-9_\-]+)", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "object", "svg", "head", "nav")
_BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote", "pre", "article",
           "section", "header", "footer", "main", "table", "ul", "ol", "dl", "dt", "dd", "figcaption", "br", "hr", "address"}  # fmt: skip


def html_text(path: str) -> dict[str, Any]:
    """{"title", "pages", "count", "encoding"} of a web page: its blocks of text, about 3,000 characters to a page.

    Scripts, styles and navigation are left out; nothing is fetched and no entity of the file's own is expanded.
    Raises Refused: entities, broken-encoding, damaged, too-large, and those of detect.identify.
    """
    _require(path, "html")
    content = Path(path).read_bytes()
    if _ENTITY.search(content):
        raise Refused("entities")
    encoding = _html_encoding(path, content)
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        encoding = encoding_of(path)
        text = content.decode(encoding)
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(text.lstrip("\ufeff").encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        if str(error).startswith("unknown error"):  # what lxml says when it gets no memory
            raise MemoryError from None
        raise Refused("damaged", detail=str(error)[:80]) from None
    title = lao.stored(" ".join((root.findtext(".//title") or root.findtext(".//h1") or "").split()))
    for element in list(root.iter(*_UNSEEN)):
        element.drop_tree()
    pages = pages_of(blocks_of(root))
    return {"title": title, "pages": pages, "count": len(pages), "encoding": encoding}


def plain_text(path: str) -> dict[str, Any]:
    """{"title", "pages", "count", "encoding"} of a text file; the title is its first line.

    Raises Refused: broken-encoding, too-large, and those of detect.identify.
    """
    _require(path, "text", "csv")
    encoding = encoding_of(path)
    text = Path(path).read_bytes().decode(encoding)
    blocks = [lao.stored(block.strip()) for block in re.split(r"\r?\n[ \t]*\r?\n", text)]
    pages = pages_of([re.sub(r"\r\n?", "\n", block) for block in blocks if block])
    return {
        "title": pages[0].split("\n")[0][:200] if pages else "",
        "pages": pages,
        "count": len(pages),
        "encoding": encoding,
    }


def _require(path: str, *formats: str) -> None:
    found = detect.identify(path, "", limit=MOST_TEXT)["format"]
    if found not in formats:
        raise Refused("unknown-type", found=found, allowed=".html, .txt")


def _html_encoding(path: str, content: bytes) -> str:
    """As the file's mark or its own words say; UTF-8 goes first, because pages often say the wrong thing."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        declared = _DECLARED.search(content[:4096])
        return declared.group(1).decode("ascii") if declared else encoding_of(path)
    return "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"


def blocks_of(root: Any) -> list[str]:
    """The texts of the blocks of a page, in their order."""
    blocks: list[list[str]] = [[]]
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        if element.tag in _BLOCKS:
            blocks.append([])
        text = element.text if event == "start" else element.tail
        if text:
            blocks[-1].append(text)
    joined = (" ".join("".join(parts).split()) for parts in blocks)
    return [lao.stored(text) for text in joined if text]


def pages_of(blocks: list[str]) -> list[str]:
    """Blocks joined to pages of about PAGE characters; a longer block is cut at a space where there is one."""
    pages: list[str] = []
    for block in blocks:
        while len(block) > 2 * PAGE:
            cut = block.rfind(" ", PAGE // 2, PAGE)
            cut = cut if cut > 0 else PAGE
            pages.append(block[:cut])
            block = block[cut:].lstrip()
        if pages and len(pages[-1]) + len(block) < PAGE:
            pages[-1] += "\n\n" + block
        else:
            pages.append(block)
    return pages
