"""What the child process answered is kept for a run: the same bytes, asked the same way, are read once.

Starting the child and its libraries takes most of a second, and many tests send the same small file. A first reading is
always real; refusals are never kept. Tests about the reading itself (READ_ANEW) go without this.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

READ_ANEW = ("tests/core/", "tests/faults/", "tests/maps/calculations/", "tests/running/")
LARGEST = 5_000_000  # bytes written by the child that are kept
WRITTEN_WHEN = "docProps/core.xml"  # the part of a workbook that tells when it was saved


class ReadOnce:
    """Stands for child.run(task, *arguments, limits, **options)."""

    def __init__(self, run: Callable[..., dict[str, Any]]):
        self.run = run
        self.kept: dict[str, tuple[str, list[dict[str, bytes]]]] = {}

    def __call__(self, task: str, *arguments: Any, limits: Any = None, **options: Any) -> dict[str, Any]:
        targets = [path for path in map(_target, arguments) if path]
        if any(path.is_dir() and any(path.iterdir()) for path in targets):
            return self.run(task, *arguments, limits=limits, **options)
        shown = [_shown(value) for value in arguments]
        key = json.dumps([task, shown, str(limits), options], default=str, sort_keys=True)
        if key not in self.kept:
            result = self.run(task, *arguments, limits=limits, **options)
            written = [_read(path) for path in targets]
            if sum(len(content) for files in written for content in files.values()) > LARGEST:
                return result
            self.kept[key] = _named(json.dumps(result), targets), written
            return result
        text, written = self.kept[key]
        for path, files in zip(targets, written, strict=True):
            for name, content in files.items():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                (path / name).write_bytes(content)
        for number, path in enumerate(targets):
            text = text.replace(f"<target {number}>", str(path))
        return json.loads(text)


def _path(value: Any) -> Path | None:
    return Path(value) if isinstance(value, (str, Path)) and str(value).startswith("/") else None


def _target(value: Any) -> Path | None:
    """The folder or file that the child writes, when the value names one: it is no file yet."""
    path = _path(value)
    return path if path and not path.is_file() and path.parent != Path("/") and path.parent.is_dir() else None


def _shown(value: Any) -> Any:
    path = _path(value)
    if path and path.is_file():
        return _fingerprint(path)
    return f"target{path.suffix}" if path and _target(value) else value


def _fingerprint(path: Path) -> str:
    """By content; of a workbook, without the moment at which it was saved."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            parts = [(item.filename, item.CRC, item.file_size) for item in archive.infolist()]
        return str([part for part in parts if part[0] != WRITTEN_WHEN])
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path) -> dict[str, bytes]:
    """Name below the path → content; a target that is a file stands under the empty name."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*") if one.is_file()}


def _named(text: str, targets: list[Path]) -> str:
    for number, path in enumerate(targets):
        text = text.replace(str(path), f"<target {number}>")
    return text
