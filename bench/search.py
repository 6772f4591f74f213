"""The search over 100,000 objects: indexing, ranked questions with five facets by one and four clients, the newest list."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from multiprocessing import get_context
from statistics import quantiles
from typing import Any

from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from bench import search_corpus
from sala.access.actor import Actor, Holding, public
from sala.search.filters import Filters
from sala.search.gathering import gathered
from sala.search.operations import BATCH, bump, index
from sala.search.queries import find

OBJECTS = 100_000
CLIENTS = 4
QUESTIONS = 150  # of each client
BANDS = (100, 1_000, 10_000)  # hits; what is above the last is counted as "more"
MOST_ASKED, MOST_EMPTY, MOST_REINDEX, MOST_QUERIES = 120, 60, 180, 12  # ms, ms, s, statements
WARM = 20
Measured = list[tuple[int, float]]  # (hits, milliseconds)


def run(report: Any) -> None:
    report.row("search", f"indexing {OBJECTS:,} objects", fill(OBJECTS), "s", target=MOST_REINDEX)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze search_searchrow")
    for clients in (1, CLIENTS):
        measured = asked_by(clients)
        for name, times in by_band(measured):
            limit = MOST_ASKED if name != "more" else None
            middle, slow = spread(times)
            label = f"{clients} client{'s' * (clients > 1)}, {name} hits"
            report.row("search", f"{label}, p50 of {len(times)}", middle, "ms")
            report.row("search", f"{label}, p95", slow, "ms", target=limit)
    _newest(report)
    _one_change(report)


def fill(number: int) -> float:
    """Index so many objects; returns the seconds spent in the search's own code and the database."""
    spent = 0.0
    index(list(search_corpus.areas()))
    entries = search_corpus.entries(number)
    with gathered():
        while batch := list(islice(entries, BATCH)):
            start = time.perf_counter()
            with transaction.atomic():
                index(batch)
            spent += time.perf_counter() - start
        start = time.perf_counter()
    bump()
    return spent + time.perf_counter() - start


def questions(count: int, seed: int) -> list[tuple[Actor, str, Filters]]:
    """Questions of every kind: single words, two and three words, with a filter, codes; of the public and of an office."""
    chance = random.Random(seed)
    office = Actor(kind="person", person_id=1, holdings=(Holding(1, "", 7, "/7/", True),))
    made: list[tuple[Actor, str, Filters]] = []
    for number in range(count):
        words = chance.sample(search_corpus.LAO + search_corpus.ENGLISH, chance.choice([1, 1, 2, 2, 3, 4]))
        text = f"da-{chance.randint(1, OBJECTS)}" if number % 15 == 14 else " ".join(words)
        filters = Filters(place=f"{chance.randint(1, 18):02}") if number % 5 == 0 else Filters()
        made.append((public() if number % 2 else office, text, filters))
    return made


def asked_by(clients: int) -> Measured:
    """Every client asks its own questions, none twice, so that no kept count helps."""
    connections.close_all()
    with get_context("fork").Pool(clients) as pool:
        return [one for part in pool.map(_ask, range(clients)) for one in part]


def _ask(seed: int) -> Measured:
    cache.clear()
    for actor, text, filters in questions(WARM, seed + 1_000):
        find(actor, text, filters, language="lo")
    measured = []
    for actor, text, filters in questions(QUESTIONS, seed):
        start = time.perf_counter()
        results = find(actor, text, filters, language="lo")
        hits = results.count + results.count_is_capped
        measured.append((hits, (time.perf_counter() - start) * 1000))
    connections.close_all()
    return measured


def by_band(measured: Measured) -> Iterable[tuple[str, list[float]]]:
    least = 0
    for most in (*BANDS, 10**9):
        times = [spent for hits, spent in measured if least <= hits <= most]
        if len(times) > 1:
            yield ("more" if most > BANDS[-1] else f"up to {most:,}"), times
        least = most + 1


def spread(times: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]


def timed(action: Callable[[], Any], times: int) -> list[float]:
    spent = []
    for _one in range(times):
        start = time.perf_counter()
        action()
        spent.append((time.perf_counter() - start) * 1000)
    return spent


def _newest(report: Any) -> None:
    cache.clear()
    report.row("search", "newest list, first after a change", timed(lambda: find(public()), 1)[0], "ms")
    middle, slow = spread(timed(lambda: find(public()), 100))
    report.row("search", "newest list, p50", middle, "ms")
    report.row("search", "newest list, p95", slow, "ms", target=MOST_EMPTY)
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        find(public())
    report.row("search", "newest list, statements", len(captured), "", target=MOST_QUERIES)


def _one_change(report: Any) -> None:
    """What a saved change adds to its transaction."""
    changes = iter(search_corpus.entries(50, seed=8))

    def change() -> None:
        with transaction.atomic():
            index([next(changes)])
            bump()

    middle, slow = spread(timed(change, 50))
    report.row("search", "one changed object, p50", middle, "ms")
    report.row("search", "one changed object, p95", slow, "ms")
