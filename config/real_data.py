"""Taking a folder of real files in, through the operator's own commands, as the pack's holdings.yaml describes it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from sala.access.actor import command
from sala.catalogue import imports as catalogue
from sala.documents import imports as documents

Say = Callable[[str], None]


def import_folder(folder: Path, say: Say) -> bool:
    """Import boundaries, datasets and documents. A missing file is skipped and said. True when nothing was refused."""
    described = Path(settings.PACK) / "holdings.yaml"
    if not described.is_file():
        say(f"The pack {Path(settings.PACK).name} has no holdings.yaml that says how a folder is taken in.")
        return False
    holdings = yaml.safe_load(described.read_text(encoding="utf-8"))
    good = all([_boundaries(folder, entry, say) for entry in _present(folder, holdings.get("boundaries", []), say)])
    wanted = [entry for entry in holdings.get("datasets", []) if _parts_present(folder, entry, say)]
    good &= _tell(catalogue.load(command(), folder, wanted), say)
    good &= _tell(documents.load(command(), folder, _present(folder, holdings.get("documents", []), say)), say)
    return good


def _present(folder: Path, entries: list[dict[str, Any]], say: Say) -> list[dict[str, Any]]:
    for entry in entries:
        if not (folder / entry["file"]).is_file():
            say(f"skipped {entry['file']}: not in the folder")
    return [entry for entry in entries if (folder / entry["file"]).is_file()]


def _parts_present(folder: Path, entry: dict[str, Any], say: Say) -> bool:
    return len(_present(folder, entry["parts"], say)) == len(entry["parts"])


def _boundaries(folder: Path, entry: dict[str, Any], say: Say) -> bool:
    say(f"boundaries: {entry['file']} {entry.get('layer', '')}")
    options = [f"--{key.replace('_', '-')}={value}" for key, value in entry.items() if key != "file"]
    try:
        call_command("places", "import", str(folder / entry["file"]), *options)
    except (CommandError, SystemExit) as error:
        say(f"  {error}")
        return False
    return True


def _tell(report: Any, say: Say) -> bool:
    for line in report.lines:
        say(f"  {line}")
    for line in report.refused:
        say(f"  refused {line}")
    say(f"  {report.summary()}")
    return not report.refused
