"""Reading a delivered file before it is added: what it is, its words page by page, its hash.

The file is opened in the child process only, outside any transaction; what comes back is plain text.
"""

import re
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from icu4py.breakers import WordBreaker

from sala.core import language, lao
from sala.core.files import child, detect, store

TASK = "sala.documents.reading:content"
MEDIA_TYPES = {
    "pdf": "application/pdf", "docx": detect.FORMATS["docx"][0], "html": "text/html", "text": "text/plain", "csv": "text/csv",
}  # fmt: skip
LONGEST_NAME = 200
MIXED = 0.2  # share of letters in Lao script from which a text counts as Lao
# a vowel or tone that hangs on a consonant never begins a word: a space before it was put there by a PDF reader
_LOOSE_MARK = re.compile("(?<=[\u0e80-\u0eff]) +(?=[\u0eb0-\u0ebd\u0ec8-\u0ecd])")
_GAP_AFTER_MARK = re.compile("(?<=[\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd]) (?=[\u0e80-\u0eff])")
_SPLIT_AM = re.compile("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2")
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*]+')


@dataclass(frozen=True)
class Delivered:
    """A file that was read and may be added. pages holds the words of each page, in order."""

    path: Path
    name: str
    media_type: str
    bytes: int
    sha256: str
    language: str
    title: str = ""
    pages: list[str] = field(default_factory=list)


def read(path: Path, name: str, in_language: str = "") -> Delivered:
    """Open an untrusted file in the child. Raises Unreadable, in the reader's language, when it is refused.

    name         as the sender called it; only its last part is kept
    in_language  code of the language when the sender said it; else it is told from the script
    """
    content = child.run(TASK, path, name)
    kind = content["kind"]
    pages = [rejoined(text) for text in content["pages"]]
    if kind == "pdf":
        pages = [without_gaps(text) for text in pages]
    return Delivered(
        path=Path(path),
        name=safe_name(name),
        media_type=MEDIA_TYPES[kind],
        bytes=Path(path).stat().st_size,
        sha256=store.digest_of(Path(path)),
        language=in_language or language_of(" ".join(pages)),
        title=rejoined(content["title"]).strip()[:300],
        pages=pages,
    )


def rejoined(text: str) -> str:
    """Text as it is kept: without the marks that print needs (zero-width breaks, SARA AM in two halves)."""
    joined = _LOOSE_MARK.sub("", lao.stored(text).replace("\x00", ""))
    return _SPLIT_AM.sub("\\1\u0eb3", joined)


def without_gaps(text: str) -> str:
    """Text of a PDF without the spaces that its reader sees inside Lao words.

    A mark above or below a letter takes no room of its own, so what follows it looks set apart. Such a space stays only
    where the dictionary ends a word.
    """
    return "\n".join(_closed(line) if lao.has_lao(line) else line for line in text.split("\n"))


def _closed(line: str) -> str:
    first, *others = _GAP_AFTER_MARK.split(line)
    ends = set(accumulate(len(str(word)) for word in WordBreaker("".join([first, *others]), "lo")))
    closed, length = first, len(first)
    for part in others:
        closed += f" {part}" if length in ends else part
        length += len(part)
    return closed


def language_of(text: str) -> str:
    """Code of the language, told from the script; the country's required one when there is no word to tell from."""
    letters = [character for character in text[:20_000] if character.isalpha()]
    if not letters:
        return language.required_language()
    is_lao = sum(map(lao.has_lao, letters)) / len(letters) >= MIXED
    codes = language.languages()
    fitting = [code for code in codes if (code == "lo") == is_lao]
    return (fitting or codes)[0]


def safe_name(name: str) -> str:
    """The last part of a name, without letters that break an address or a file system."""
    last = _UNSAFE_IN_NAMES.sub("_", lao.stored(name.replace("\\", "/").rsplit("/", 1)[-1])).strip(" ._") or "file"
    stem, dot, extension = last.rpartition(".")
    if len(last) <= LONGEST_NAME:
        return last
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}{dot}{extension}"[:LONGEST_NAME]
