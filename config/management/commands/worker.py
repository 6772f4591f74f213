"""./sala worker"""

import asyncio
import logging
import signal

import psycopg
import psycopg_pool
from django.core.management.base import BaseCommand
from procrastinate import exceptions
from procrastinate.contrib.django import app

log = logging.getLogger(__name__)

PAUSE = 2  # seconds between two attempts to reach the database
GRACE = 30  # seconds in which the job in hand may finish when the worker is told to stop


class Command(BaseCommand):
    help = "Run the queue: reminders, messages, seals, whatever waits. Stop it with Ctrl-C; work in hand is finished."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what waits, then stop")

    def handle(self, *, once, **options):
        asyncio.run(once_only() if once else for_ever())


async def once_only() -> None:
    await _one_worker(wait=False)


async def for_ever() -> None:
    """Work until told to stop. A worker that loses the database ends; another follows when the database is back."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    stopped = asyncio.create_task(stopping.wait())
    while not stopping.is_set():
        worker = asyncio.create_task(_one_worker(wait=True))
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            worker.cancel()
        try:
            await worker
        except asyncio.CancelledError:
            return
        except (exceptions.ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout) as error:
            log.warning("the database was lost: %s", error)
        if not stopping.is_set():
            log.warning("the worker starts again in %s seconds", PAUSE)
            await asyncio.wait({stopped}, timeout=PAUSE)


async def _one_worker(wait: bool) -> None:
    """One worker on connections of its own: Django's are shared with the running task and cannot listen."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(
                concurrency=2,  # a large file in one place leaves the other to messages and seals
                wait=wait,
                delete_jobs="successful",
                shutdown_graceful_timeout=GRACE,
                install_signal_handlers=False,
            )
