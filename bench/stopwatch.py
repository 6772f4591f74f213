"""Wall time, and the processor time behind it: on a machine that others use too, the second says what the work costs."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Spent:
    """Seconds. processor  of this process, of the children it waited for, and of its database session when that runs here"""

    wall: float = 0.0
    processor: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Spent]:
    spent = Spent()
    session = _session()
    wall, processor = time.perf_counter(), _processor(session)
    try:
        yield spent
    finally:
        spent.wall, spent.processor = time.perf_counter() - wall, _processor(session) - processor


def _session() -> Path:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return Path(f"/proc/{cursor.fetchone()[0]}/stat")


def _processor(session: Path) -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    ours = time.process_time() + children.ru_utime + children.ru_stime
    return ours + (of(session) if session.exists() else 0.0)


def of(stat: Path) -> float:
    """Fields 14 and 15 of /proc/PID/stat, in ticks; the name before them may hold spaces."""
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
