"""What the worker does for the pages of lists of places: looking into one, checking it, taking it in."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from sala.access.actor import Actor
from sala.core.errands import Finish
from sala.core.files import store
from sala.core.models import Errand
from sala.places import lists, operations
from sala.places.models import Level
from sala.places.operations import PlaceDelivery
from sala.places.place_headings import guess_places

PREVIEW = 5  # rows shown beside the choice of columns


def look_into_places(actor: Actor, errand: Errand) -> Finish:
    """asked: told (name, level, system, as_of, source, sheet), sha256 when the file came before.

    found: columns, order, guess (role → column), preview, rows (how many), sheet, sheets
    """
    told: dict[str, Any] = errand.asked["told"]
    errand.sha256 = errand.sha256 or errand.asked["sha256"]
    asked = lists.read(store.path_of(errand.sha256), told["name"], told["sheet"])
    guess = guess_places(asked, Level.objects.get(code=told["level"]), told["system"])
    preview = [[line.values.get(key, "") for key in asked.columns] for line in asked.lines[:PREVIEW]]
    errand.found = {"columns": asked.columns, "order": list(asked.columns), "guess": guess, "preview": preview,
                    "rows": len(asked.lines), "sheet": asked.sheet, "sheets": asked.sheets}  # fmt: skip
    return lambda: reverse("places:list_columns", args=[errand.pk])


def take_over_places(actor: Actor, errand: Errand) -> Finish:
    """asked: sha256, looked (the look at it), told, chosen (role → column), check. found: the report."""
    told: dict[str, Any] = errand.asked["told"]
    asked = lists.read(store.path_of(errand.asked["sha256"]), told["name"], told["sheet"])
    delivery = PlaceDelivery(
        level=Level.objects.get(code=told["level"]), as_of=date.fromisoformat(told["as_of"]), system=told["system"],
        source=told["source"], columns=errand.asked["chosen"], exact=True,
    )  # fmt: skip

    def finish() -> str:
        if not errand.asked["check"]:
            batch = operations.add_places(actor, asked, delivery)
            errand.found = {"report": batch.report}
            return batch.get_absolute_url()
        with transaction.atomic():
            errand.found = {"report": operations.add_places(actor, asked, delivery).report}
            transaction.set_rollback(True)
        return reverse("places:list_columns", args=[errand.asked["looked"]]) + f"?checked={errand.pk}"

    return finish
