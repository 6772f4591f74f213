"""Messages leave in the background, at least once each; a failed one is tried again a minute later."""

from procrastinate.contrib.django import app

from sala.people.operations import messages


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="people.deliver")
def deliver(timestamp: int) -> None:
    """Every minute: hand the waiting messages to the gateway, a hundred at a time until none waits or one fails."""
    while messages.deliver() == messages.BATCH:
        pass
