"""Whether the search rows were written by the programs that stand here; if not, all are written anew."""

import hashlib
from pathlib import Path

from sala.core.models import PackFact
from sala.search.operations import reindex

ROOT = Path(__file__).resolve().parent.parent
INDEXED = "indexed"  # the fact that holds the fingerprint


def _fingerprint() -> str:
    """Over every program that has a say in a search row: the entries, the nouns, and the whole search part."""
    programs = sorted((ROOT / "src" / "sala" / "search").glob("*.*"))
    programs += sorted((ROOT / "config" / "search_entries").glob("*.py"))
    programs += [ROOT / "config" / "subjects.py", ROOT / "src/sala/core/lao.py"]
    sha = hashlib.sha256()
    for path in programs:
        sha.update(path.read_bytes())
    return sha.hexdigest()


def bring_up_to_date() -> str:
    """Write all search rows anew when the way of writing them has changed. Returns what was done, in words."""
    now = _fingerprint()
    if PackFact.get(INDEXED) == now:
        return "up to date"
    written = reindex()
    PackFact.objects.update_or_create(key=INDEXED, defaults={"value": now})
    return f"{written} rows"
