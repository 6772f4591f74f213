"""Which shape of a file is which area. Plain Python: shapes and areas in, pairings with their reasons out.

Applied without a person only on a code, or on a name that is exactly the same and stands alone within the area one
level above that holds at least 90 % of the shape. All else is a proposal. A layer that shows the areas of another time
(one shape lies over an area that has none of its own) is told apart and nothing of it may be applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import shapely

from sala.places.names import nearest, sound

Reason = dict[str, Any]  # {"code": …, values}; places.reasons has the words

CONTAINED = 0.9  # share of a shape that its parent must hold
OVERLAP = 0.01  # share of the smaller of two shapes that may lie in both
SAME_SOUND = 0.97
NEAR = 0.6  # below this two names are called different
LEAST_SCORE = 0.2  # of a candidate worth showing
SHOWN = 5  # candidates a row shows
ALL_PAIRS = 250_000  # up to so many pairs every area is compared with every shape
NAME, POINT, PARENT = 0.6, 0.25, 0.15  # weights of a candidate's score


@dataclass(frozen=True)
class Known:
    """An area of the level. Names are folded; `point` is its label point; `parent` the id of the area above."""

    pk: int
    names: tuple[str, ...]
    codes: frozenset[str] = frozenset()
    point: shapely.Point | None = None
    parent: int | None = None


@dataclass(frozen=True)
class Drawn:
    """A shape of the file. `name` is folded, `parent` the id that the file's own parent column means."""

    row: int
    geometry: shapely.MultiPolygon
    code: str = ""
    name: str = ""
    parent: int | None = None


@dataclass
class Candidate:
    area: int
    score: float
    reasons: list[Reason] = field(default_factory=list)


@dataclass
class Pairing:
    """What became of a row: state as in RowState, the area when applied, why, and whom it may be."""

    row: int
    state: str
    area: int | None = None
    reasons: list[Reason] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)


@dataclass
class Matched:
    """Pairings by row, and signs of another vintage: (row of the shape, area that lies under it without a shape)."""

    pairings: dict[int, Pairing]
    elsewhen: list[tuple[int, int]]


