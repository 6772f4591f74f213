"""From a file to what would be imported: which of its layers show which level, and where shapes may lie."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.contrib.gis.db.models import Extent
from django.utils.translation import gettext as _

from sala.core.errors import Invalid
from sala.places import guessing, layers
from sala.places.finder import Finder
from sala.places.layers import Layer
from sala.places.models import Area, Boundary, Level
from sala.places.queries import areas_on

LEAST_MARGIN = 1.0  # degrees around the known places in which a shape may lie
MARGIN = 0.25  # or this share of their extent, where that is more


def bounds() -> list[float] | None:
    """West, south, east, north of the country with a margin; None while no place is known on the map."""
    extents = [
        Area.objects.filter(label_point__isnull=False).aggregate(box=Extent("label_point"))["box"],
        Boundary.objects.aggregate(box=Extent("coarse"))["box"],
    ]
    known = [box for box in extents if box]
    if not known:
        return None
    west, south = min(box[0] for box in known), min(box[1] for box in known)
    east, north = max(box[2] for box in known), max(box[3] for box in known)
    margin = max(LEAST_MARGIN, MARGIN * max(east - west, north - south))
    return [west - margin, south - margin, east + margin, north + margin]


def plan(
    path: Path, file_name: str, *, as_of: date, level: Level | None = None, layer: str = ""
) -> list[tuple[Layer, Level]]:
    """The layers to import with their levels, the widest level first.

    Without `level` each layer's own is found out; a layer may hold several. Raises Invalid where a person must say more.
    """
    names = layers.names_of(path, file_name)
    if layer and layer not in names:
        raise Invalid(
            _("There is no layer “%(layer)s”. The file has: %(layers)s.") % {"layer": layer, "layers": ", ".join(names)}
        )
    where = bounds()
    read = [layers.read(path, file_name, name, where) for name in ([layer] if layer else names)]
    if level is not None and len(read) == 1:
        return [(read[0], level)]
    finders = finders_on(as_of)
    found = [(one, shown) for one in read for shown in levels_of(one, finders)]
    if level is not None:
        found = [(one, shown) for one, shown in found if shown == level]
        if len(found) != 1:
            raise Invalid(
                _("It is not clear which layer shows the level “%(level)s”. Choose one of: %(layers)s.")
                % {"level": level, "layers": ", ".join(names)}
            )
    if not found:
        raise Invalid(_("No code or name in the file is known here. Choose the level; then each row can be confirmed."))
    return sorted(found, key=lambda pair: pair[1].rank)


def finders_on(day: date) -> dict[Level, Finder]:
    """Every level that has areas on the day, with its codes and names."""
    made = {level: Finder(areas_on(day, level), one_level=True, day=day) for level in Level.objects.all()}
    return {level: finder for level, finder in made.items() if finder.areas}


def levels_of(layer: Layer, finders: dict[Level, Finder]) -> Sequence[Level]:
    """The levels a layer shows: those its own column names, else the one whose codes or names it holds most."""
    _column, levels = guessing.level_column(layer, list(finders))
    if levels:
        return sorted(set(levels.values()), key=lambda level: level.rank)
    hits = {level: guessing.hits(layer, finder) for level, finder in finders.items()}
    best = max(hits, key=lambda level: hits[level])
    return [best] if hits[best] > 0 else []
