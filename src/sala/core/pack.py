"""Reading a country pack: parse, validate, hand over. Each part's `imports` applies its own tables.

A pack is a folder of YAML and CSV files. Everything that can be wrong in it is found before anything is written, and
told with file and line.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader  # eight times as quick
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

from sala.core.errors import Invalid


class PackError(Invalid):
    code = "bad-pack"


@dataclass
class Report:
    """What a load changed, counted per table. `refused` holds one line a reader can act on for each refusal."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def count(self, outcome: str, label: str = "") -> None:
        setattr(self, outcome, getattr(self, outcome) + 1)
        if label and outcome != "unchanged":
            self.lines.append(f"{'+' if outcome == 'new' else '~'} {label}")

    def refuse(self, line: str) -> None:
        self.refused.append(line)

    def summary(self) -> str:
        return f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged, {len(self.refused)} refused"

    def merge(self, other: "Report") -> None:
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refused += other.refused
        self.lines += other.lines


class Pack:
    """One pack folder. Tables are read on first use."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        if not (self.folder / "pack.yaml").is_file():
            raise PackError(f"{folder} is not a country pack: it has no pack.yaml.")

    @cached_property
    def info(self) -> dict[str, Any]:
        return self._yaml("pack.yaml")

    def listed(self, name: str, key: str | None = None) -> list[dict[str, Any]]:
        """Entries of `name`.yaml under `key` (default: the file's own name); empty when the file is absent."""
        if not (self.folder / f"{name}.yaml").is_file():
            return []
        return self._yaml(f"{name}.yaml").get(key or name) or []

    def mapping(self, name: str, key: str) -> dict[str, Any]:
        if not (self.folder / f"{name}.yaml").is_file():
            return {}
        return self._yaml(f"{name}.yaml").get(key) or {}

    def rows(self, name: str) -> list[dict[str, str]]:
        """Rows of `name`.csv; empty when the file is absent."""
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as handle:
            return [{key: (value or "").strip() for key, value in row.items() if key} for row in csv.DictReader(handle)]

    def path(self, name: str) -> Path:
        """A file of the pack, or of the one beside it that pack.yaml `borrows` from. Refuses a name that leads outside."""
        path = self._inside(self.folder, name)
        lender = self.info.get("borrows")
        return path if path.exists() or not lender else self._inside(self.folder.parent / Path(lender).name, name)

    @staticmethod
    def _inside(folder: Path, name: str) -> Path:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise PackError(f"{name} leads outside the pack.")
        return path

    def _yaml(self, name: str) -> dict[str, Any]:
        try:
            loaded = yaml.load((self.folder / name).read_text(encoding="utf-8"), SafeLoader)
        except yaml.YAMLError as error:
            raise PackError(f"{name} is not valid YAML: {error}") from error
        if not isinstance(loaded, dict):
            raise PackError(f"{name} must be a mapping of names to values.")
        return loaded

    def languages(self) -> list[str]:
        return list(self.info["languages"])

    def check_words(self, value: Any, where: str) -> list[str]:
        """Faults of a translated text: the required language is there, no unknown one is."""
        if not isinstance(value, dict):
            return [f"{where}: give the text per language"]
        faults = []
        if not value.get(self.info["required_language"]):
            faults.append(f"{where}: the text in {self.info['required_language']} is missing")
        unknown = set(value) - set(self.languages())
        if unknown:
            faults.append(f"{where}: unknown language {', '.join(sorted(unknown))}")
        return faults


def unique(rows: Iterable[dict[str, Any]], key: str, where: str) -> list[str]:
    """A fault line for each value of `key` that stands twice."""
    seen: set[Any] = set()
    faults = []
    for row in rows:
        if row[key] in seen:
            faults.append(f"{where}: {key} {row[key]} stands twice")
        seen.add(row[key])
    return faults
