"""Every page type at 100,000 objects, asked of the real web server: 95th percentile of the answer time, and its weight."""

import http.client
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection
from django.db.models import Count

from bench import many
from bench.search_corpus import ENGLISH, LAO
from bench.stopwatch import stopwatch
from bench.weight import first_view
from config import database, serving
from sala.people.models import Appointment, Person
from sala.search.operations import reindex

PACK = "laos"  # the tree of a real country's size: 18 provinces, 148 districts, some 20,000 posts
OBJECTS, QUESTIONS, WARM = 100_000, 40, 5
MOST = 150  # milliseconds
MOST_REINDEX = 180  # seconds
HOME, TEXT, PLACE, DIRECTORY = 50, 60, 120, 150  # kilobytes of a first view, compressed
REQUESTS = {HOME: 6, TEXT: 8, PLACE: 10, DIRECTORY: 20}


@dataclass(frozen=True)
class Page:
    """A page type: who asks, what addresses (each asked once, so that no cache of one page helps), and its weight at most."""

    name: str
    address: Callable[[random.Random], str]
    who: str = "public"
    weight: int = TEXT


def of(pattern: str, statement: str) -> Callable[[random.Random], str]:
    """Addresses of many rows of one kind: `statement` selects what stands for {} in the pattern."""
    values: list[str] = []

    def choose(chance: random.Random) -> str:
        if not values:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                values.extend(row[0] for row in cursor.fetchall())
        return pattern.format(chance.choice(values))

    return choose


def fixed(address: str) -> Callable[[random.Random], str]:
    return lambda chance: address


def search(chance: random.Random) -> str:
    return f"/search/?q={quote(' '.join(chance.sample(LAO + ENGLISH, chance.randint(1, 3))))}"


DISTRICTS = "select a.code from places_area a join places_level l on l.id = a.level_id where l.rank = 2"
PROVINCES = "select a.code from places_area a join places_level l on l.id = a.level_id where l.rank = 1"
DATASETS = "select slug from catalogue_dataset where tier = 'public' order by id limit 2000"
DOCUMENTS = "select slug from documents_document where tier = 'public' order by id limit 2000"

EDITIONS = (
    "select d.slug from catalogue_dataset d where d.tier = 'public' and d.slug like 'bench-%' order by d.id limit 2000"
)
CALLS = "select reference from duties_call where tier = 'public' order by id limit 2000"
FIGURES = "select code from catalogue_keyfigure order by id"
HISTORIES = "select subject_id from journal_event where subject_type = 'dataset'"

PAGES = [
    Page("home", fixed("/"), weight=HOME),
    Page("search", search),
    Page("search, signed in", search, "official"),
    Page("search without a word", fixed("/search/")),
    Page("country", of("/places/{}/", PROVINCES.replace("= 1", "= 0")), weight=PLACE),
    Page("province", of("/places/{}/", PROVINCES), weight=PLACE),
    Page("district", of("/places/{}/", DISTRICTS), weight=PLACE),
    Page("district, signed in", of("/places/{}/", DISTRICTS), "official", weight=PLACE),
    Page("village", of("/places/{}/", DISTRICTS.replace("= 2", "= 3")), weight=PLACE),
    Page("series of a figure", of("/places/LA/figures/{}/", FIGURES), weight=PLACE),
    Page("list of places", fixed("/places/")),
    Page("datasets", fixed("/datasets/")),
    Page("dataset", of("/datasets/{}/", DATASETS)),
    Page("edition", of("/datasets/{}/data/1/", EDITIONS)),
    Page("overdue datasets", fixed("/datasets/overdue/")),
    Page("documents", fixed("/documents/")),
    Page("document", of("/documents/{}/", DOCUMENTS)),
    Page(
        "page of a document",
        of("/documents/{}/pages/lo/1/", DOCUMENTS.replace("order", "and slug like 'bench-%' order")),
    ),
    Page("directory", fixed("/directory/"), weight=DIRECTORY),
    Page("organisation", of("/organisations/{}/", "select code from people_organisation order by id")),
    Page("post", of("/posts/{}/", "select code from people_position order by id limit 2000")),
    Page("calls", fixed("/calls/")),
    Page("call", of("/calls/{}/", CALLS)),
    Page("duties", fixed("/duties/")),
    Page("rules of law", fixed("/rules/")),
    Page("desk", fixed("/desk/"), "official"),
    Page("own page", fixed("/me/"), "official"),
    Page("journal heads", fixed("/journal/")),
]


