"""Reminders of promised editions."""

from procrastinate.contrib.django import app

from sala.catalogue.operations.reminders import remind_of_promises


@app.periodic(cron="15 7 * * *")
@app.task(name="catalogue.remind", queueing_lock="catalogue.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Each morning: tell those who owe an edition."""
    remind_of_promises()
