"""Text of a Word document (.docx), in sections: a heading of the first or second order begins a new one."""

from pathlib import Path
from typing import Any

import lxml.html
import mammoth

from sala.core import lao
from sala.core.files import detect, markup
from sala.core.files.refusals import Refused

HEADINGS = ("h1", "h2")


def sections(path: str) -> dict[str, Any]:
    """{"title", "pages", "count"}: each section, cut into pages of about 3,000 characters where it is longer.

    Tables, lists, notes and text boxes are read as text; pictures, comments and everything outside the file are not.
    Raises Refused: damaged, and those of detect.identify.
    """
    if detect.identify(path, "", limit=markup.MOST_TEXT)["format"] != "docx":
        raise Refused("unknown-type", found="bytes", allowed=".docx")
    with Path(path).open("rb") as handle:
        try:
            read = mammoth.convert_to_html(
                handle, convert_image=mammoth.images.img_element(lambda _image: {}), include_embedded_style_map=False
            )
        except (KeyError, ValueError, AttributeError, TypeError, OSError) as error:
            raise Refused("damaged", detail=str(error)[:80]) from None
    if not read.value.strip():
        return {"title": "", "pages": [], "count": 0}
    root = lxml.html.fragment_fromstring(read.value, create_parent="div")
    heading = root.find("h1")
    title = lao.stored(" ".join("".join(heading.itertext()).split()))[:200] if heading is not None else ""
    pages = [page for section in _sections(root) for page in markup.pages_of(markup.blocks_of(section))]
    return {"title": title, "pages": pages, "count": len(pages)}


def _sections(root: Any) -> list[Any]:
    found = [lxml.html.Element("div")]
    for block in list(root):
        if block.tag in HEADINGS and len(found[-1]):
            found.append(lxml.html.Element("div"))
        found[-1].append(block)
    return found
