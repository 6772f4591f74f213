"""One tree of areas with its boundaries, and the facilities that stand in it."""

from sala.places.models.area import (
    Area,
    AreaCode,
    AreaName,
    Level,
    NameKind,
    Parenthood,
    Succession,
    SuccessionKind,
)
from sala.places.models.boundary import (
    Boundary,
    BoundaryImport,
    BoundarySet,
    ImportRow,
    ImportState,
    RowState,
)
from sala.places.models.extent import Extent
from sala.places.models.facility import (
    Facility,
    FacilityCode,
    FacilityImport,
    FacilityKind,
    FacilityName,
    FacilityPlace,
    NotSame,
)
from sala.places.models.listed import ListSays, PlaceList, PlaceListRow

__all__ = [
    "Area",
    "AreaCode",
    "AreaName",
    "Boundary",
    "BoundaryImport",
    "BoundarySet",
    "Extent",
    "Facility",
    "FacilityCode",
    "FacilityImport",
    "FacilityKind",
    "FacilityName",
    "FacilityPlace",
    "ImportRow",
    "ImportState",
    "Level",
    "ListSays",
    "NameKind",
    "NotSame",
    "Parenthood",
    "PlaceList",
    "PlaceListRow",
    "RowState",
    "Succession",
    "SuccessionKind",
]
