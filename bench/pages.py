"""Every page type at 100,000 objects, asked of the real web server: 95th percentile of the answer time, and its bytes."""

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

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection

from bench import many
from bench.search_corpus import ENGLISH, LAO
from config import database, serving
from sala.people.models import Appointment, Person

PACK = "laos"  # the tree of a real country's size: 18 provinces, 148 districts, some 20,000 posts
OBJECTS, QUESTIONS, WARM = 100_000, 40, 5
MOST = 150  # milliseconds


@dataclass(frozen=True)
class Page:
    """A page type: who asks, and what addresses (each asked once, so that no cache of one page helps)."""

    name: str
    address: Callable[[random.Random], str]
    who: str = "public"


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
    from urllib.parse import quote

    return f"/search/?q={quote(' '.join(chance.sample(LAO + ENGLISH, chance.randint(1, 3))))}"


DISTRICTS = "select a.code from places_area a join places_level l on l.id = a.level_id where l.rank = 2"
PROVINCES = "select a.code from places_area a join places_level l on l.id = a.level_id where l.rank = 1"
DATASETS = "select slug from catalogue_dataset where tier = 'public' order by id limit 2000"
DOCUMENTS = "select slug from documents_document where tier = 'public' order by id limit 2000"

PAGES = [
    Page("home", fixed("/")),
    Page("search", search),
    Page("search, signed in", search, "official"),
    Page("search without a word", fixed("/search/")),
    Page("country", of("/places/{}/", PROVINCES.replace("= 1", "= 0"))),
    Page("province", of("/places/{}/", PROVINCES)),
    Page("district", of("/places/{}/", DISTRICTS)),
    Page("district, signed in", of("/places/{}/", DISTRICTS), "official"),
    Page("list of places", fixed("/places/")),
    Page("datasets", fixed("/datasets/")),
    Page("dataset", of("/datasets/{}/", DATASETS)),
    Page("overdue datasets", fixed("/datasets/overdue/")),
    Page("documents", fixed("/documents/")),
    Page("document", of("/documents/{}/", DOCUMENTS)),
    Page("directory", fixed("/directory/")),
    Page("organisation", of("/organisations/{}/", "select code from people_organisation order by id")),
    Page("post", of("/posts/{}/", "select code from people_position order by id limit 2000")),
    Page("calls", fixed("/calls/")),
    Page("duties", fixed("/duties/")),
    Page("rules of law", fixed("/rules/")),
    Page("desk", fixed("/desk/"), "official"),
    Page("own page", fixed("/me/"), "official"),
    Page("journal heads", fixed("/journal/")),
]


def run(report) -> None:
    start = time.perf_counter()
    many.fill(OBJECTS)
    report.row("pages", f"making {OBJECTS:,} objects", time.perf_counter() - start, "s")
    cookies = {"public": "", "official": session_of(Appointment.objects.order_by("pk").first().person)}
    with served() as port:
        for page in PAGES:
            times, size = measure(port, page, cookies[page.who])
            report.row("pages", f"{page.name}, p95 of {len(times)}", quantiles(times, n=20)[18], "ms", target=MOST)
            report.row("pages", f"{page.name}, largest answer", size / 1000, "kB")


def session_of(person: Person) -> str:
    """Cookie of a session in which this person is signed in."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), "sala.people.sign_in.LinkBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def measure(port: int, page: Page, cookie: str) -> tuple[list[float], int]:
    """Milliseconds of each answer, and the bytes of the largest one, on one kept connection."""
    chance, times, largest = random.Random(3), [], 0
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for number in range(WARM + QUESTIONS):
        address = page.address(chance)
        start = time.perf_counter()
        server.request(
            "GET", address, headers={"Cookie": cookie, "Accept-Language": "lo", "Accept-Encoding": "br, gzip"}
        )
        answer = server.getresponse()
        body = answer.read()
        spent = (time.perf_counter() - start) * 1000
        if answer.status != 200:
            raise AssertionError(f"{address} answered {answer.status}")
        if number >= WARM:
            times.append(spent)
            largest = max(largest, len(body))
    server.close()
    return times, largest


@contextmanager
def served() -> Iterator[int]:
    """The real server on this benchmark's database; gives its port."""
    port = serving.free_port()
    with tempfile.TemporaryDirectory() as static:
        environment = serving.environment() | {
            "SALA_DATABASE_NAME": database.name(), "SALA_STATIC": static, "SALA_PACK": str(settings.PACK),
            "SALA_FILES": str(settings.FILES),
        }  # fmt: skip
        kept, settings.STATIC_ROOT = settings.STATIC_ROOT, static
        call_command("collectstatic", "--noinput", verbosity=0)
        settings.STATIC_ROOT = kept
        process = subprocess.Popen(
            serving.web_command(port, workers=1), cwd=settings.ROOT, env=environment, process_group=0
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
