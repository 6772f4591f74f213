"""Which areas a cell names.

A cell may hold a code, a name, or several names with commas between. Where a column names the country, only rows of
the installed country are joined: the same name may lie elsewhere. A name borne by a province and by a district inside
it means the province, which is true either way; a name that can mean two separate areas stays unjoined.
"""

import re
from typing import Any

from sala.places.finder import Finder
from sala.places.models import Area, Level
from sala.places.queries import current

BETWEEN = "\x1f"  # stands between place and country in a key
MOST_TOLD = 50  # texts that were not joined
LONGEST = 100  # characters of such a text
_SEPARATORS = re.compile(r"[,;/|]|\s+-\s+")


def join(keys: list[str], level: Level | None = None) -> dict[str, list[int]]:
    """Key → ids of the areas it names; keys that name none are left out.

    keys  text of the place, or place BETWEEN country
    """
    finder = Finder(current(level), one_level=level is not None)
    countries = finder if level is None else Finder(current())
    known: dict[str, Area | None] = {}
    found = {}
    for key in keys:
        place, _mark, country = key.partition(BETWEEN)
        inside = meant(countries, country, known) if country else None
        if BETWEEN in key and inside is None:
            continue
        ids = _areas(finder, place, inside, known)
        if ids:
            found[key] = ids
    return found


def told(counts: list[tuple[str, int]], found: dict[str, list[int]]) -> dict[str, Any]:
    """How many rows were joined, and which texts were not. What a row of another country says is no fault.

    counts  (key, rows with it) of every key of the table     found  what join made of the keys
    Returns rows (of this country or none named), joined, empty (no text at all), elsewhere (of other countries),
    names (different texts that were not joined) and unmatched: at most 50 [text, rows], the most frequent first.
    """
    rows = joined = empty = elsewhere = 0
    unmatched: dict[str, int] = {}
    for key, count in counts:
        place, _mark, country = key.partition(BETWEEN)
        if key not in found and country.strip():
            elsewhere += count
            continue
        rows += count
        if key in found:
            joined += count
        elif place.strip():
            unmatched[place] = unmatched.get(place, 0) + count
        else:
            empty += count
    most = sorted(unmatched.items(), key=lambda each: (-each[1], each[0]))[:MOST_TOLD]
    return {"rows": rows, "joined": joined, "empty": empty, "elsewhere": elsewhere, "names": len(unmatched),
            "unmatched": [[place[:LONGEST], count] for place, count in most]}  # fmt: skip


def meant(finder: Finder, text: str, known: dict[str, Area | None]) -> Area | None:
    """The one area that a code or name means; of several inside each other the widest."""
    if text not in known:
        found = finder.coded(text) or finder.named(text)
        widest = min(found, key=lambda area: len(area.path), default=None)
        certain = widest is not None and all(area.path.startswith(widest.path) for area in found)
        known[text] = widest if certain else None
    return known[text]


def _areas(finder: Finder, place: str, country: Area | None, known: dict[str, Area | None]) -> list[int]:
    whole = meant(finder, place, known)
    if whole is not None:
        named = [whole]
    else:
        pieces = [piece.strip() for piece in _SEPARATORS.split(place) if piece.strip()]
        named = [area for piece in pieces if (area := meant(finder, piece, known))]
    inside = [area for area in named if country is None or area.path.startswith(country.path)]
    narrow = [area for area in inside if area.level.rank > 0] or inside
    if not narrow and country is not None:
        narrow = [country]
    # of a district and its province named together, the district is meant
    paths = {area.path for area in narrow}
    return sorted(
        {area.pk for area in narrow if not any(other != area.path and other.startswith(area.path) for other in paths)}
    )
