"""Changes of the tree that were recorded ahead of their day come into force by themselves, and facilities follow them."""

from datetime import date

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.journal.models import Event
from sala.places import operations
from sala.places.models import Area


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