def run(report) -> None:
    with stopwatch() as spent:
        many.fill(OBJECTS)
    report.row("pages", f"making {OBJECTS:,} objects", spent.wall, "s")
    with stopwatch() as spent:
        found = reindex(hands=os.cpu_count() or 1)
    report.row("pages", f"writing {found:,} search rows, wall time", spent.wall, "s", target=MOST_REINDEX)
    report.row("pages", "the same, processor time of the program", spent.processor, "s")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    cookies = {"public": "", "official": session_of(busiest())}
    with served() as port:
        for page in PAGES:
            measured = measure(port, page, cookies[page.who])
            middle, slow = (quantiles(measured.times, n=20)[cut] for cut in (9, 18))
            report.row("pages", f"{page.name}, p50", middle, "ms")
            report.row("pages", f"{page.name}, p95 of {len(measured.times)}", slow, "ms", target=MOST)
            report.row("pages", f"{page.name}, first view", measured.weight / 1000, "kB", target=page.weight)
            report.row("pages", f"{page.name}, requests", measured.requests, "", target=REQUESTS[page.weight])


def busiest() -> Person:
    """Who holds the post that most is asked of."""
    return Appointment.objects.alias(asked=Count("position__assignments")).order_by("-asked", "pk").first().person


def session_of(person: Person) -> str:
    """Cookie of a session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), "sala.people.sign_in.LinkBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@dataclass
class Measured:
    """times  milliseconds of each answer     weight, requests  bytes and number of files of the heaviest first view"""

    times: list[float]
    weight: int = 0
    requests: int = 0


def measure(port: int, page: Page, cookie: str) -> Measured:
    """Ask for pages of one type on one kept connection; of the largest one also for all that belongs to it."""
    chance, found, largest, heaviest = random.Random(3), Measured([]), -1, ""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Cookie": cookie, "Accept-Language": "lo", "Accept-Encoding": "br, gzip"}

    def fetch(address: str) -> tuple[bytes, str]:
        server.request("GET", address, headers=headers)
        answer = server.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise AssertionError(f"{address} answered {answer.status}")
        return body, answer.headers.get("Content-Encoding", "")

    for number in range(WARM + QUESTIONS):
        address = page.address(chance)
        start = time.perf_counter()
        body, _encoding = fetch(address)
        spent = (time.perf_counter() - start) * 1000
        if number >= WARM:
            found.times.append(spent)
        if len(body) > largest:
            largest, heaviest = len(body), address
    found.weight, found.requests = first_view(heaviest, fetch)
    server.close()
    return found


@contextmanager
def served(settings_module: str = "config.settings", workers: int = 1) -> Iterator[int]:
    """The real server on this benchmark's database; gives its port."""
    port = serving.free_port()
    with tempfile.TemporaryDirectory() as static:
        environment = serving.environment() | {
            "SALA_DATABASE_NAME": database.name(), "SALA_STATIC": static, "SALA_PACK": str(settings.PACK),
            "SALA_FILES": str(settings.FILES), "DJANGO_SETTINGS_MODULE": settings_module,
        }  # fmt: skip
        kept, settings.STATIC_ROOT = settings.STATIC_ROOT, static
        call_command("collectstatic", "--noinput", verbosity=0)
        settings.STATIC_ROOT = kept
        process = subprocess.Popen(
            serving.web_command(port, workers=workers), cwd=settings.ROOT, env=environment, process_group=0
        )
        try:
            while not serving.answers(port):
                if process.poll() is not None:
                    raise AssertionError("the web server did not start")
                time.sleep(0.1)
            yield port
        finally:
            os.killpg(process.pid, 15)
            process.wait(timeout=30)
