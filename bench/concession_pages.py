"""List and page of the register of concessions at 20,000 projects, asked of the real web server, in milliseconds."""

import random
from datetime import date, timedelta
from decimal import Decimal
from statistics import quantiles

import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.many import terms, words
from bench.pages import Page, fixed, measure, of, served, session_of
from bench.stopwatch import stopwatch
from sala.access.actor import Actor, command
from sala.concessions.models import (
    ApprovalStep,
    Commodity,
    Concession,
    ConcessionArea,
    ConcessionDocument,
    Grant,
    JobCount,
    Party,
    Shareholding,
)
from sala.concessions.operations.bulk import Drawn, Load, load
from sala.concessions.queries.profile import profile
from sala.concessions.queries.register import Narrowing, in_order, lines, register, totals
from sala.core import clock
from sala.core.models import Term
from sala.documents.models import Document
from sala.people.models import Appointment, Organisation, Person, Position
from sala.people.queries import actor_for
from sala.places.models import Area

PACK = "laos"  # the tree of a real country's size
PROJECTS, PARTIES, AT_ONCE = 20_000, 5_000, 5_000
MOST_LIST, MOST_PROFILE = 200, 85  # milliseconds
STATES = ["request", "screened", "mou", "signed", "registered", "implementing", "expired", "terminated"]
SECTORS = ["agriculture", "tree_plantation", "mining", "hydropower"]

REFERENCES = "select reference from concessions_concession order by id limit 4000"
NUMBERS = "select number from concessions_party order by id limit 2000"
DISTRICTS = "select a.code from places_area a join places_level l on l.id = a.level_id where l.rank = 2"
PAGES = [
    (Page("list", fixed("/concessions/"), "official"), MOST_LIST),
    (Page("list of a district", of("/concessions/?place={}", DISTRICTS), "official"), MOST_LIST),
    (Page("list of a sector, by hectares", of("/concessions/?sector={}&order=hectares", "select code from core_term where scheme = 'sector' and code in ('agriculture', 'mining', 'tree_plantation', 'hydropower')"), "official"), MOST_LIST),
    (Page("list of a year and size", of("/concessions/?year={}&least=100", "select generate_series(2000, 2020)::text"), "official"), MOST_LIST),
    (Page("list of a holder", of("/concessions/?holder={}", NUMBERS), "official"), MOST_LIST),
    (Page("list without agreement", fixed("/concessions/?lacks=agreement"), "official"), MOST_LIST),
    (Page("profile", of("/concessions/{}/", REFERENCES), "official"), MOST_PROFILE),
    (Page("completeness of the country", fixed("/concessions/completeness/"), "official"), MOST_LIST),
]  # fmt: skip


def run(report) -> None:
    with stopwatch() as spent:
        fill(PROJECTS)
    report.row("concession_pages", f"loading {PROJECTS:,} projects", spent.wall, "s")
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    person = keeper()
    actor = actor_for(person)
    few, many = statements(actor, 5), statements(actor, 50)
    report.row("concession_pages", "statements of 50 lines", many, "", "5 lines", few, target=few)
    with served() as port:
        cookie = session_of(person)
        for page, most in PAGES:
            found = measure(port, page, cookie)
            middle, slow = (quantiles(found.times, n=20)[cut] for cut in (9, 18))
            report.row("concession_pages", f"{page.name}, p50", middle, "ms")
            report.row("concession_pages", f"{page.name}, p95 of {len(found.times)}", slow, "ms", target=most)
            report.row("concession_pages", f"{page.name}, first view", found.weight / 1000, "kB")


def post_of_the_register() -> Position:
    return Position.objects.filter(code__endswith="-register").order_by("organisation__area__level__rank", "code")[0]


def keeper() -> Person:
    """Somebody in the post that keeps the register of the country."""
    person = Person.objects.create(name="Bench keeper", email="keeper@example.org", language="lo", is_invented=True)
    Appointment.objects.create(
        person=person, position=post_of_the_register(), valid=(clock.today() - timedelta(days=1), None)
    )
    return person


