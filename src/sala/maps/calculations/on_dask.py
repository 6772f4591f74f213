"""The windows of a suitability on a cluster of machines: the same functions, spread by Dask distributed.

Workers need this program, the same rasters under the same paths (a shared folder) and nothing else. A worker that dies
loses only the windows it was at; the scheduler gives them to others. docs/scale.md shows how it is started.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from sala.maps.calculations.suitability import Block, Place, Spread

AHEAD = 4  # windows under way for each thread of the cluster, so that none waits and memory stays bounded


def spread_on(client: Any) -> Spread:
    """A `spread` for suitability.run, of a distributed.Client."""

    def spread(work: Callable[[Place], Block], where: Sequence[Place]) -> Iterator[Block]:
        from distributed import as_completed  # only where a cluster is used is Dask installed

        threads = sum(client.nthreads().values()) or 1
        rest = iter(where)
        first = [client.submit(work, place, pure=False, retries=3) for place in islice(rest, AHEAD * threads)]
        done = as_completed(first)
        for future in done:
            yield future.result()
            future.release()
            for place in islice(rest, 1):
                done.add(client.submit(work, place, pure=False, retries=3))

    return spread
