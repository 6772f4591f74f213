"""Pairs of grants that overlap, by a tree in memory: of the whole register, or of a few entries with all that they touch.

Those of very many corners come in the pieces that are kept of them: an intersection costs what its two shapes have of
corners, and a tree of small boxes meets less.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.db import connection

from sala.concessions.states import ENDED
from sala.core.files.shapes import areas_ha

MANY_CORNERS = 2_000
Pair = tuple[int, int, Decimal]

# Grants that hold: the current granted area of a concession that has not ended.
_HOLDING = """
    concessions_areashape s join concessions_concessionarea a on a.id = s.area_id
    join concessions_concession c on c.id = a.concession_id
    where s.geometry is not null and a.is_current and a.purpose = 'granted' and c.same_as_id is null
      and not c.state = any(%(ended)s)
"""
_NEAR = """
    with asked as materialized (select s.geometry as around from {holding} and c.id = any(%(ids)s))
    select distinct c.id from asked, {holding} and s.geometry && asked.around
"""
_SHAPES = """
    select c.id, st_asbinary(s.geometry) from {holding} and st_npoints(s.geometry) <= %(corners)s and {which}
    union all
    select held.id, st_asbinary(p.geometry) from
        (select c.id, a.id as area_id from {holding} and st_npoints(s.geometry) > %(corners)s and {which}) held
    join concessions_areapiece p on p.area_id = held.area_id
"""


def overlapping_pairs(ids: Iterable[int] | None = None) -> list[Pair]:
    """(concession, other, hectares shared) of all pairs of grants that hold, each in both directions, or of some entries
    with all others. Hectares geodesic, two decimals; areas that only touch are no pair."""
    wanted = None if ids is None else sorted(set(ids))
    owners, shapes = _shapes(wanted)
    asked = np.arange(len(owners)) if wanted is None else np.flatnonzero(np.isin(owners, wanted))
    of_asked, second = shapely.STRtree(shapes).query(shapes[asked], predicate="intersects")
    first = asked[of_asked]
    once = owners[first] < owners[second] if wanted is None else owners[first] != owners[second]
    first, second = first[once], second[once]
    parts, of_pair = shapely.get_parts(shapely.intersection(shapes[first], shapes[second]), return_index=True)
    hectares = np.bincount(of_pair, weights=np.nan_to_num(areas_ha(parts, digits=6)), minlength=len(first))
    sums: dict[tuple[int, int], float] = {}
    for one, other, shared in zip(owners[first].tolist(), owners[second].tolist(), hectares.tolist(), strict=True):
        sums[one, other] = sums.get((one, other), 0.0) + shared
    made = [(one, other, Decimal(f"{shared:.2f}")) for (one, other), shared in sums.items() if shared > 0]
    return made if wanted is not None else made + [(other, one, shared) for one, other, shared in made]


def _shapes(wanted: list[int] | None) -> tuple[np.ndarray, np.ndarray]:
    """(concession of each shape, shapes): all, or those of some entries and what their boxes meet."""
    which, asked = "true", {"ended": sorted(ENDED), "corners": MANY_CORNERS}
    if wanted is not None:
        near = _rows(_NEAR, {**asked, "ids": wanted})
        which, asked = "c.id = any(%(ids)s)", {**asked, "ids": [pk for (pk,) in near]}
    rows = _rows(_SHAPES, asked, which)
    owners = np.array([pk for pk, _wkb in rows], dtype=np.int64)
    return owners, shapely.from_wkb(np.array([bytes(wkb) for _pk, wkb in rows], dtype=object))


def _rows(sql: str, asked: dict[str, Any], which: str = "") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(holding=_HOLDING, which=which), asked)
        return cursor.fetchall()