def statements(actor: Actor, count: int) -> int:
    """How many statements a page of so many lines and its totals take, and one profile."""
    with CaptureQueriesContext(connection) as captured:
        rows = register(actor, Narrowing())
        totals(actor, rows)
        shown = list(in_order(rows, "reference").select_related("area__parent", "sector", "lead")[:count])
        lines(actor, shown)
        profile(actor, shown[0])
    return len(captured)


def fill(count: int) -> None:
    """Projects spread over all districts, each with holder, grant, two areas, a paper, steps and jobs."""
    chance = random.Random(7)
    office = post_of_the_register().organisation
    districts = list(Area.objects.filter(level__rank=2, label_point__isnull=False)) or list(
        Area.objects.filter(level__rank=2)
    )
    sectors = list(Term.objects.filter(scheme="sector", code__in=SECTORS))
    grown, roles = terms("commodity"), {term.code: term for term in terms("concession-paper")}
    papers = _papers(office)
    parties = _parties(office, chance)
    for start in range(0, count, AT_ONCE):
        rows = Load()
        for number in range(start, min(start + AT_ONCE, count)):
            _project(rows, number, chance, office, districts, sectors, grown, roles, papers, parties)
        load(command(), office, rows, source="bench")


def _papers(office: Organisation) -> list[Document]:
    kind = Term.objects.get(scheme="document-kind", code="decision")
    return [
        Document.objects.create(slug=f"bench-paper-{number}", title={"lo": f"ສັນຍາ {number}"}, kind=kind, owner=office, is_invented=True)
        for number in range(50)
    ]  # fmt: skip


def _parties(office: Organisation, chance: random.Random) -> list[Party]:
    rows = Load()
    for _number in range(PARTIES):
        rows.parties.append(
            Party(name=words(chance, 3), kind="company", keeper=office, area=office.area, is_invented=True)
        )
    for number, party in enumerate(rows.parties[1:], 1):
        if number % 3 == 0:  # a third has an owner among those before it: chains of several links
            rows.shareholdings.append(
                Shareholding(owner=rows.parties[chance.randrange(number)], owned=party, share=Decimal(60))
            )
    load(command(), office, rows, source="bench")
    return rows.parties


def _project(rows: Load, number: int, chance: random.Random, office: Organisation, districts: list[Area], sectors: list[Term],
             grown: list[Term], roles: dict[str, Term], papers: list[Document], parties: list[Party]) -> None:  # fmt: skip
    district, state, now = chance.choice(districts), chance.choice(STATES), clock.now()
    made = Concession(
        kind=chance.choice(["lease", "concession"]), name=words(chance, 4), sector=chance.choice(sectors), area=district,
        lead=office, state=state, is_invented=True,
    )  # fmt: skip
    hectares = Decimal(chance.randint(10, 2000))
    day = date(2000, 1, 1) + timedelta(chance.randint(0, 7300))
    rows.concessions.append(made)
    rows.grants.append(
        Grant(
            concession=made,
            holder=chance.choice(parties),
            granted_ha=hectares,
            decided_on=day,
            starts_on=day,
            term_months=360,
        )
    )
    rows.commodities.append(Commodity(concession=made, commodity=chance.choice(grown)))
    side = float(hectares) ** 0.5 / 1100
    west, south = 100.6 + chance.random() * 6, 14.5 + chance.random() * 7
    shape = shapely.box(west, south, west + side, south + side)
    rows.areas.append(
        Drawn(ConcessionArea(concession=made, purpose="granted", accuracy="imagery", stated_ha=hectares), shape)
    )
    developed = ConcessionArea(concession=made, purpose="implementation", accuracy="unit", stated_ha=hectares / 2)
    rows.areas.append(Drawn(developed))
    if number % 3:
        paper = chance.choice(papers)
        rows.papers.append(ConcessionDocument(concession=made, document=paper, role=roles["agreement"], added_at=now))
    for before, after in (("request", "screened"), ("screened", "mou")):
        rows.steps.append(
            ApprovalStep(
                concession=made, verb="screen", from_state=before, to_state=after, decided_on=day, recorded_at=now
            )
        )
    rows.jobs.append(JobCount(concession=made, kind="present", as_of=day, total=chance.randint(1, 400)))
