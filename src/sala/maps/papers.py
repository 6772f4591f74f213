"""What the page and the paper of a kept analysis say: the same, in whatever language they are read."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from sala.maps import suiting
from sala.maps.calculations.overlay import CLASSES
from sala.maps.forms.suitability import FITS, METHODS
from sala.maps.models import Analysis, AnalysisKind
from sala.maps.starting import said_again
from sala.maps.two_places import side_by_side
from sala.maps.where import place_of, shape_of, told_of_where
from sala.maps.zonal_tables import tables_of
from sala.places.models import Level

BODIES = {kind: f"maps/pdf/body_{kind}.html" for kind in AnalysisKind.values}


def told_of(analysis: Analysis) -> dict[str, Any]:
    """Context of its page and its paper, by kind."""
    context: dict[str, Any] = {
        "analysis": analysis, "body": BODIES[analysis.kind],
        "inputs": analysis.inputs.select_related("edition__distribution__dataset__owner"),
    }  # fmt: skip
    if analysis.kind == AnalysisKind.HERE:
        return context | {"found": analysis.result, **told_of_where(analysis.recipe, shape_of(analysis.recipe))}
    if analysis.kind == AnalysisKind.PLACES:
        return context | told_of_two_places(analysis.recipe, analysis.result)
    if analysis.kind == AnalysisKind.ZONAL:
        return context | told_of_zonal(analysis.recipe, analysis.result)
    if analysis.kind == AnalysisKind.COMPARISON:
        return context | told_of_comparison(analysis.result) | {"drawing": drawn(analysis.result["coarse"], _changes(analysis.result))}  # fmt: skip
    return context | _told_of_suitability(analysis) | {"drawing": drawn(analysis.result["coarse"], _class_colours())}


def told_of_two_places(recipe: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    """Each side with its place or middle, and the table that both stand in."""
    sides = [told_of_where(where, shape_of(where)) for where in recipe["sides"]]
    return {"compared": sides, "groups": side_by_side(result["sides"])}


def told_of_zonal(recipe: Mapping[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """The tables of figures by area, with their cells in the order of the columns that stand on a page."""
    tables = [
        {
            "source": table.source, "title": table.title, "columns": table.on_page(),
            "rows": [
                {"zone": zone, "cells": [(column.of(row), column.places) for column in table.on_page()]}
                for zone, row in zip(found["zones"], table.source["rows"], strict=True)
            ],
        }
        for table in tables_of(found)
    ]  # fmt: skip
    place, level = place_of(recipe), Level.objects.filter(code=recipe["level"]).first()
    return {"found": found, "tables": tables, "place": place, "level": level}


def _told_of_suitability(analysis: Analysis) -> dict[str, Any]:
    recipe, result = analysis.recipe, analysis.result
    titles = [each["title"] for each in recipe["criteria"]]
    used = [*recipe["criteria"], *recipe["constraints"]]
    shares = [*result["weights"], *[None] * len(recipe["constraints"])]
    return {
        "weights": [told_of_layer(said) | {"weight": weight, "fit": FITS[fit]} for said, weight, fit in zip(used, shares, result["fits"], strict=True)],
        "sensitivity": [{"title": titles[row["criterion"]], **row, "percent": round(row["change"] * 100)} for row in result["sensitivity"]],
        "legend": [{"colour": suiting.COLOURS[name], "label": name} for name in reversed(CLASSES)], "classes": CLASSES,
    }  # fmt: skip


def told_of_layer(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a recipe says of one of its layers: title, what is measured, how it becomes 0 to 1, the numbers."""
    written = said_again(said)
    kind, _colon, column = written["measure"].partition(":")
    measure: Any = {"distance": _("distance to the nearest feature, km"), "number": column}.get(kind, "")
    return {
        "title": said["title"],
        "measure": measure,
        "method": dict(METHODS)[written["method"]],
        "numbers": written["numbers"],
    }


def told_of_comparison(result: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of two scenarios: hectares by class, by place and class, and what each says of its layers."""
    layers: dict[str, list[Any]] = {}
    for number, side in enumerate(result["sides"]):
        for said in side["layers"]:
            key = json.dumps(said["title"], sort_keys=True)
            layers.setdefault(key, [None, None])[number] = told_of_layer(said) | {"weight": said["weight"]}
    rows = [{"title": (one or other)["title"], "sides": [one, other], "differs": one != other} for one, other in layers.values()]  # fmt: skip
    return {"found": result, "layers": rows, "sides": result["sides"], "classes": CLASSES}


def _class_colours() -> list[str]:
    return [suiting.COLOURS[name] for name in CLASSES]


def _changes(result: Mapping[str, Any]) -> list[str]:
    return [row["colour"] for row in result["legend"]]


def drawn(rows: Sequence[str], colours: Sequence[str]) -> dict[str, Any]:
    """A coarse result (rows of digits) as one path for each digit, in cells of one unit, for paper."""
    paths = []
    for number, colour in enumerate(colours):
        pieces, digit = [], str(number)
        for y, row in enumerate(rows):
            x = 0
            while (x := row.find(digit, x)) >= 0:
                end = x
                while end < len(row) and row[end] == digit:
                    end += 1
                pieces.append(f"M{x} {y}h{end - x}v1h{x - end}z")
                x = end
        paths.append({"colour": colour, "path": "".join(pieces)})
    return {"width": max(map(len, rows), default=1), "height": len(rows), "paths": paths}
