"""Taking over a layer of boundaries: all or nothing, with every row's fate on record.

The file was read before (places.layers); here it is compared with the register and written in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import can, require
from sala.core import clock
from sala.core.errors import Invalid
from sala.core.operation import operation
from sala.journal.operations import record
from sala.places import guessing, policy
from sala.places.finder import Finder
from sala.places.guessing import Columns
from sala.places.layers import Layer, Shape
from sala.places.matching import Drawn, Known, Matched, Matcher, Pairing, Reason
from sala.places.models import (
    Area,
    Boundary,
    BoundaryImport,
    BoundarySet,
    ImportRow,
    ImportState,
    Level,
    Parenthood,
    RowState,
)
from sala.places.names import fold
from sala.places.queries import areas_on, latest_boundaries, name_texts
from sala.places.reasons import words_of
from sala.places.simplifying import coarse
from sala.places.vintages import AnotherVintage

MOST_LINES = 50  # of one kind in a report
SAME = 1e-9  # degrees: closer points are the same


@dataclass(frozen=True)
class Delivery:
    """What is said of a file.

    as_of        the day the boundaries describe      code_system  empty for any
    columns      keys or headings; one left empty is guessed, unless they are `exact`
    """

    level: Level
    as_of: date
    source: str
    licence: str = ""
    title: str = ""
    columns: Columns = field(default_factory=Columns)
    code_system: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Outcome:
    """batch: the import; repeated: the same file had been imported before and nothing was changed."""

    batch: BoundaryImport
    repeated: bool = False


@operation
def import_boundaries(actor: Actor, layer: Layer, delivery: Delivery) -> Outcome:
    """Write the boundaries of one level that need no person, and keep the other rows for review.

    Raises Invalid for a wrong level or column, AnotherVintage when the layer shows other areas than the register has
    on that day; then nothing is written. The same file a second time changes nothing.
    """
    require(actor, policy.IMPORT, BoundaryImport())
    known = BoundarySet.objects.filter(
        file_hash=layer.file_hash, layer=layer.name, level=delivery.level, is_withdrawn=False
    ).first()  # fmt: skip
    if known is not None:
        return Outcome(known.batch, repeated=True)
    layer, left_out = of_level(layer, delivery.level)
    columns, finder, above = _prepare(layer, delivery)
    areas = _areas(finder, delivery.as_of)
    drawn = [_drawn(shape, columns, finder, above, delivery.level) for shape in layer.shapes]
    matched = Matcher(drawn, areas, _outlines(above)).run()
    if matched.elsewhen:
        raise AnotherVintage(matched.elsewhen, {shape.row: _label(shape, columns) for shape in layer.shapes})
    return Outcome(_write(actor, layer, delivery, columns, matched, finder, left_out))


@operation
def import_layers(actor: Actor, deliveries: Sequence[tuple[Layer, Delivery]]) -> list[Outcome]:
    """Several layers of one file, the widest level first, so that names are looked for inside what was just drawn.

    All or nothing: one that is refused as a whole takes the others with it.
    """
    return [import_boundaries(actor, layer, delivery) for layer, delivery in deliveries]


def of_level(layer: Layer, level: Level) -> tuple[Layer, int]:
    """The rows of the level, where a column of the layer tells levels apart; and how many others there were."""
    _column, levels = guessing.level_column(layer, list(Level.objects.all()))
    if not levels or level not in levels.values():
        return layer, 0
    kept = [shape for shape in layer.shapes if levels[shape.row] == level]
    return replace(layer, shapes=kept), len(layer.shapes) - len(kept)


def _prepare(layer: Layer, delivery: Delivery) -> tuple[Columns, Finder, Finder]:
    """Columns, the areas of the level, and those above them. Raises Invalid when they do not fit the layer."""
    day, level = delivery.as_of, delivery.level
    if not layer.shapes:
        raise Invalid(_no_shapes(layer, level))
    finder, above = finders(level, day, delivery.code_system)
    if not finder.areas:
        raise Invalid(_("No areas of the level “%(level)s” are known on %(day)s.") % {"level": level, "day": day})
    _check_level(layer, level, day)
    wanted = {name: _column(layer, heading) for name, heading in vars(delivery.columns).items() if heading}
    guess = Columns() if delivery.exact else guessing.columns_of(layer, finder, above)
    columns = replace(guess, **wanted)
    if "code" in wanted and not guessing.code_hits(layer.shapes, columns.code, finder):
        raise Invalid(
            _("The codes in “%(column)s” do not fit the shapes: their label points lie elsewhere, or no area has them. Choose another column.")
            % {"column": layer.columns[columns.code]}
        )  # fmt: skip
    return columns, finder, above


def finders(level: Level, day: date, system: str = "") -> tuple[Finder, Finder]:
    """The areas of a level on a day, and those to which they belonged."""
    finder = Finder(areas_on(day, level), one_level=True, system=system, day=day)
    parents = Parenthood.objects.filter(area__in=finder.areas, valid__contains=day).values("parent")
    return finder, Finder(Area.objects.filter(pk__in=parents), one_level=True, day=day)


def _column(layer: Layer, heading: str) -> str:
    found = layer.column(heading)
    if not found:
        raise Invalid(
            _("There is no column “%(column)s”. The layer has: %(columns)s.")
            % {"column": heading, "columns": ", ".join(layer.columns.values())}
        )
    return found


def _no_shapes(layer: Layer, level: Level) -> str:
    told = {words_of(reason): row for row, reason in sorted(layer.faults.items(), reverse=True)}
    if not told:
        return _("The layer has no shapes of the level “%(level)s”. Choose another layer or level.") % {"level": level}
    lines = " ".join(f"{_('Row')} {row}: {text}" for text, row in list(told.items())[::-1][:3])
    return _("None of the %(count)d shapes can be used. %(lines)s") % {"count": len(layer.faults), "lines": lines}


def _check_level(layer: Layer, level: Level, day: date) -> None:
    """Refuse a layer whose codes and names are rather those of another level."""
    found = {}
    for other in Level.objects.all():
        finder = Finder(areas_on(day, other), one_level=True, day=day)
        found[other] = guessing.hits(layer, finder)
    likeliest = max(found, key=lambda other: (found[other], other == level))
    if likeliest != level and found[likeliest] > found[level]:
        raise Invalid(
            _("These shapes look like the level “%(other)s”: %(more)d of %(all)d are known there, %(less)d as “%(level)s”. Choose the right level.")
            % {"other": likeliest, "level": level, "more": found[likeliest], "less": found[level], "all": len(guessing.sample(layer.shapes))}
        )  # fmt: skip


def _areas(finder: Finder, day: date) -> list[Known]:
    parents = dict(
        Parenthood.objects.filter(area__in=finder.areas, valid__contains=day).values_list("area_id", "parent_id")
    )
    codes: dict[int, set[str]] = {}
    for code, ids in finder.by_code.items():
        if len(ids) == 1:
            codes.setdefault(next(iter(ids)), set()).add(code)
    names = name_texts(finder.areas.values())
    return [
        Known(
            pk=pk,
            names=tuple(sorted({fold(text, area.level.words()) for text in names[pk]} - {""})),
            codes=frozenset(codes.get(pk, ())),
            point=shapely.Point(area.label_point.x, area.label_point.y) if area.label_point else None,
            parent=parents.get(pk),
        )
        for pk, area in finder.areas.items()
    ]


def _drawn(shape: Shape, columns: Columns, finder: Finder, above: Finder, level: Level) -> Drawn:
    parent = above.one(shape.values.get(columns.parent, "")) if shape.values.get(columns.parent) else None
    return Drawn(
        row=shape.row, geometry=shape.geometry, code=_code(shape.values.get(columns.code, ""), finder),
        name=fold(shape.values.get(columns.name, ""), level.words()), parent=parent.pk if parent else None,
    )  # fmt: skip


def _code(value: str, finder: Finder) -> str:
    """The code as the register writes it, where the file lost leading zeros; else as it stands."""
    key = value.casefold()
    if key not in finder.by_code and finder.pad and key.isdecimal() and key.zfill(finder.pad) in finder.by_code:
        return key.zfill(finder.pad)
    return key


def _outlines(above: Finder) -> dict[int, shapely.Geometry]:
    ids = [row.pk for row in latest_boundaries(above.areas).values()]
    rows = Boundary.objects.filter(pk__in=ids).values_list("area_id", "geometry")
    return {area: shapely.from_wkb(bytes(geometry.wkb)) for area, geometry in rows}


def _label(shape: Shape, columns: Columns) -> str:
    return shape.values.get(columns.name) or shape.values.get(columns.code) or ""


# ---- writing -----------------------------------------------------------------------------------------------------


def _write(actor: Actor, layer: Layer, delivery: Delivery, columns: Columns, matched: Matched, finder: Finder,
           left_out: int) -> BoundaryImport:  # fmt: skip
    now = clock.now()
    vintage = BoundarySet.objects.create(
        level=delivery.level, title=delivery.title or f"{delivery.level} {delivery.as_of.isoformat()}",
        source=delivery.source[:300], licence=delivery.licence[:100], as_of=delivery.as_of, imported_at=now,
        file_name=layer.file_name[:200], file_hash=layer.file_hash, layer=layer.name[:200],
    )  # fmt: skip
    batch = BoundaryImport.objects.create(vintage=vintage, created_at=now)
    for pairing in matched.pairings.values():
        if pairing.area is not None and not can(actor, policy.IMPORT, finder.areas[pairing.area]):
            pairing.state, pairing.area, pairing.reasons = RowState.REFUSED, None, [{"code": "outside-right"}]
    simple = dict(zip([shape.row for shape in layer.shapes], coarse([s.geometry for s in layer.shapes]), strict=True))
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    _write_boundaries(layer, matched, vintage, simple, counts)
    ImportRow.objects.bulk_create(_rows(layer, columns, matched, batch, simple))
    waits = batch.rows.filter(state__in=(RowState.PROPOSED, RowState.UNMATCHED)).exists()
    batch.state = ImportState.REVIEW if waits else ImportState.DONE
    batch.report = {**counts, "refused": batch.rows.exclude(state=RowState.APPLIED).count(),
                    "lines": _lines(layer, columns, matched, finder, left_out)}  # fmt: skip
    batch.save()
    record(actor, policy.IMPORT, batch, change="imported", file_hash=layer.file_hash, layer=layer.name, level=delivery.level.code,
           as_of=delivery.as_of, **{name: batch.report[name] for name in ("new", "changed", "unchanged", "refused")})  # fmt: skip
    return batch


def _write_boundaries(layer: Layer, matched: Matched, vintage: BoundarySet, simple: dict[int, Any],
                      counts: dict[str, int]) -> None:  # fmt: skip
    applied = {pairing.row: pairing.area for pairing in matched.pairings.values() if pairing.area is not None}
    before = latest_boundaries(applied.values())
    outlines = dict(Boundary.objects.filter(pk__in=[row.pk for row in before.values()]).values_list("area", "geometry"))
    rows = []
    for shape in layer.shapes:
        area = applied.get(shape.row)
        if area is None:
            continue
        counts[_difference(outlines.get(area), shape.geometry)] += 1
        rows.append(Boundary(area_id=area, vintage=vintage, geometry=to_geos(shape.geometry), area_ha=shape.area_ha,
                             coarse=to_geos(simple[shape.row])))  # fmt: skip
    Boundary.objects.bulk_create(rows, batch_size=200)


def _difference(before: GEOSGeometry | None, after: shapely.Geometry) -> str:
    if before is None:
        return "new"
    old = shapely.normalize(shapely.from_wkb(bytes(before.wkb)))
    return "unchanged" if shapely.equals_exact(old, shapely.normalize(after), SAME) else "changed"


def to_geos(geometry: shapely.Geometry) -> MultiPolygon:
    """For a column of the database."""
    whole = geometry if geometry.geom_type == "MultiPolygon" else shapely.MultiPolygon([geometry])
    return cast(MultiPolygon, GEOSGeometry(memoryview(shapely.to_wkb(whole)), srid=4326))


def _rows(
    layer: Layer, columns: Columns, matched: Matched, batch: BoundaryImport, simple: dict[int, Any]
) -> list[ImportRow]:
    rows = []
    for shape in layer.shapes:
        pairing = matched.pairings[shape.row]
        open_row = pairing.state in (RowState.PROPOSED, RowState.UNMATCHED)
        rows.append(
            ImportRow(
                batch=batch, number=shape.row, label=_label(shape, columns)[:300],
                code=shape.values.get(columns.code, "")[:60], state=pairing.state, area_id=pairing.area,
                reasons=pairing.reasons + [note for row, note in layer.notes.items() if row == shape.row], candidates=_stored(pairing), area_ha=shape.area_ha,
                geometry=to_geos(shape.geometry) if open_row else None,
                coarse=to_geos(simple[shape.row]) if pairing.area is None else None,
            )
        )  # fmt: skip
    for row, reason in layer.faults.items():
        rows.append(ImportRow(batch=batch, number=row, state=RowState.REFUSED, reasons=[reason]))
    return rows


def _stored(pairing: Pairing) -> list[dict[str, Any]]:
    return [vars(candidate) for candidate in pairing.candidates]


def _lines(layer: Layer, columns: Columns, matched: Matched, finder: Finder, left_out: int) -> list[Reason]:
    """What the report says of the whole layer."""
    headings = {f"{name}_column": layer.columns.get(key, "") for name, key in vars(columns).items()}
    lines: list[Reason] = [{"code": "columns", **headings}]
    if left_out:
        lines.append({"code": "other-level", "count": left_out})
    drawn = {pairing.area for pairing in matched.pairings.values()}
    drawn |= {pairing.candidates[0].area for pairing in matched.pairings.values() if pairing.candidates}
    without: Sequence[int] = sorted(pk for pk in finder.areas if pk not in drawn)
    return [*lines, *layer.notes.values(), *({"code": "without-shape", "area": pk} for pk in without[:MOST_LINES])]
