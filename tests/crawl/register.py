"""Two concessions with all that hangs on them, and who may know of what.

The sector of `open` is opened to everybody by a decision, in names and in money; that of `closed` is not. Both lie in one
district and are held by one company. Every record carries a mark of its own, zirkon-<noun>-<open|closed|both>, in a
text that its page shows: a mark on any page tells that the record is named there.

district        keeps both entries and screened one     cashier      keeps the books of the province, reads its concessions
province        confirms, and ordered something         far_cashier  keeps the books of another
other_district  the land office of another province     company      holds both               public   nobody
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from sala.concessions import operations
from sala.concessions.models import Concession, CriteriaVersion, Finding
from sala.concessions.operations.assessing import answer
from sala.concessions.operations.assessment_rounds import open_round
from sala.concessions.operations.inspections import enter_inspection
from sala.concessions.operations.orders import Words, draft_order, send_order
from sala.concessions.operations.screening import Asked, screen
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.ledger import operations as ledger
from tests.concessions.conftest import square
from tests.concessions.test_dues import months_ago

EVERYBODY = ("district", "province", "other_district", "cashier", "far_cashier", "company", "public")
READERS = [
    who for who in EVERYBODY if who != "far_cashier"
]  # who is asked page by page; the last one list by list only
OFFICES = {"district", "province", "cashier"}
HOLDER = {"company"}
BOOKS = {"cashier", "province"}  # the province reads what every office in it keeps
STAFF = set(EVERYBODY) - {"company", "public"}

# mark → who may know of it
KNOWN_TO = {
    "concession-open": set(EVERYBODY), "concession-closed": OFFICES | HOLDER,
    "holder-both": OFFICES | HOLDER,
    "due-open": set(EVERYBODY), "due-closed": OFFICES | HOLDER,
    "account-open": BOOKS | HOLDER, "account-closed": BOOKS | HOLDER,
    "inspection-open": OFFICES, "inspection-closed": OFFICES,
    "finding-open": OFFICES, "finding-closed": OFFICES,
    "order-both": {"district", "province"},
    "round-both": STAFF | HOLDER,
    "said-open": OFFICES, "said-closed": OFFICES,
    "screening-closed": OFFICES,
}  # fmt: skip


@dataclass
class Page:
    """An address, who gets it, and which records it names, to those who may know of them."""

    address: str
    readers: set[str]
    names: set[str] = field(default_factory=set)


def mark(noun: str, which: str) -> str:
    return f"zirkon-{noun}-{which}"


def text(noun: str, which: str) -> Translated:
    return Translated(lo=mark(noun, which), en=mark(noun, which))


def make_register(world, paper) -> dict[str, Any]:
    """Enter all of it; "open" and "closed" → their rows by noun, and what both share."""
    company = world.organisation("TREECO")
    holder = operations.enter_party(
        world.actor("command"), name=text("holder", "both"), kind="company", organisation=company,
        keeper=world.organisation("LAND-D0101"),
    )  # fmt: skip
    bank = ledger.open_account(
        world.actor("cashier"), world.organisation("FIN-P01"), kind="bank", currency="XTS", name=text("bank", "both")
    )
    rows = {which: _concession(world, which, sector, holder, bank)
            for which, sector in (("open", "tree_plantation"), ("closed", "mining"))}  # fmt: skip
    made: dict[str, Any] = {**rows, "holder": holder, "bank": bank}
    both = Concession.objects.filter(pk__in=[row["concession"].pk for row in rows.values()])
    words = Words(text("order", "both"), Translated(lo="ເພື່ອ", en="So that"), Translated(lo="ໃຫ້", en="Do it"))
    made["order"] = draft_order(
        world.actor("province"), both, issuer=world.position("LAND-P01-confirms"), kind="act", addressee="keeper",
        words=words, due_on=clock.today() + timedelta(days=40),
    )  # fmt: skip
    send_order(world.actor("province"), made["order"])
    made["round"] = open_round(
        world.actor("ministry"), world.organisation("LAND"), name=text("round", "both"), area=world.area("DM"),
        version=CriteriaVersion.objects.get(code="example-2026"), opens_on=clock.today(), due_on=clock.today(),
    )  # fmt: skip
    for which, row in rows.items():
        assessment = row["assessment"] = row["concession"].assessments.get()
        answer(
            world.actor("district"), assessment, respondent="government", answers={"wages": "yes"},
            answered_on=clock.today(), words=mark("said", which),
        )  # fmt: skip
    decision, yesterday = paper(owner="LAND"), clock.today() - timedelta(days=1)
    for row in rows.values():
        operations.confirm(world.actor("province"), row["concession"], "basics", "money")
    for name in ("basics", "money"):
        operations.open_class(
            world.actor("ministry"), field_class=name, decision=decision, start=yesterday,
            sector=Term.objects.get(scheme="sector", code="tree_plantation"),
        )  # fmt: skip
    return made


def _concession(world, which: str, sector: str, holder, bank) -> dict[str, Any]:
    start = months_ago(14)
    row = operations.enter(
        world.actor("district"), kind="concession", name=text("concession", which), area=world.area("0101"),
        sector=Term.objects.get(scheme="sector", code=sector), lead=world.organisation("LAND-D0101"),
        source="Paper of the district",
    )  # fmt: skip
    operations.grant(
        world.actor("district"), row, holder=holder, granted_ha=Decimal(100), decided_on=start, starts_on=start,
        term_months=360,
    )  # fmt: skip
    Concession.objects.filter(pk=row.pk).update(state="signed")
    account = ledger.open_account(
        world.actor("cashier"), bank.owner, currency="XTS", payer=holder.organisation, subject=row,
        name=text("account", which),
    )  # fmt: skip
    due = operations.enter_due(
        world.actor("cashier"), row, kind=Term.objects.get(scheme="charge-kind", code="rent"), basis="rate",
        area_basis="granted", rate=Decimal(30), currency="XTS", starts_on=start, books=bank.owner, note=mark("due", which),
    )  # fmt: skip
    charge = operations.raise_charges(world.actor("cashier"), row)[0].charge
    payment = ledger.pay(world.actor("cashier"), account, into=bank, amount=100, paid_on=clock.today())
    inspection = enter_inspection(
        world.actor("district"), row, inspected_on=clock.today(), activity="yes", team=mark("inspection", which)
    )
    finding = Finding.objects.create(
        concession=row, code="overlap", key=mark("finding", which), figures={"hectares": "12.00", "percent": "1.0"},
        found_at=clock.now(), computed_at=clock.now(),
    )  # fmt: skip
    made = {"concession": row, "account": account, "due": due, "charge": charge, "payment": payment,
            "inspection": inspection, "finding": finding}  # fmt: skip
    if which == "closed":
        made["screening"] = screen(
            world.actor("district"), world.organisation("LAND-D0101"), shape=GEOSGeometry(square().wkt, srid=4326),
            title=mark("screening", which), asked=Asked(sector=sector), concession=row,
        )  # fmt: skip
    return made


def pages_of(made: dict[str, Any]) -> Iterator[Page]:
    """The page and the API row of each record, and of what hangs on each concession."""
    for which in ("open", "closed"):
        rows = made[which]
        row, knows = rows["concession"], KNOWN_TO[f"concession-{which}"]
        page, row_of = row.get_absolute_url(), f"/api/v1/concessions/{row.reference}"
        concession = f"concession-{which}"
        yield Page(page, knows, {concession, "holder-both", f"inspection-{which}", f"finding-{which}"})
        yield Page(row_of, knows, {concession})
        yield Page(f"{page}dues/", knows, {concession, f"due-{which}", f"account-{which}"})
        yield Page(f"{row_of}/dues", knows)
        yield Page(rows["inspection"].get_absolute_url(), OFFICES, {concession, f"inspection-{which}"})
        yield Page(f"{row_of}/inspections", OFFICES, {f"inspection-{which}"})
        yield Page(f"{row_of}/orders", knows)
        judged = OFFICES | HOLDER
        yield Page(rows["assessment"].get_absolute_url(), judged, {concession, f"said-{which}"})
        yield Page(f"{rows['assessment'].get_absolute_url()}sheet.pdf", OFFICES)
        yield Page(f"{row_of}/assessments", judged, {f"said-{which}"})
        yield Page(rows["finding"].get_absolute_url(), OFFICES, {concession, f"finding-{which}"})
        account = rows["account"]
        yield Page(account.get_absolute_url(), BOOKS | HOLDER, {f"account-{which}", concession})
        yield Page(f"/api/v1/ledger/accounts/{account.code}", BOOKS | HOLDER, {f"account-{which}"})
        if which == "open":  # the books are alike
            continue
        yield Page(f"/api/v1/ledger/accounts/{account.code}/entries", BOOKS | HOLDER)
        for noun in ("charge", "payment"):
            number = rows[noun].transaction.number
            yield Page(rows[noun].get_absolute_url(), BOOKS | HOLDER, {f"account-{which}"})
            yield Page(f"/api/v1/ledger/{noun}s/{number}", BOOKS | HOLDER)
            yield Page(f"/ledger/transactions/{number}/", BOOKS)
    screening = made["closed"]["screening"]
    for address in (screening.get_absolute_url(), f"/api/v1/concessions/screenings/{screening.reference}"):
        yield Page(address, KNOWN_TO["screening-closed"], {"screening-closed"})
    reference = made["order"].call.reference
    for address in (f"/concessions/orders/{reference}/", f"/api/v1/concessions/orders/{reference}"):
        yield Page(address, KNOWN_TO["order-both"], {"order-both"})
    for address in (made["round"].get_absolute_url(), f"/api/v1/assessment-rounds/{made['round'].slug}"):
        yield Page(address, KNOWN_TO["round-both"], {"round-both"})
    yield Page(made["bank"].get_absolute_url(), BOOKS)


# what lists and tables name, to those who may know of it; whoever has nothing to do with them is asked to sign in
CONCESSIONS = {"concession-open", "concession-closed"}
LISTS = {
    "/concessions/": CONCESSIONS,
    "/concessions/list.csv": CONCESSIONS,
    "/concessions/list.geojson": set(),
    "/concessions/overview/": set(),
    "/concessions/arrears/": CONCESSIONS,
    "/concessions/arrears/?format=csv": CONCESSIONS,
    "/concessions/inspections/": {"inspection-open", "inspection-closed"},
    "/concessions/inspections/?format=csv": {"inspection-open", "inspection-closed"},
    "/concessions/findings/": {"finding-open", "finding-closed"},
    "/concessions/orders/": {"order-both"},
    "/concessions/assessments/": {"round-both"},
    "/concessions/screening/": {"screening-closed"},
    "/concessions/completeness/": set(),
    "/parties/": {"holder-both"},
    "/ledger/": {"account-open", "account-closed"},
    "/ledger/payments/": {"account-open", "account-closed"},
    "/places/0101/": set(),
    "/desk/": set(),
    "/calendar/": set(),
    "/search/?q=zirkon": set(),
}  # fmt: skip

# API list → the key of a row that names it, and the nouns of its rows
COUNTED = {
    "/api/v1/concessions?size=100": ("reference", "concession"),
    "/api/v1/arrears?size=100": ("reference", "concession"),
    "/api/v1/concessions/inspections?size=100": ("team", "inspection"),
    "/api/v1/concessions/findings?size=100": ("key", "finding"),
    "/api/v1/concessions/screenings?size=100": ("title", "screening"),
    "/api/v1/concessions/orders?size=100": ("title", "order"),
    "/api/v1/assessment-rounds?size=100": ("name", "round"),
    "/api/v1/ledger/accounts?size=100": ("name", "account"),
    "/api/v1/ledger/charges?size=100": ("account", "account"),
}