class Matcher:
    """One run over a layer.

    containers  outlines one level above, by area id
    claimed     areas whose rows were refused: they do have a shape in the file
    """

    def __init__(self, shapes: Sequence[Drawn], areas: Sequence[Known], containers: Mapping[int, shapely.Geometry]):
        self.shapes = list(shapes)
        self.areas = {area.pk: area for area in areas}
        self.containers = dict(containers)
        self.by_code = {code: area.pk for area in areas for code in area.codes}
        self.claimed: set[int] = set()
        self.pairings: dict[int, Pairing] = {}
        self.holders: dict[int, int] = {}  # area → the row that has it
        self.named: dict[tuple[int | None, str], set[int]] = {}
        for area in areas:
            for name in area.names:
                self.named.setdefault((area.parent, name), set()).add(area.pk)
        self.tree = shapely.STRtree([shape.geometry for shape in self.shapes])
        self.under = self._points_under()
        self.within = self._containing_parents()

    def run(self) -> Matched:
        self._refuse_doubles()
        self._refuse_overlaps()
        self._by_code()
        self._by_name()
        self._propose()
        return Matched(self.pairings, self._elsewhen())

    # ---- where things lie ---------------------------------------------------------------------------------------

    def _points_under(self) -> dict[int, set[int]]:
        """Row → ids of the areas whose label point lies in its shape."""
        pointed = [area for area in self.areas.values() if area.point is not None]
        under: dict[int, set[int]] = {shape.row: set() for shape in self.shapes}
        if pointed and self.shapes:
            found = self.tree.query([area.point for area in pointed], predicate="intersects")
            for area_index, shape_index in found.T:
                under[self.shapes[shape_index].row].add(pointed[area_index].pk)
        return under

    def _containing_parents(self) -> dict[int, tuple[int, float]]:
        """Row → (id, share) of the area one level above that holds enough of the shape."""
        ids = list(self.containers)
        if not ids or not self.shapes:
            return {}
        tree = shapely.STRtree([self.containers[pk] for pk in ids])
        found = {}
        for shape in self.shapes:
            for index in tree.query(shape.geometry, predicate="intersects"):
                share = shapely.intersection(shape.geometry, tree.geometries[index]).area / shape.geometry.area
                if share >= CONTAINED:
                    found[shape.row] = (ids[index], float(share))
        return found

    # ---- refused ------------------------------------------------------------------------------------------------

    def _refuse_doubles(self) -> None:
        rows: dict[str, list[int]] = {}
        for shape in self.shapes:
            if shape.code:
                rows.setdefault(shape.code, []).append(shape.row)
        for code, doubled in rows.items():
            if len(doubled) > 1 and code in self.by_code:
                self.claimed.add(self.by_code[code])
                for row in doubled:
                    self._settle(row, "refused", [{"code": "code-twice", "value": code, "rows": doubled}])

    def _refuse_overlaps(self) -> None:
        if not self.shapes:
            return
        geometries = numpy.array([shape.geometry for shape in self.shapes])
        left, right = self.tree.query(geometries, predicate="intersects")
        once = left < right
        left, right = left[once], right[once]
        if not len(left):
            return
        shared = shapely.area(shapely.intersection(geometries[left], geometries[right]))
        smaller = numpy.minimum(shapely.area(geometries[left]), shapely.area(geometries[right]))
        for one, other, share in zip(left, right, shared / smaller, strict=True):
            if share > OVERLAP:
                for this, that in ((one, other), (other, one)):
                    shape = self.shapes[this]
                    if shape.code in self.by_code:
                        self.claimed.add(self.by_code[shape.code])
                    reason = {"code": "overlap", "row": self.shapes[that].row, "percent": round(100 * float(share))}
                    self._settle(shape.row, "refused", [reason])

    # ---- applied ------------------------------------------------------------------------------------------------

    def _by_code(self) -> None:
        for shape in self._open():
            area = self.areas.get(self.by_code.get(shape.code, -1)) if shape.code else None
            if area is None:
                continue
            if area.pk in self.holders:
                reason = {"code": "claimed", "area": area.pk, "row": self.holders[area.pk]}
                self._settle(shape.row, "refused", [reason])
            elif self._contradicted(shape, area):
                reason = {"code": "code-and-name", "value": shape.code, "area": area.pk}
                self.pairings[shape.row] = Pairing(shape.row, "proposed", reasons=[reason])
            else:
                self._settle(shape.row, "applied", [{"code": "code", "value": shape.code}], area.pk)

    def _contradicted(self, shape: Drawn, area: Known) -> bool:
        """The label point of the coded area lies in another shape, and the name is not its own either."""
        if area.pk in self.under[shape.row] or not shape.name:
            return False
        return nearest([shape.name], area.names) < NEAR and any(area.pk in ids for ids in self.under.values())

    def _by_name(self) -> None:
        taken = self._taken()
        rows: dict[tuple[int, str], list[Drawn]] = {}
        for shape in self._open():
            if shape.name and shape.row in self.within:
                rows.setdefault((self.within[shape.row][0], shape.name), []).append(shape)
        for (parent, name), shapes in rows.items():
            found = self.named.get((parent, name), set())
            shape = shapes[0]
            agrees = shape.parent is None or shape.parent == parent
            if len(found) == 1 and len(shapes) == 1 and agrees and not found & taken and shape.row not in self.pairings:
                share = int(100 * self.within[shape.row][1])
                reason = {"code": "name-in-parent", "parent": parent, "share": share}
                self._settle(shape.row, "applied", [reason], next(iter(found)))

    # ---- proposed -----------------------------------------------------------------------------------------------

    def _propose(self) -> None:
        """Rank who each open row may be; where two rows want one area, the better pair has it first."""
        taken = self._taken()
        free = [area for area in self.areas.values() if area.pk not in taken]
        waiting = [shape for shape in self.shapes if self._state(shape.row) in (None, "proposed")]
        every = len(free) * len(waiting) <= ALL_PAIRS
        by_sound: dict[str, list[Known]] = {}
        by_parent: dict[int | None, list[Known]] = {}
        for area in free:
            by_parent.setdefault(area.parent, []).append(area)
            for name in area.names:
                by_sound.setdefault(sound(name), []).append(area)
        ranked: dict[int, list[Candidate]] = {}
        for shape in waiting:
            worth = free if every else self._near(shape, by_sound, by_parent, taken)
            candidates = [self._candidate(shape, area) for area in worth]
            ranked[shape.row] = sorted(
                (candidate for candidate in candidates if candidate.score >= LEAST_SCORE),
                key=lambda candidate: (-candidate.score, candidate.area),
            )
        first = _first_choices(ranked)
        for shape in waiting:
            candidates = sorted(ranked[shape.row], key=lambda candidate: candidate.area != first.get(shape.row))[:SHOWN]
            pairing = self.pairings.get(shape.row)
            if pairing is None:
                why = self._why_not_applied(shape)
                pairing = Pairing(shape.row, "proposed" if candidates else "unmatched", reasons=[why])
                self.pairings[shape.row] = pairing
            pairing.candidates = candidates
            if not candidates and pairing.state == "proposed":
                pairing.state = "unmatched"

    def _near(self, shape: Drawn, by_sound: Mapping[str, list[Known]], by_parent: Mapping[int | None, list[Known]],
              taken: set[int]) -> list[Known]:  # fmt: skip
        parent = self._parent_of(shape)
        found = {area.pk: area for area in by_parent.get(parent, [])} if parent is not None else {}
        found |= {area.pk: area for area in by_sound.get(sound(shape.name), [])}
        found |= {pk: self.areas[pk] for pk in self.under[shape.row] if pk not in taken}
        return list(found.values())

    def _parent_of(self, shape: Drawn) -> int | None:
        return self.within[shape.row][0] if shape.row in self.within else shape.parent

    def _candidate(self, shape: Drawn, area: Known) -> Candidate:
        reasons: list[Reason] = []
        likeness = nearest([shape.name], area.names) if shape.name else 0.0
        if likeness == 1:
            reasons.append({"code": "name-same"})
        elif likeness >= SAME_SOUND:
            reasons.append({"code": "name-sounds"})
        elif likeness >= NEAR:
            reasons.append({"code": "name-near", "percent": round(100 * likeness)})
        else:
            reasons.append({"code": "name-far"})
        inside = area.pk in self.under[shape.row]
        if area.point is not None:
            reasons.append({"code": "point-inside" if inside else "point-outside"})
        parent = self._parent_of(shape)
        together = parent is not None and parent == area.parent
        if parent is not None and area.parent is not None:
            reasons.append({"code": "parent-same" if together else "parent-other", "parent": area.parent})
        score = NAME * likeness + POINT * inside + PARENT * together
        return Candidate(area.pk, round(score, 3), reasons)

    def _why_not_applied(self, shape: Drawn) -> Reason:
        parent = self.within.get(shape.row)
        if parent is None:
            return {"code": "no-parent"}
        same = self.named.get((parent[0], shape.name), set())
        if not same:
            return {"code": "name-not-exact"}
        if len(same) > 1:
            return {"code": "name-ambiguous"}
        area = next(iter(same))
        if area in self.holders:
            return {"code": "claimed", "area": area, "row": self.holders[area]}
        return {"code": "parent-differs" if shape.parent not in (None, parent[0]) else "name-twice"}

    # ---- another time -------------------------------------------------------------------------------------------

    def _elsewhen(self) -> list[tuple[int, int]]:
        """Areas without a shape of their own whose label point lies in the shape of another."""
        own = self._taken() | self.claimed
        own |= {pairing.candidates[0].area for pairing in self.pairings.values() if pairing.candidates}
        return sorted((row, pk) for row, ids in self.under.items() for pk in ids if pk not in own)

    # ---- bookkeeping --------------------------------------------------------------------------------------------

    def _open(self) -> list[Drawn]:
        return [shape for shape in self.shapes if shape.row not in self.pairings]

    def _state(self, row: int) -> str | None:
        return self.pairings[row].state if row in self.pairings else None

    def _taken(self) -> set[int]:
        return set(self.holders)

    def _settle(self, row: int, state: str, reasons: list[Reason], area: int | None = None) -> None:
        if row in self.pairings:
            self.pairings[row].reasons += reasons
        else:
            self.pairings[row] = Pairing(row, state, area, reasons)
            if area is not None:
                self.holders[area] = row


def _first_choices(ranked: Mapping[int, Sequence[Candidate]]) -> dict[int, int]:
    """Row → area, the best pairs first, each row and each area once."""
    pairs = sorted(
        ((candidate.score, row, candidate.area) for row, candidates in ranked.items() for candidate in candidates),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    rows: dict[int, int] = {}
    areas: set[int] = set()
    for _score, row, area in pairs:
        if row not in rows and area not in areas:
            rows[row] = area
            areas.add(area)
    return rows
