"""Reminders of promised editions; charts drawn; figures of closed calls made editions; editions that open; catalogues read."""

import logging
from typing import Any

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.catalogue import exports
from sala.catalogue.models import Distribution, Edition, HarvestSource
from sala.catalogue.operations.charts import draw_charts
from sala.catalogue.operations.compiling import compile_call
from sala.catalogue.operations.declaring import follow_declared
from sala.catalogue.operations.following import tell_followers
from sala.catalogue.operations.harvest import harvest
from sala.catalogue.operations.opening import open_due_editions
from sala.catalogue.operations.person_access import requests_owed
from sala.catalogue.operations.promises import keep_all_promises
from sala.catalogue.operations.reminders import remind_of_promises
from sala.core import clock
from sala.core.errors import SalaError
from sala.duties.models import Call
from sala.duties.operations import remind_of
from sala.journal.models import Event
from sala.people.queries import actor_again

log = logging.getLogger(__name__)

REMINDER_HOUR = 7  # in the country's time
HARVEST_HOUR = 2


@app.periodic(cron="15 * * * *")
@app.task(name="catalogue.remind", queueing_lock="catalogue.remind")
def remind(timestamp: int) -> int:
    """Once a day: tell those who owe an edition, or an answer to somebody who asks for access. Returns how many messages are new."""
    day = clock.day_at_hour(timestamp, REMINDER_HOUR)
    if day is None:
        return 0
    keep_all_promises()
    return remind_of_promises(day) + remind_of(requests_owed(), day)


@app.task(name="catalogue.draw_charts")
def draw(event_id: int) -> int:
    """An edition was published, or a chart defined: draw what is not drawn yet. Returns how many charts were."""
    event = Event.objects.get(pk=event_id)
    parts = Distribution.objects.filter(dataset=event.subject_id, charts__isnull=False).distinct()
    return sum(map(draw_charts, parts))


@app.task(name="catalogue.follow_declared")
def follow(event_id: int) -> int:
    """A key figure or a rule was declared, changed or ended: how many editions were read again.

    Many may be declared at once, as by a call that asks many figures: the job of the last of them does it for all.
    """
    event = Event.objects.get(pk=event_id)
    code = event.content()["part"]
    later = Event.objects.filter(
        verb=event.verb, subject_type=event.subject_type, subject_id=event.subject_id, pk__gt=event.pk
    )
    if any(each.content()["part"] == code for each in later.order_by("-pk").iterator()):
        return 0
    part = Distribution.objects.filter(dataset=event.subject_id, code=code).first()
    return follow_declared(command(), part) if part else 0


@app.task(name="catalogue.compile_figures")
def compile_figures(event_id: int) -> int | None:
    """A call was closed: the number of the edition made of its figures, or None where it asks none or is still open."""
    event = Event.objects.get(pk=event_id)
    edition = compile_call(command(), Call.objects.get(pk=event.subject_id))
    return edition.pk if edition else None


@app.periodic(cron="* * * * *")
@app.task(name="catalogue.open_editions", queueing_lock="catalogue.open_editions")
def open_editions(timestamp: int) -> int:
    """Every minute: editions whose hour has come. Returns how many were opened."""
    return open_due_editions()


@app.task(name=exports.TASK)
def write_download(edition: int, kind: str, hidden: list[str]) -> None:
    """Somebody asked for a large edition in another format: write it, without the columns that were hidden from them."""
    exports.written(Edition.objects.get(pk=edition), kind, frozenset(hidden))


@app.task(name="catalogue.tell_followers")
def tell(event_id: int) -> int:
    """An edition came or was withdrawn: how many followers are told."""
    return tell_followers(Event.objects.get(pk=event_id))


@app.periodic(cron="30 * * * *")
@app.task(name="catalogue.harvest_all", queueing_lock="catalogue.harvest_all")
def harvest_all(timestamp: int) -> int:
    """Every night: each catalogue that is read by itself gets a job of its own. Returns how many."""
    if clock.day_at_hour(timestamp, HARVEST_HOUR) is None:
        return 0
    due = list(HarvestSource.objects.filter(is_active=True))
    for source in due:
        harvest_source.defer(source_id=source.pk, asker=command().as_asker())
    return len(due)


@app.task(name="catalogue.harvest")
def harvest_source(source_id: int, asker: dict[str, Any]) -> None:
    """Read one catalogue, for whoever asked; what came of it stands on its page."""
    source = HarvestSource.objects.filter(pk=source_id).first()
    if source is None:
        return
    try:
        harvest(actor_again(asker), source)
    except SalaError as error:
        log.warning("catalogue %s was not read: %s", source.slug, error)
