"""What lies where: the objects whose box on the map is that of an area."""

from collections.abc import Collection

from sala.core import subjects
from sala.search.operations import reindex_some

# noun → its field that names the area
PLACED = {"area": "pk", "facility": "area", "dataset": "place", "document": "areas"}


def follow_boundaries(areas: Collection[int]) -> int:
    """Boundaries of these areas (ids) came or went: what lies by them is written anew. Returns how many can be found."""
    return sum(
        reindex_some(noun, subjects.by_noun(noun).model_class._default_manager.filter(**{f"{field}__in": areas}).values_list("pk", flat=True))
        for noun, field in PLACED.items()
    )  # fmt: skip
