"""Runs in the child process: what a delivered file is, and its words page by page, in one go."""

from pathlib import Path
from typing import Any

from sala.core.files import detect, docx, markup, pdf
from sala.core.files.refusals import Refused

READERS = {
    "pdf": pdf.pages,
    "docx": docx.sections,
    "html": markup.html_text,
    "text": markup.plain_text,
    "csv": markup.plain_text,
}
PROSE = (".txt", ".text", ".md")
ALLOWED = ".pdf, .docx, .html, .txt, .csv"


def content(path: str, name: str) -> dict[str, Any]:
    """{"kind", "pages": [words of each page], "title"} of a file whose sender called it `name`.

    Raises Refused: unknown-type when it is no document, and what detect and the readers refuse.
    """
    kind = detect.identify(path, name)["format"]
    if kind == "csv" and name.lower().endswith(PROSE):
        kind = "text"  # prose with many commas looks like a table
    if kind not in READERS:
        raise Refused("unknown-type", found=kind, allowed=ALLOWED)
    found = READERS[kind](path)
    return {"kind": kind, "pages": found["pages"], "title": found.get("title") or _stem(name)}


def _stem(name: str) -> str:
    return Path(name).stem.replace("_", " ")
