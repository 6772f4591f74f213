"""Words of pages that are pictures, by Debian's tesseract with its Lao and English models. Runs in the child process.

Lao has stacked marks that are lost in coarse pictures, so pages are drawn at 300 dots to the inch. What is read here is
a machine's guess and is marked so wherever it is shown.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pypdfium2

from sala.core.files.pdf import repaired
from sala.core.files.refusals import Refused

PROGRAM = "tesseract"
DOTS = 300 / 72  # dots to the point
MOST_DOTS = 4000  # along the longer side; a larger page is drawn coarser
SECONDS = 40  # for one page
LEAST = 3  # letters; fewer are dust on the glass


def can_read(languages: list[str]) -> bool:
    """Whether the program and its models of these languages (three-letter codes) are on this machine."""
    if shutil.which(PROGRAM) is None:
        return False
    listed = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, text=True, check=False, timeout=20)
    return set(languages) <= set(listed.stdout.split())


def read(path: str, pages: list[int], languages: list[str]) -> dict[str, Any]:
    """{"pages": {number: text}, "is_there"}; text is "" where nothing was found, is_there False without the program.

    pages      numbers from 1 on
    languages  three-letter codes of the models, the likeliest first
    Raises Refused: damaged, encrypted.
    """
    if not can_read(languages):
        return {"pages": {}, "is_there": False}
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "damaged", detail=str(error)[-80:]) from None
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in pages:
            picture = Path(folder) / "page.png"
            _draw(document, number, picture)
            found[number] = _words(picture, languages)
    return {"pages": found, "is_there": True}


def _draw(document: Any, number: int, target: Path) -> None:
    try:
        page = document[number - 1]
        scale = min(DOTS, MOST_DOTS / max(page.get_width(), page.get_height(), 1))
        page.render(scale=scale, grayscale=True).to_pil().save(target)
        page.close()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise Refused("damaged", detail=f"{number}: {error}"[-80:]) from None


def _words(picture: Path, languages: list[str]) -> str:
    command = [PROGRAM, str(picture), "stdout", "-l", "+".join(languages), "--psm", "3"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS, errors="replace")
    except subprocess.TimeoutExpired:
        return ""
    text = repaired(done.stdout.replace("\f", "")) if done.returncode == 0 else ""
    return text if sum(map(str.isalnum, text)) >= LEAST else ""
