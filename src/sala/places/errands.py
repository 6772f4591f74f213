"""What the worker does for the pages of boundary files and of lists: looking into one, taking one over."""

from datetime import date
from typing import Any

from django.urls import reverse

from sala.access.actor import Actor
from sala.core.errands import Finish
from sala.core.files import store
from sala.core.models import Errand
from sala.places import guessing, layers, loading, operations
from sala.places.guessing import Columns
from sala.places.layers import Layer
from sala.places.models import Level
from sala.places.operations import Delivery
from sala.places.operations.boundaries import finders, of_level
from sala.places.reporting import report_of

PREVIEW = 5  # rows of a layer shown beside the choice of columns


def look(actor: Actor, errand: Errand) -> Finish:
    """asked: told (name, level, as_of, source, licence, layer), sha256 when the file came before.

    found: layers; and for the one layer, or the one that was chosen: layer, columns, guess, preview, shapes and faults (how many)
    """
    told: dict[str, Any] = errand.asked["told"]
    errand.sha256 = errand.sha256 or errand.asked["sha256"]
    path = store.path_of(errand.sha256)
    names = layers.names_of(path, told["name"])
    chosen = told["layer"] or (names[0] if len(names) == 1 else "")
    errand.found = {"layers": names}
    if chosen in names:
        level = Level.objects.get(code=told["level"])
        layer, _left_out = of_level(layers.read(path, told["name"], chosen, loading.bounds()), level)
        errand.found |= {"layer": chosen, "columns": layer.columns, "order": list(layer.columns), "guess": _guess(layer, level, told),
                         "preview": _preview(layer), "shapes": len(layer.shapes), "faults": len(layer.faults)}  # fmt: skip
    return lambda: reverse("places:columns", args=[errand.pk])


def columns_of(look: Errand) -> dict[str, str]:
    """Key → heading of what a look found, in the order of the file, which the database does not keep."""
    return {key: look.found["columns"][key] for key in look.found["order"]}


def _guess(layer: Layer, level: Level, told: dict[str, Any]) -> dict[str, str]:
    finder, above = finders(level, date.fromisoformat(told["as_of"]))
    return vars(guessing.columns_of(layer, finder, above))


def _preview(layer: Layer) -> list[list[str]]:
    return [[shape.values.get(key, "") for key in layer.columns] for shape in layer.shapes[:PREVIEW]]


def take_over(actor: Actor, errand: Errand) -> Finish:
    """asked: sha256, told, layer, chosen (columns and code system). found: how many rows came to what."""
    told: dict[str, Any] = errand.asked["told"]
    chosen: dict[str, str] = errand.asked["chosen"]
    level = Level.objects.get(code=told["level"])
    path = store.path_of(errand.asked["sha256"])
    layer, _left_out = of_level(layers.read(path, told["name"], errand.asked["layer"], loading.bounds()), level)
    delivery = Delivery(
        level=level, as_of=date.fromisoformat(told["as_of"]), source=told["source"], licence=told["licence"],
        code_system=chosen["code_system"], columns=Columns(chosen["code"], chosen["name"], chosen["parent"]), exact=True,
    )  # fmt: skip

    def finish() -> str:
        outcome = operations.import_boundaries(actor, layer, delivery)
        report = report_of(outcome)
        errand.found = {"new": report.new, "changed": report.changed, "unchanged": report.unchanged,
                        "rest": len(report.refused), "repeated": report.lines[0] if outcome.repeated else ""}  # fmt: skip
        return outcome.batch.get_absolute_url()

    return finish
