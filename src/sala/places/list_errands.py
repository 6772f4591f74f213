"""What the worker does for the pages of lists, of facilities, places and changes alike: looking into one, checking it,
taking it in.

A look keeps: columns, order, guess (role → column), preview, rows (how many), sheet, sheets. Taking one over keeps the report.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from sala.access.actor import Actor
from sala.core.errands import Finish
from sala.core.files import store
from sala.core.models import Errand
from sala.places import lists, operations
from sala.places.finder import Finder
from sala.places.lists import FacilityList
from sala.places.models import FacilityKind, Level
from sala.places.operations import ListDelivery, PlaceDelivery
from sala.places.place_headings import guess_changes, guess_places
from sala.places.queries import areas_on

PREVIEW = 5  # rows shown beside the choice of columns
Told = Mapping[str, Any]  # name, as_of, source, sheet, and what the form of the list says


def _look(errand: Errand, guess: Callable[[FacilityList, Told], dict[str, str]], address: str) -> Finish:
    """asked: told; sha256 when the file came before."""
    told = errand.asked["told"]
    errand.sha256 = errand.sha256 or errand.asked["sha256"]
    asked = lists.read(store.path_of(errand.sha256), told["name"], told["sheet"])
    preview = [[line.values.get(key, "") for key in asked.columns] for line in asked.lines[:PREVIEW]]
    errand.found = {"columns": asked.columns, "order": list(asked.columns), "guess": guess(asked, told), "preview": preview,
                    "rows": len(asked.lines), "sheet": asked.sheet, "sheets": asked.sheets}  # fmt: skip
    return lambda: reverse(address, args=[errand.pk])


def _take(errand: Errand, work: Callable[[FacilityList, Told], Any], address: str) -> Finish:
    """asked: sha256, looked (the look at it), told, chosen (role → column), check: then nothing is kept but the report."""
    told = errand.asked["told"]
    asked = lists.read(store.path_of(errand.asked["sha256"]), told["name"], told["sheet"])

    def finish() -> str:
        if not errand.asked["check"]:
            batch = work(asked, told)
            errand.found = {"report": batch.report}
            return str(batch.get_absolute_url())
        with transaction.atomic():
            errand.found = {"report": work(asked, told).report}
            transaction.set_rollback(True)
        return reverse(address, args=[errand.asked["looked"]]) + f"?checked={errand.pk}"

    return finish


def look_into_list(actor: Actor, errand: Errand) -> Finish:
    """told: also kind, system."""

    def guess(asked: FacilityList, told: Told) -> dict[str, str]:
        return lists.guess(asked, Finder(areas_on(date.fromisoformat(told["as_of"]))), told["system"])

    return _look(errand, guess, "facilities:columns")


def take_over_list(actor: Actor, errand: Errand) -> Finish:
    def work(asked: FacilityList, told: Told) -> Any:
        delivery = ListDelivery(
            as_of=date.fromisoformat(told["as_of"]), kind=FacilityKind.objects.filter(code=told["kind"]).first(),
            system=told["system"], source=told["source"], columns=errand.asked["chosen"], exact=True,
        )  # fmt: skip
        return operations.import_facilities(actor, asked, delivery)

    return _take(errand, work, "facilities:columns")


def look_into_places(actor: Actor, errand: Errand) -> Finish:
    """told: also level, system."""
    return _look(errand, lambda asked, told: guess_places(asked, _level(told), told["system"]), "places:list_columns")


def take_over_places(actor: Actor, errand: Errand) -> Finish:
    return _take(
        errand, lambda asked, told: operations.add_places(actor, asked, _delivery(errand)), "places:list_columns"
    )


def look_into_changes(actor: Actor, errand: Errand) -> Finish:
    """told: also level, system."""
    return _look(
        errand, lambda asked, told: guess_changes(asked, _level(told), told["system"]), "places:change_columns"
    )


def take_over_changes(actor: Actor, errand: Errand) -> Finish:
    return _take(
        errand, lambda asked, told: operations.propose_changes(actor, asked, _delivery(errand)), "places:change_columns"
    )


def _level(told: Told) -> Level:
    return Level.objects.get(code=told["level"])


def _delivery(errand: Errand) -> PlaceDelivery:
    told = errand.asked["told"]
    return PlaceDelivery(
        level=_level(told), as_of=date.fromisoformat(told["as_of"]), system=told["system"], source=told["source"],
        columns=errand.asked["chosen"], exact=True,
    )  # fmt: skip
