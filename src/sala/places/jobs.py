"""Changes of the tree come into force by themselves on their day, facilities follow them, and the search the boundaries."""

from datetime import date

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.journal.models import Event
from sala.places import operations
from sala.places.models import Area, ImportRow
from sala.search import placed


@app.periodic(cron="2 * * * *")
@app.task(queueing_lock="places.bring_up_to_date")
def bring_up_to_date(timestamp: int) -> None:
    """Every hour, so that the first run of a day in the country's time zone does the work; the others find nothing."""
    operations.bring_up_to_date(command())


@app.task(name="places.follow_area")
def facilities_of_ended_area(event_id: int) -> None:
    """An area ended: the facilities that stood in it stand in its successor."""
    event = Event.objects.get(pk=event_id)
    told = event.content()
    ended = Area.objects.get(pk=event.subject_id)
    operations.follow_area(command(), ended, on=date.fromisoformat(told["on"]), successors=told["successors"])


@app.task(name="places.follow_boundaries", lock="places.follow_boundaries", aliases=["search.follow_boundaries"])
def follow_boundaries(event_id: int) -> int:
    """A boundary file came or went, or one of its rows was confirmed: what lies by these areas and no others.

    One at a time, for two would write the same rows. Returns how many objects were brought up to date.
    """
    event = Event.objects.get(pk=event_id)
    told = event.content()
    if told["change"] == "refused":
        return 0
    rows = ImportRow.objects.filter(batch=event.subject_id, area__isnull=False)
    if told["change"] == "confirmed":
        rows = rows.filter(number=told["row"])
    return placed.follow_boundaries(set(rows.values_list("area", flat=True)))
