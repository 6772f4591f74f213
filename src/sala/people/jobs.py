"""Messages leave in the background, at least once each; a failed one is tried again a minute later."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.journal.models import Event
from sala.people import limits
from sala.people.operations import messages, pass_grants
from sala.places.models import Area


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="people.deliver")
def deliver(timestamp: int) -> None:
    """Every minute: hand the waiting messages to the gateway, a hundred at a time until none waits or one fails."""
    while messages.deliver() == messages.BATCH:
        pass


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="people.forget_attempts")
def forget_attempts(timestamp: int) -> int:
    """Every hour: counts of attempts whose window has ended."""
    return limits.forget_ended()


@app.task(name="people.pass_grants")
def grants_of_ended_area(event_id: int) -> None:
    """An area ended: roles that were granted on it go to its successors, to be confirmed."""
    event = Event.objects.get(pk=event_id)
    ended = Area.objects.get(pk=event.subject_id)
    pass_grants(command(), ended, successors=list(Area.objects.filter(pk__in=event.content()["successors"])))
