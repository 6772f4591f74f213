"""A concession from its request to its end, each at the desk of whoever does it, in Lao, on a phone, without scripts.

District enters, screens; province decides; finance charges and takes the payment; the inspector walks the boundary and
sends an improvement notice; the company answers; the province ends it by a numbered decision and takes the land back.
"""

from datetime import timedelta

import pytest
import shapely

from sala.access.actor import command
from sala.concessions.models import Concession
from sala.concessions.operations.findings import reckon
from sala.core import clock, money
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents import operations as documents
from sala.ledger import operations as ledger
from sala.ledger.models import AccountKind
from sala.people.models import Person
from tests.concessions.conftest import appoint, square
from tests.conftest import connected_to
from tests.world import World

pytestmark = pytest.mark.browser

PAPERS = {
    "request": "letter", "memorandum": "agreement", "survey_report": "report", "agreement": "agreement",
    "certificate": "decision", "environmental_certificate": "decision", "order": "decision", "handover": "report",
}  # fmt: skip
WALK = """<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
{points}</trkseg></trk></gpx>"""
SEND = "main form p.row > button"


@pytest.fixture
def land(served):
    """People of the land offices, papers among the documents, and the bank account of the finance office."""
    with connected_to(served.database):
        world = World()
        if not Person.objects.filter(email="district@example.org").exists():
            appoint(world)
        kinds = {term.code: term for term in Term.objects.filter(scheme="document-kind")}
        for role, kind in PAPERS.items():
            documents.add_document(
                command(), world.organisation("LAND-D0101"), kind=kinds.get(kind, kinds["decision"]), slug=f"life-{role}",
                title=Translated(lo=f"ເອກະສານ {role}", en=f"Paper {role}"), number=f"77-{len(role)}/ຈຂ", issued_on=clock.today(),
            )  # fmt: skip
        ledger.open_account(
            command(), world.organisation("FIN-P01"), kind=AccountKind.BANK, currency=money.own(), code="life-bank",
            name=Translated(lo="ບັນຊີທະນາຄານ", en="Bank"), is_invented=True,
        )  # fmt: skip


def walked() -> str:
    """A walk once around a little more than half of the area."""
    west, south, east, north = square().bounds
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return WALK.format(points="".join(f'<trkpt lat="{y}" lon="{x}"/>' for x, y in corners))


class Desk:
    """One person at work on the entry."""

    def __init__(self, open_page, who: str):
        self.page = open_page(360)
        self.page.sign_in(who)

    def fill(self, path: str, **fields: str) -> None:
        """Open a form, fill it and send it. A choice is written as a word with = before it."""
        self.page.go(path)
        for name, value in fields.items():
            if value.startswith("="):
                radio = self.page.locator(f"input[name={name}][value='{value[1:]}']")
                radio.first.check() if radio.count() else self.choose(name, value[1:])
            else:
                self.page.fill(f"[name={name}]", value)
        self.send()

    def choose(self, name: str, wanted: str) -> None:
        """By the value of the choice, or by a part of its words."""
        for option in self.page.locator(f"select[name={name}] option").all():
            if option.get_attribute("value") == wanted or wanted in option.inner_text().replace("\u200b", ""):
                self.page.select_option(f"select[name={name}]", option.get_attribute("value"))
                return
        raise AssertionError(f"{name} offers no {wanted}")

    def send(self) -> None:
        before = self.page.url
        self.page.click(SEND)
        told = self.page.locator(".errors, .errorlist, [role=alert]")
        assert self.page.url != before or not told.count(), told.all_inner_texts()

    def paper(self, base: str, role: str) -> None:
        self.fill(f"{base}papers/new/", role=f"={role}", document=f"life-{role}")

    def step(self, base: str, step: str, **fields: str) -> None:
        self.fill(f"{base}step/", step=f"={step}", **fields)

    def words(self) -> str:
        return self.page.inner_text("main").replace("\u200b", "")


DECIDED = {"decided_on": "2024-03-01", "body_name": "ທ່ານເຈົ້າແຂວງ"}


