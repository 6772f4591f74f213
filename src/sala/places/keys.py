"""Search keys of facilities: what is left of a name without the words of its kind and of the place's level.

A facility that is called after its place answers to every name of the place, in whatever script: a list in one
language and a list in another one then meet.
"""

from collections.abc import Iterable

from sala.places.models import Area, FacilityKind, Level
from sala.places.names import bare, fold

LONGEST = 200


def level_words() -> tuple[str, ...]:
    """Words of every level: a school that stands in a district is called after its village all the same."""
    return tuple(word for level in Level.objects.all() for word in level.words())


def keys_of(kind: FacilityKind, area: Area, texts: Iterable[str], levels: tuple[str, ...] | None = None) -> list[str]:
    """Each key once, in order. Reads the area's other names. levels: level_words, for whoever asks many times."""
    level = level_words() if levels is None else levels
    words = (*kind.words(), *level)
    keys = {bare(text, words)[:LONGEST] for text in texts} - {""}
    of_place = {fold(text, level)[:LONGEST] for text in (*area.name.values(), *(row.text for row in area.names.all()))}
    return sorted(keys | of_place if keys & of_place else keys)
