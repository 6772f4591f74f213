"""Search keys of facilities: what is left of a name without the words of its kind and of the place's level.

A facility that is called after its place answers to every name of the place, in whatever script: a list in one
language and a list in another one then meet.
"""

from collections.abc import Iterable

from sala.places.models import Area, FacilityKind
from sala.places.names import bare, fold

LONGEST = 200


def keys_of(kind: FacilityKind, area: Area, texts: Iterable[str]) -> list[str]:
    """Each key once, in order. Reads the area's level and other names."""
    level = area.level.words()
    words = (*kind.words(), *level)
    keys = {bare(text, words)[:LONGEST] for text in texts} - {""}
    of_place = {fold(text, level)[:LONGEST] for text in (*area.name.values(), *(row.text for row in area.names.all()))}
    return sorted(keys | of_place if keys & of_place else keys)
