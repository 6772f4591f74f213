"""Jobs of the installation itself: errands of pages, and taking up what a killed worker left behind.

A job of a killed worker stays "doing" for ever unless somebody puts it back. The worker tells every ten seconds that
it lives; thirty seconds of silence mean that it does not (fewer would take jobs from a busy one).
This job has no queue `lock` of its own: if its worker were killed, that lock would keep every later one from running.
"""

import logging

from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from sala.core import errands
from sala.people.queries import actor_again

log = logging.getLogger(__name__)

SILENCE = 30.0  # seconds without a sign of life
MOST_ATTEMPTS = 5  # a job that ends its worker each time must not do so for ever


@app.task(name="errands.run")
def run_errand(errand: str) -> None:
    """What somebody asked for on a page, with the rights that person holds now."""
    errands.run(errand, actor_again)


@app.periodic(cron="40 * * * *")
@app.task(queueing_lock="config.forget_errands")
def forget_errands(timestamp: int) -> int:
    """Every hour: errands that ended a month ago."""
    return errands.forget_old()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="config.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Every minute: put jobs of dead workers back into the queue."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        if job.attempts >= MOST_ATTEMPTS:
            log.error("job %s (%s) was given up after %s attempts", job.id, job.task_name, job.attempts)
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        else:
            await _put_back(job)


async def _put_back(job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
        log.warning("job %s (%s) of a dead worker was put back", job.id, job.task_name)
    except (exceptions.UniqueViolation, exceptions.AlreadyEnqueued):
        # The next one of its kind waits already and will do the same work.
        await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=True)
