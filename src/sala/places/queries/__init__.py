"""Finding areas and facilities."""

from sala.places.queries.areas import (
    areas_near,
    areas_on,
    children_on,
    country,
    current,
    find_by_name,
    join_column,
    join_pairs,
    latest_boundaries,
    locate,
    name_texts,
    parent_on,
    standing_boundaries,
)
from sala.places.queries.facilities import (
    counts_here,
    facilities_of,
    find_facilities,
    open_on,
    place_on,
    registered,
    stays,
)

__all__ = [
    "areas_near",
    "areas_on",
    "children_on",
    "country",
    "counts_here",
    "current",
    "facilities_of",
    "find_by_name",
    "find_facilities",
    "join_column",
    "join_pairs",
    "latest_boundaries",
    "locate",
    "name_texts",
    "open_on",
    "parent_on",
    "place_on",
    "registered",
    "standing_boundaries",
    "stays",
]
