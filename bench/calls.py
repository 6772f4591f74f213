"""One order to five thousand posts: issuing it, its dashboard, and the desk of a post on which five hundred things lie."""

import time
from datetime import timedelta
from statistics import quantiles

from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sala.access.actor import Actor
from sala.core import clock
from sala.core.language import Translated
from sala.duties import operations
from sala.duties.models import Call
from sala.journal.models import Event
from sala.people.models import Appointment, Message, Person, Position, PositionGrant
from sala.people.queries import actor_for
from sala.places.models import Area

PACK = "laos"  # some 20,000 posts
POSTS, FEW, OPEN, TIMES = 5_000, 50, 500, 60
MOST_SECONDS, MOST_BOARD, MOST_DESK = 5.0, 250, 150
WORDS = Translated(lo="ກວດກາ ແລະ ລາຍງານ", en="Inspect and report")


def appointed(position: Position, name: str) -> Person:
    person = Person.objects.create(name=name, email=f"{name}@example.org", is_invented=True)
    valid = DateRange(clock.today() - timedelta(days=400), None)
    Appointment.objects.create(person=person, position=position, valid=valid)
    return person


def hold_all(positions: list[Position]) -> None:
    """A holder for every post, so that each is told."""
    made = Person.objects.bulk_create(
        [
            Person(name=f"holder {post.pk}", email=f"holder-{post.pk}@example.org", is_invented=True)
            for post in positions
        ],
        batch_size=2000,
    )
    valid = DateRange(clock.today() - timedelta(days=400), None)
    Appointment.objects.bulk_create(
        [Appointment(person=person, position=post, valid=valid) for person, post in zip(made, positions, strict=True)],
        batch_size=2000,
    )


def order(actor: Actor, issuer: Position, asked: list[operations.Asked]) -> Call:
    return operations.draft_call(
        actor, issuer=issuer, asked=asked, kind="order", title=WORDS, purpose=WORDS, instruction=WORDS,
        due_on=clock.today() + timedelta(days=60), is_invented=True,
    )  # fmt: skip


def issuer_and_posts() -> tuple[Actor, Position, list[Position]]:
    issuer = Position.objects.filter(code__endswith="-calls", organisation__area__level__rank=0).order_by("code")[0]
    PositionGrant.objects.filter(position=issuer).update(across_organisations=True)
    posts = list(Position.objects.exclude(pk=issuer.pk).select_related("organisation").order_by("pk")[: POSTS + 1])
    return actor_for(appointed(issuer, "caller")), issuer, posts


def answers(browser: Client, address: str) -> tuple[float, int]:
    """(95th percentile in milliseconds, SQL statements) of a page."""
    browser.get(address)
    spent = []
    for _time in range(TIMES):
        start = time.perf_counter()
        assert browser.get(address).status_code == 200
        spent.append((time.perf_counter() - start) * 1000)
    with CaptureQueriesContext(connection) as asked:
        browser.get(address)
    return quantiles(spent, n=20, method="inclusive")[-1], len(asked)


def signed_in(position: Position) -> Client:
    browser = Client(headers={"accept-language": "lo", "host": "127.0.0.1"})
    person = Appointment.objects.get(position=position).person
    browser.force_login(person, backend="sala.people.sign_in.LinkBackend")
    return browser


def run(report) -> None:
    actor, issuer, posts = issuer_and_posts()
    hold_all(posts)
    few = order(actor, issuer, [operations.Asked(post) for post in posts[:FEW]])
    operations.issue_call(actor, few)

    many = order(actor, issuer, [operations.Asked(post) for post in posts[:POSTS]])
    before = Event.objects.count()
    start, spent = time.perf_counter(), time.process_time()
    operations.issue_call(actor, many)
    seconds, cpu = time.perf_counter() - start, time.process_time() - spent
    events = Event.objects.count() - before
    assert events == POSTS + 1 and Message.objects.filter(wave="issue").count() >= POSTS
    report.row("calls", f"issue an order to {POSTS:,} posts, all told", seconds, "s", target=MOST_SECONDS)
    report.row("calls", "of that, computing here", cpu, "s")
    report.row("calls", "journal events for it", events, "", target=POSTS + 1)

    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by hash
    browser = signed_in(issuer)
    small, few_statements = answers(browser, few.get_absolute_url())
    large, many_statements = answers(browser, many.get_absolute_url())
    report.row("calls", f"dashboard of {POSTS:,}, 95th percentile", large, "ms", peer=f"of {FEW}", peer_value=small,
               target=MOST_BOARD)  # fmt: skip
    report.row("calls", "its SQL statements", many_statements, "", peer=f"of {FEW}", peer_value=few_statements,
               target=few_statements)  # fmt: skip

    desk = posts[POSTS]
    areas = list(Area.objects.filter(ended_on__isnull=True).order_by("pk"))
    for begin in range(0, OPEN, len(areas)):
        part = areas[: OPEN - begin]
        operations.issue_call(actor, order(actor, issuer, [operations.Asked(desk, area=area) for area in part]))
    took, _statements = answers(signed_in(desk), "/desk/")
    report.row("calls", f"desk of a post with {OPEN} open, 95th percentile", took, "ms", target=MOST_DESK)
