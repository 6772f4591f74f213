"""How far each cell lies from the nearest feature of a layer, in kilometres on the ellipsoid.

The nearest feature is looked for in Mercator, where a small circle stays a circle, so that what is nearest there is
nearest on the ground; the length itself is geodesic. Inside a polygon it is 0.
"""

from functools import lru_cache

import numpy as np
import pyarrow.parquet as parquet
import shapely
from pyproj import Transformer
from rasterio.windows import Window

from sala.maps.calculations.grid import ELLIPSOID, WORLD, Grid

MERCATOR = "EPSG:3395"
ROWS = 64  # of cells measured at once: each is a point in memory


def kilometres(path: str, grid: Grid, window: Window, inside: np.ndarray) -> np.ndarray:
    """float32 for each cell of the window, measured from its middle; nan where the layer has no feature at all.

    inside  True where the middle of the cell lies in a polygon of the layer
    """
    found = np.full((window.height, window.width), np.nan, np.float32)
    pieces, tree = _pieces(path)
    if not len(pieces):
        return found
    west, _south, _east, north = grid.bounds(window)
    across = west + (np.arange(window.width) + 0.5) * grid.cell_x
    for top in range(0, window.height, ROWS):
        rows = np.arange(top, min(top + ROWS, window.height))
        x, y = np.meshgrid(across, north - (rows + 0.5) * grid.cell_y)
        found[rows] = _lengths(pieces, tree, grid.crs, x.ravel(), y.ravel()).reshape(len(rows), -1)
    found[inside] = 0
    return found


def _lengths(pieces: np.ndarray, tree: shapely.STRtree, crs: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if crs != WORLD:
        x, y = Transformer.from_crs(crs, WORLD, always_xy=True).transform(x, y)
    to_mercator = Transformer.from_crs(WORLD, MERCATOR, always_xy=True)
    points = shapely.points(*to_mercator.transform(x, y))
    order, nearest = tree.query_nearest(points, all_matches=False)
    lines = shapely.shortest_line(points[order], pieces[nearest])
    ends = shapely.get_coordinates(lines)[1::2]
    far_x, far_y = to_mercator.transform(ends[:, 0], ends[:, 1], direction="INVERSE")
    metres = ELLIPSOID.inv(x[order], y[order], far_x, far_y)[2]
    found = np.empty(len(x))
    found[order] = metres / 1000
    return found


@lru_cache(maxsize=8)
def _pieces(path: str) -> tuple[np.ndarray, shapely.STRtree]:
    """Points, and lines and borders taken apart into straight pieces, in Mercator, with their index."""
    shapes = shapely.from_wkb(parquet.read_table(path, columns=["geometry"])["geometry"].to_numpy())
    parts = shapely.get_parts(shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)])
    kinds = shapely.get_type_id(parts)
    lines = np.concatenate([parts[kinds == 1], shapely.get_parts(shapely.boundary(parts[kinds == 3]))])
    corners, owner = shapely.get_coordinates(lines, return_index=True)
    to_mercator = Transformer.from_crs(WORLD, MERCATOR, always_xy=True)
    corners = np.column_stack(to_mercator.transform(corners[:, 0], corners[:, 1])) if len(corners) else corners
    joined = np.flatnonzero(owner[1:] == owner[:-1])
    straight = shapely.linestrings(np.stack([corners[joined], corners[joined + 1]], axis=1)) if len(joined) else []
    spots = shapely.get_coordinates(parts[kinds == 0])
    dots = shapely.points(*to_mercator.transform(spots[:, 0], spots[:, 1])) if len(spots) else []
    pieces = np.concatenate([np.asarray(straight, object), np.asarray(dots, object)])
    return pieces, shapely.STRtree(pieces)
