"""ODK Validate, the check that a form opens on a device. It is a Java program within pyxform; Java may be absent."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from pyxform.validators.odk_validate import ODK_VALIDATE_PATH, install_exists

from sala.core.files.xlsform.sheets import Book

# small and quick to start: forms are small, and the child's memory is limited by address space
_JAVA = ("-Xmx384m", "-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:CompressedClassSpaceSize=64m",
         "-XX:ReservedCodeCacheSize=64m", "-Djava.awt.headless=true")  # fmt: skip
_PATH = re.compile(r"(?<![\w./'-])(/[\w.-]+(?:\[[^\]]*\])?(?:/[\w.-]+(?:\[[^\]]*\])?)+)")
# lines about the program rather than the form
_NOISE = re.compile(r"^(>> |Result: |The following files failed|\s*at [\w.$]+\(|\s*\.\.\. \d+ more|\s*$|/.*\.xml$)")
_CLASS = re.compile(r"(Caused by: )?(java|org)(\.\w+)+(Exception|Error): ?")
_NODE = re.compile(r"[,.]? ?Bad node: [\w.$]+@[0-9a-f]+")
_BRACKETS = re.compile(r"\[([^\[\]]{3,})\]")
LONGEST = 600


def check(form: Path, fields: list[dict[str, Any]], book: Book, seconds: int) -> tuple[str, list[dict[str, Any]]]:
    """("valid", "invalid", "absent", "slow" or "failed", warnings in the shape of findings.remarks)."""
    java = shutil.which("java")
    if java is None or not install_exists():
        return "absent", [_warning("odk-absent", {})]
    try:
        ran = subprocess.run([java, *_JAVA, "-jar", ODK_VALIDATE_PATH, str(form)], capture_output=True, timeout=seconds, check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        return "slow", [_warning("odk-slow", {"seconds": seconds})]
    said = ran.stderr.decode(errors="replace")
    if ran.returncode == 0:
        return "valid", [_placed("odk-says", said, fields, book)] if _sentences(said) else []
    if "Result: Invalid" not in said:
        return "failed", [_warning("odk-failed", {"code": ran.returncode})]
    return "invalid", [_placed("odk-invalid", said, fields, book)]


def _warning(code: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "sheet": values.get("sheet", ""), "row": values.get("row", 0), "values": values}


def _placed(code: str, said: str, fields: list[dict[str, Any]], book: Book) -> dict[str, Any]:
    """A finding with its place: the question whose path it names first, else the cell with the formula it quotes."""
    by_path = {field["path"]: field for field in fields}
    says = " ".join(_sentences(said))
    place: dict[str, Any] = {}
    for path in _PATH.findall(says):
        field = by_path.get(re.sub(r"\[[^\]]*\]", "", path))
        if field and field["sheet_row"] and not place:
            place = {"sheet": "survey", "row": field["sheet_row"]}
        if field:
            says = says.replace(path, "${" + field["name"] + "}")
    for formula in [] if place else _BRACKETS.findall(says):
        sheet, row, heading = book.cell_with(formula)
        if row:
            place = {"sheet": sheet, "row": book.line(sheet, row), "column": heading}
    return _warning(code, {**place, "says": says[:LONGEST]})


def _sentences(said: str) -> list[str]:
    lines = [_NODE.sub("", _CLASS.sub("", line)).strip() for line in said.splitlines() if not _NOISE.search(line)]
    return list(dict.fromkeys(filter(None, lines)))
