"""The text layer of a PDF, page by page, with the damage mended that PDF programs do to Lao letters."""

import re
import unicodedata
from typing import Any

import pypdfium2

from sala.core import lao
from sala.core.files import detect
from sala.core.files.refusals import Refused

MOST_PAGES = 2000

_CONSONANTS = "\u0e81-\u0eae\u0edc-\u0edf"
_MARKS = "\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd"
_TONES = "\u0ec8-\u0ecb"
_GAP = "[ \u00a0]*"
# a mark hangs on the letter before it, so a space between the two was never written
_SPACE_BEFORE_MARK = re.compile(f"(?<=[{_CONSONANTS}{_MARKS}])[ \u00a0]+(?=[{_MARKS}])")
_SPLIT_SARA_AM = re.compile(f"\u0ecd([{_TONES}]?){_GAP}\u0eb2")
_RING_FOR_SARA_AM = re.compile(f"\u0657([{_TONES}]?)(?=\u0eb3)")  # the ring of SARA AM, told as an Arabic mark
_HYPHENS = re.compile("[\x02\ufffe\u00ad]\r?\n?")


def pages(path: str, *, most_pages: int = MOST_PAGES) -> dict[str, Any]:
    """{"pages": [text of each page], "count"}; a scanned page has the text "".

    Raises Refused: encrypted, damaged, too-many-pages, and those of detect.identify.
    """
    if detect.identify(path, "")["format"] != "pdf":
        raise Refused("unknown-type", found="bytes", allowed=".pdf")
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Refused("encrypted") from None
        raise Refused("damaged", detail=str(error)[-80:]) from None
    count = len(document)
    if count > most_pages:
        raise Refused("too-many-pages", count=count, limit=most_pages)
    texts = []
    for number in range(count):
        try:
            page = document[number]
            texts.append(repaired(page.get_textpage().get_text_bounded()))
            page.close()
        except pypdfium2.PdfiumError as error:
            raise Refused("damaged", detail=f"{number + 1}: {error}"[-80:]) from None
    return {"pages": texts, "count": count}


def repaired(text: str) -> str:
    """Text from a PDF as it was written: SARA AM whole again, marks on their letters, nothing invisible, NFC."""
    text = unicodedata.normalize("NFC", _HYPHENS.sub("", text).translate(lao.ZERO_WIDTH))
    text = _SPACE_BEFORE_MARK.sub("", text)
    text = _SPLIT_SARA_AM.sub("\\1\u0eb3", text)
    text = _RING_FOR_SARA_AM.sub("\\1", text)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
