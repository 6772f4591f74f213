"""Changes of the tree that were recorded ahead of their day come into force by themselves."""

from procrastinate.contrib.django import app

from sala.access.actor import command
from sala.places import operations


@app.periodic(cron="2 * * * *")
@app.task(queueing_lock="places.bring_up_to_date")
def bring_up_to_date(timestamp: int) -> None:
    """Every hour, so that the first run of a day in the country's time zone does the work; the others find nothing."""
    operations.bring_up_to_date(command())
