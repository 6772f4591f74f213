"""Whether the search rows were written by the programs that stand here; if not, all are written anew."""

import hashlib
from pathlib import Path

from sala.core.models import PackFact
from sala.search.operations import reindex

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("config/search_entries.py", "config/subjects.py", "src/sala/search/analysis.py", "src/sala/search/entries.py",
           "src/sala/search/operations.py", "src/sala/search/words.py", "src/sala/search/lao_compounds.txt",
           "src/sala/core/lao.py")  # fmt: skip
INDEXED = "indexed"  # the fact that holds the fingerprint


def _fingerprint() -> str:
    sha = hashlib.sha256()
    for name in SOURCES:
        sha.update((ROOT / name).read_bytes())
    return sha.hexdigest()


def bring_up_to_date() -> str:
    """Write all search rows anew when the way of writing them has changed. Returns what was done, in words."""
    now = _fingerprint()
    if PackFact.get(INDEXED) == now:
        return "up to date"
    written = reindex()
    PackFact.objects.update_or_create(key=INDEXED, defaults={"value": now})
    return f"{written} rows"
