"""A tile made by the database of what the actor sees at this moment (ST_AsMVT)."""

from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, TextField
from django.db.models import Field as AnyField

from sala.maps.collections import Collection
from sala.maps.tiles.grid import EXTENT, MARGIN, box_of

MOST = 20_000  # features in a tile; beyond that the smallest are left out
SPARSE = 12  # from this level on no tile holds so many that the largest must be chosen
MERCATOR = 3857


class InTile(Func):
    """Shape in the units of the tile, cut at its margin; NULL where nothing of it is left."""

    template = (
        "ST_AsMVTGeom(%(expressions)s, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), " + f"{EXTENT}, " + "%(margin)s, true)"
    )
    output_field = TextField()  # read by ST_AsMVT only; a geometry column would be turned into bytes


class Inside(Func):
    """A point that surely lies inside the shape."""

    function = "ST_PointOnSurface"
    arity = 1

    def _resolve_output_field(self) -> AnyField:
        return self.get_source_expressions()[0].output_field


def tile(collection: Collection, name: str, z: int, x: int, y: int, labelled: bool = False) -> bytes:
    """The Mapbox vector tile with one layer of this name; empty bytes where nothing lies in it.

    labelled  with a second layer NAME-labels: one point inside each shape, in the one tile in which the point lies
    """
    found = _layer(collection, name, z, x, y, F(collection.geometry))
    if labelled:
        found += _layer(collection, f"{name}-labels", z, x, y, Inside(F(collection.geometry)), margin=0)
    return found


def _layer(collection: Collection, name: str, z: int, x: int, y: int, shape: Any, margin: int = MARGIN) -> bytes:
    rows = collection.within(box_of(z, x, y)).annotate(
        tile_shape=InTile(Transform(shape, MERCATOR), z=int(z), x=int(x), y=int(y), margin=margin),
        tile_number=F(collection.number),
    )
    if z < SPARSE and collection.size:
        rows = rows.order_by(f"-{collection.size}")
    else:
        rows = rows.order_by()
    try:
        query, values = rows.values("tile_number", "tile_shape", "shown")[:MOST].query.sql_with_params()
    except EmptyResultSet:  # nothing of it is open to this reader
        return b""
    statement = f"select ST_AsMVT(t, %s, {EXTENT}, 'tile_shape', 'tile_number') from ({query}) t"
    with connection.cursor() as cursor:
        cursor.execute(statement, [name, *values])
        found = cursor.fetchone()
    return bytes(found[0]) if found and found[0] else b""
