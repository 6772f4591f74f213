"""Sealing in the background. Both jobs may run twice or side by side: the sealer holds an advisory lock.

Neither takes a queue `lock`: a worker killed in the middle would hold it until the reaper comes.
"""

from procrastinate.contrib.django import app

from sala.journal import operations


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="journal.seal")
def seal(timestamp: int) -> None:
    """Every minute: chain what was recorded since."""
    operations.seal_all()


@app.periodic(cron="5 * * * *")
@app.task(queueing_lock="journal.publish_head")
def publish_head(timestamp: int) -> None:
    """Every hour, of which only the first in a day of the country makes a head; so no time zone is written here."""
    operations.publish_head()
