"""What happens next: journal verb → jobs. One screen, nothing hidden.

`dispatch` runs in the transaction of the change. What must be true at once (the search row, the day a next edition is
promised for, the call of a decision's action) is done here; everything else is queued in the same database, so it happens exactly when the change was
committed.
"""

from collections.abc import Callable
from typing import Any

from django.db import models

from sala.bodies.operations import follow_replaced_calls
from sala.catalogue.operations import keep_promises
from sala.journal.models import Event
from sala.search.operations import refresh

# verb, or verb and noun → names of queued tasks, each called with event_id
JOBS: dict[str, list[str]] = {
    "places.ended": ["people.pass_grants", "places.follow_area"],
    "people.move organisation": ["people.follow_organisation"],
    "places.import boundary-import": ["places.follow_boundaries"],
    "facilities.merge facility": ["duties.follow_merger"],
    "collection.publish form": ["collection.read_again"],
    "catalogue.publish dataset": [
        "catalogue.draw_charts",
        "catalogue.tell_followers",
        "maps.build_tiles",
        "concessions.follow_layers",
    ],
    "catalogue.chart dataset": ["catalogue.draw_charts"],
    "catalogue.declare dataset": ["catalogue.follow_declared"],
    "documents.scan document": ["documents.read_scans"],
    "assignments.accept call": ["catalogue.compile_figures"],
    "calls.manage call": ["catalogue.compile_figures"],
    "catalogue.withdraw dataset": ["catalogue.tell_followers", "concessions.follow_layers"],
    "concessions.enter concession": ["concessions.reckon_one"],
    "concessions.decide concession": ["concessions.reckon_one"],
    "concessions.judge concession": ["concessions.reckon_one"],
    "ledger.enter payment": ["concessions.follow_payment"],
    "concessions.inspect concession": ["concessions.reckon_one"],
    "concessions.order concession": ["concessions.reckon_one"],
    "maps.edit layer": ["maps.build_tiles"],
    "documents.publish non-working-day": ["duties.follow_calendar"],
}

# queued task → of which rows it is needed; one that does not stand here is needed of all
NEEDED_OF: dict[str, Callable[[Any], bool]] = {
    "concessions.follow_payment": lambda payment: payment.account.subject_type == "concession",
}

# noun → what is kept of its rows, each called with a list of them
AT_ONCE: dict[str, list[Callable[[list[Any]], None]]] = {"dataset": [keep_promises], "call": [follow_replaced_calls]}


def dispatch(event: Event, subject: models.Model) -> None:
    for keep in AT_ONCE.get(event.subject_type, []):
        keep([subject])
    refresh(subject)
    for name in [*JOBS.get(event.verb, []), *JOBS.get(f"{event.verb} {event.subject_type}", [])]:
        if name not in NEEDED_OF or NEEDED_OF[name](subject):
            _defer(name, event.pk)


def _defer(name: str, event_id: int) -> None:
    from procrastinate.contrib.django import app

    app.configure_task(name).defer(event_id=event_id)
