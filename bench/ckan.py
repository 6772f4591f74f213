"""CKAN's reading actions at 100,000 datasets, asked of the real web server: package_search with facets, package_show."""

import http.client
import os
import random
import time
from collections.abc import Callable
from statistics import quantiles
from urllib.parse import quote, urlencode

from django.db import connection

from bench import many
from bench.pages import served
from bench.search_corpus import ENGLISH, LAO
from bench.stopwatch import stopwatch
from sala.search.operations import reindex

PACK = "laos"
DATASETS, VILLAGES, QUESTIONS, WARM = 100_000, 8_000, 60, 5
MOST_SEARCH, MOST_SHOW, MOST_PAGE = 120, 25, 300  # milliseconds
FACETS = ["organization", "groups", "tags", "license_id", "res_format"]


def search(chance: random.Random) -> str:
    asked = {"q": " ".join(chance.sample(LAO + ENGLISH, chance.randint(1, 3))), "rows": 20}
    return "package_search?" + urlencode(asked) + _facets()


def browse(chance: random.Random) -> str:
    return f"package_search?rows=20&start={20 * chance.randrange(200)}" + _facets()


def narrowed(chance: random.Random) -> str:
    return f"package_search?rows=20&fq=groups:{chance.choice(TOPICS)}" + _facets()


def show(chance: random.Random) -> str:
    return f"package_show?id=bench-{chance.randrange(DATASETS)}"


def _facets() -> str:
    return "&facet.field=" + quote(str(FACETS).replace("'", '"'))


TOPICS = ["forest", "water", "land", "people", "health"]
ASKED: list[tuple[str, Callable[[random.Random], str], int]] = [
    ("package_search with words and 5 facets", search, MOST_SEARCH),
    ("package_search without words", browse, MOST_SEARCH),
    ("package_search of a topic", narrowed, MOST_SEARCH),
    ("package_show", show, MOST_SHOW),
]


def run(report) -> None:
    chance = random.Random(12)
    with stopwatch() as spent:
        many.villages(VILLAGES * 2, chance)
        many.datasets(DATASETS, chance)
    report.row("ckan", f"making {DATASETS:,} datasets", spent.wall, "s")
    with stopwatch() as spent:
        reindex(["dataset"], hands=os.cpu_count() or 1)
    report.row("ckan", "writing their search rows", spent.wall, "s")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    with served() as port:
        for name, question, most in ASKED:
            first, times = _measure(port, lambda one, ask=question: f"/api/3/action/{ask(one)}")
            middle, slow = (quantiles(times, n=20)[cut] for cut in (9, 18))
            report.row("ckan", f"{name}, the very first", first, "ms")
            report.row("ckan", f"{name}, p50", middle, "ms")
            report.row("ckan", f"{name}, p95 of {len(times)}", slow, "ms", target=most)
        _first, times = _measure(port, lambda one: f"/catalog.ttl?page={one.randrange(1, 700)}")
        report.row("ckan", "a page of the catalogue as Turtle, p95", quantiles(times, n=20)[18], "ms", target=MOST_PAGE)


def _measure(port: int, address: Callable[[random.Random], str]) -> tuple[float, list[float]]:
    """Milliseconds of the first answer, and of those after the first few. A dataset that is closed answers 404."""
    chance, times = random.Random(3), []
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    while len(times) < WARM + QUESTIONS:
        start = time.perf_counter()
        server.request("GET", address(chance), headers={"Accept-Language": "lo"})
        answer = server.getresponse()
        answer.read()
        if answer.status == 200:
            times.append((time.perf_counter() - start) * 1000)
        elif answer.status != 404:
            raise AssertionError(f"answered {answer.status}")
    server.close()
    return times[0], times[WARM:]
