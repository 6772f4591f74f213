"""Whether two drawings are the same, and by how many hectares they differ. No database."""

from decimal import Decimal

import numpy as np
import shapely

from sala.core.files.shapes import areas_ha

STEP = 1e-8  # degrees, about a millimetre: what writing and reading numbers may move a corner by
SHARE = (
    1e-6  # of the size by which two drawings of one area differ when a program only writes its corners in another way
)


def same(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Whether both enclose the same ground, whatever order their corners are written in."""
    if shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), STEP):
        return True
    if not shapely.box(*one.bounds).intersects(shapely.box(*other.bounds)):
        return False
    size = max(one.area, other.area)
    return bool(size > 0 and shapely.symmetric_difference(one, other).area <= SHARE * size)


def hectares(shape: shapely.Geometry) -> Decimal:
    """Geodesic size, two decimals."""
    return round(Decimal(float(areas_ha(np.array([shape], dtype=object))[0])), 2)