def test_a_life_from_the_request_to_the_closure(open_page, served, land, tmp_path):
    district = Desk(open_page, "district")
    district.fill("/parties/new/", name_lo="ບໍລິສັດ ຕົ້ນໄມ້ງາມ", organisation="TREECO")
    party = district.page.locator("main .codes").first.inner_text()
    district.fill("/concessions/new/", name_lo="ໂຄງການຢາງພາລາ ໂນນສູງ", sector="=tree_plantation", area="0101")
    base = district.page.url.removeprefix(served.url).partition("?")[0]
    reference = base.split("/")[2]
    district.paper(base, "request")
    area = {"stated_ha": "110", "accuracy": "=survey", "drawing": shapely.to_geojson(square())}
    district.fill(f"{base}areas/new/", purpose="=requested", **area)

    district.fill(f"/concessions/screening/new/?concession={reference}", level="=ແຂວງ", term_months="360", holder=party)
    assert "/concessions/screening/" in district.page.url
    assert district.page.locator("main .tag").count() >= 3 and "ໂນນສູງ" in district.words()
    assert district.page.request.get(f"{district.page.url.partition('?')[0]}paper.pdf").ok

    province = Desk(open_page, "province")
    province.step(base, "screen")
    for role in ("memorandum", "survey_report", "agreement", "certificate", "environmental_certificate"):
        province.paper(base, role)
    province.step(base, "agree_study", **DECIDED)
    province.step(base, "survey")
    province.step(base, "negotiate")
    grant = {"holder": party, "granted_ha": "110", "years": "30", "level": "=province", "starts_on": "2024-03-01"}
    province.fill(f"{base}grants/new/", **grant, **DECIDED)
    province.fill(f"{base}areas/new/", purpose="=granted", **area)
    province.step(base, "sign", **DECIDED)
    province.step(base, "register", **DECIDED)
    province.step(base, "begin")

    cashier = Desk(open_page, "cashier")
    cashier.fill(f"{base}dues/new/", kind="=rent", basis="=yearly", amount="3.000.000", starts_on="2024-03-01")
    cashier.fill(f"{base}dues/charge/")
    cashier.page.go(f"{base}dues/")
    assert "9.000.000" in cashier.words(), "three years have begun"
    cashier.page.click("main a[href$='/pay/']")
    cashier.page.fill("[name=amount]", "6.000.000")
    cashier.send()
    cashier.page.go(f"{base}dues/")
    assert "3.000.000" in cashier.words() and cashier.page.locator("a[href*='/ledger/payments/']").count() == 1
    cashier.page.go("/concessions/arrears/?place=0101")
    assert "ໂນນສູງ" in cashier.words()

    track = tmp_path / "walk.gpx"
    track.write_text(walked())
    inspector = Desk(open_page, "inspector")
    inspector.page.go(f"{base}inspections/new/")
    inspector.page.set_input_files("[name=track]", str(track))
    inspector.page.fill("[name=inspected_on]", clock.today().isoformat())
    inspector.page.fill("[name=team]", "ທີມກວດກາ ແຂວງ")
    inspector.page.check("[name=activity][value=no]")
    inspector.page.fill("[name=note]", "ບໍ່ມີການປູກຕາມສັນຍາ")
    inspector.send()
    assert "ທີມກວດກາ ແຂວງ" in inspector.words() and inspector.page.locator("figure.map svg").count() >= 1

    due = (clock.today() + timedelta(days=60)).isoformat()
    inspector.page.go(f"/concessions/orders/new/?q={reference}")
    inspector.page.check("[name=kind][value=improve]")
    inspector.page.check("[name=addressee][value=company]")
    for name, text in (("title", "ໃບແຈ້ງໃຫ້ປັບປຸງ"), ("purpose", "ໃຫ້ປູກຕາມສັນຍາ"), ("instruction", "ປູກໃຫ້ຄົບ ແລະ ສົ່ງຮູບ")):
        inspector.page.fill(f"[name={name}_lo]", text)
    inspector.page.fill("[name=due_on]", due)
    inspector.send()
    order = inspector.page.url.removeprefix(served.url).partition("?")[0]
    inspector.fill(f"{order}send/")

    company = Desk(open_page, "company")
    company.page.go("/desk/")
    company.page.click("main a:has-text('ໃບແຈ້ງໃຫ້ປັບປຸງ')")
    work = company.page.url.removeprefix(served.url).partition("?")[0]
    company.page.click("main a[href*='/orders/answers/']")
    company.page.fill("[name=answer]", "ປູກແລ້ວ 60 ຮຕ, ສ່ວນທີ່ເຫຼືອຈະປູກໃນລະດູຝົນ")
    company.send()

    inspector.page.go(work)
    assert "60 ຮຕ" in inspector.words()
    inspector.page.click("main a[href$='/accept/'], main button:has-text('ຍອມຮັບ')")
    if inspector.page.locator(SEND).count():
        inspector.send()
    inspector.page.go(order)
    assert inspector.page.locator("table .tag.ok").count() == 1

    province.paper(base, "order")
    province.step(base, "terminate", **{**DECIDED, "decided_on": clock.today().isoformat()})
    province.paper(base, "handover")
    province.step(base, "return", decided_on=clock.today().isoformat(), body_name="ທ່ານເຈົ້າແຂວງ")
    province.page.go(base)
    with connected_to(served.database):
        made = Concession.objects.get(reference=reference)
        assert made.state == "returned" and made.inspections.count() == 1 and made.steps.count() == 9
        reckon(command())  # as the worker does after each change
        assert made.situations.order_by("-pk").first().code == "closed"
    assert company.page.goto(served.url + base).status == 200
    assert open_page(360).goto(served.url + base).status == 404
