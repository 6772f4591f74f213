"""Pages, lists and the API of what is owed: for the finance officer, the holder, other offices and everybody."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.access.actor import command
from sala.concessions import operations
from sala.concessions.exchange.register.rows import rows
from sala.concessions.models import Concession, Due, Raised, Situation
from sala.concessions.operations.findings import reckon
from sala.concessions.queries.desk import desk_rows
from sala.core import clock
from sala.core.calendar import entries
from sala.core.language import Translated
from sala.ledger import bank_files
from sala.ledger import operations as ledger
from sala.ledger.models import Account
from sala.ledger.queries.matching import matched
from sala.ledger.queries.papers import statement_content
from sala.places.lists import Line
from tests.concessions.test_dues import months_ago
from tests.ledger.test_papers import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(cast, granted, concession, rent):
    """owing(en, months=14, **fields of the grant) → granted and charged since then; the first year is late."""

    def make(en="Teak one", months=14, hectares=100, **fields):
        start = months_ago(months)
        made = granted(hectares, concession(en), starts_on=start, decided_on=start, **fields)
        rent(made, starts_on=start)
        operations.raise_charges(cast.actor("cashier"), made)
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def bank(cast):
    return ledger.open_account(
        cast.actor("cashier"), cast.organisation("FIN-P01"), kind="bank", currency="XTS", code="fin-p01-bank",
        name=Translated(lo="ບັນຊີທະນາຄານ", en="Bank account"),
    )  # fmt: skip


@pytest.fixture
def lately_far(cast, granted, rent):
    """(a concession charged in the books of an office that does not see it, a line of its bank with the reference)"""
    made = granted(100, starts_on=months_ago(14), decided_on=months_ago(14))
    books = cast.organisation("FIN-P02")
    rent(made, "command", books=books, starts_on=months_ago(14))
    operations.raise_charges(command(), made)
    into = ledger.open_account(
        command(), books, currency="XTS", kind="bank", code="fin-p02-bank", name=Translated(lo="ບັນຊີທະນາຄານ", en="Bank account")
    )  # fmt: skip
    said = {"day": clock.today().isoformat(), "amount": "17.00", "reference": "BK-1", "text": f"rent {made.reference}"}
    file = bank_files.read([Line(2, said)], {name: name for name in said}, "XTS", ".")
    taken = ledger.take_in(command(), into, file, file_name="bank.csv", sha256="2" * 64)
    return made, taken.statement.lines.select_related("bank").get()


@pytest.fixture
def opened(cast, paper, stand_for):
    """opened(*classes) → these classes are open to everybody by a decision."""

    def make(*classes):
        decision = paper(owner="LAND")
        stand_for(*classes)
        for name in classes:
            operations.open_class(
                cast.actor("ministry"), field_class=name, decision=decision, start=clock.today() - timedelta(days=1)
            )

    return make


def dues_page(made, more=""):
    return f"/concessions/{made.reference}/dues/{more}"


def test_the_finance_officer_enters_a_term_and_charges_from_the_page(cast, visit, granted):
    start = months_ago(14)
    made = granted(100, starts_on=start, decided_on=start)
    officer = visit("cashier")
    form = officer.get(dues_page(made, "new/"))
    assert form.status_code == 200 and form.context["form"]["books"].initial == cast.organisation("FIN-P01")
    sent = {
        "version": made.version, "kind": "rent", "basis": "rate", "area_basis": "granted", "currency": "XTS", "rate": "12.5",
        "months": "12", "days": "30", "starts_on": start.isoformat(), "books": "FIN-P01",
    }  # fmt: skip
    refused = officer.post(dues_page(made, "new/"), sent | {"rate": ""})
    assert refused.status_code == 200 and "Give the rate" in refused.content.decode()
    answer = officer.post(dues_page(made, "new/"), sent)
    assert answer.status_code == 302 and answer.url == dues_page(made)
    assert Due.objects.get().rate == Decimal("12.5")
    made.refresh_from_db()
    assert officer.post(dues_page(made, "charge/"), {"version": made.version}).status_code == 302
    page = officer.get(dues_page(made)).content.decode()
    assert "1,250.00" in page and "Late" in page and Raised.objects.count() == 2


def test_sent_twice_or_reloaded_nothing_is_charged_twice(visit, owing):
    made = owing()
    officer = visit("cashier")
    for _again in range(2):
        assert officer.post(dues_page(made, "charge/"), {"version": made.version}).status_code == 302
    assert Raised.objects.count() == 2


@pytest.mark.parametrize("more", ["new/", "fine/", "charge/"])
def test_who_may_not_say_what_is_owed_gets_no_form(visit, owing, more):
    made = owing()
    for who, status in (("district", 403), ("province", 403), ("company", 403), ("stranger", 404), ("public", 404)):
        assert visit(who).get(dues_page(made, more)).status_code == status, who


def test_the_page_is_there_for_those_who_read_money_only(visit, owing, opened):
    made = owing()
    for who in ("cashier", "district", "province", "inspector", "company"):
        assert visit(who).get(dues_page(made)).status_code == 200, who
    for who in ("stranger", "far_cashier", "other_district", "public", "citizen"):
        assert visit(who).get(dues_page(made)).status_code == 404, who
        assert visit(who).get(f"/api/v1/concessions/{made.reference}/dues").status_code == 404, who
    opened("basics")
    assert visit().get(dues_page(made)).status_code == 404
    opened("money")
    page = visit().get(dues_page(made)).content.decode()
    assert "3,000.00" in page and "Invented Trees Company" not in page and "/ledger/" not in page


@pytest.fixture
def shared(cast, concession, granted, party, rent):
    """A concession of two holders, charged: the company owes 60 of 100."""
    made, start = concession(), months_ago(6)
    granted(60, made, share=Decimal(60), starts_on=start, decided_on=start)
    operations.grant(cast.actor("district"), made, holder=party("Another holder"), share=Decimal(40), granted_ha=Decimal(40),
                     starts_on=start)  # fmt: skip
    rent(made, starts_on=start)
    operations.raise_charges(cast.actor("cashier"), made)
    return made


@pytest.mark.parametrize("classes", [(), ("basics", "judgement")])
def test_a_holder_is_told_of_its_own_part_only(visit, shared, opened, classes):
    """That everybody may read what authorities think of it makes no office of a company."""
    made = shared
    opened(*classes)
    told = visit("company").get(f"/api/v1/concessions/{made.reference}/dues").json()
    (period,) = told["dues"][0]["periods"]
    assert (period["owed"], period["charged"], period["open"]) == (180_000, 180_000, 180_000)
    page = visit("company").get(dues_page(made)).content.decode()
    assert "1,800.00" in page and "1,200.00" not in page and "3,000.00" not in page
    assert visit("cashier").get(f"/api/v1/concessions/{made.reference}/dues").json()["years"][0]["owed"] == 300_000
    assert visit().get(dues_page(made)).status_code == 404


def test_where_money_is_open_to_everybody_a_holder_reads_what_everybody_reads(visit, shared, opened):
    opened("basics", "money")
    for who in ("company", "public"):
        told = visit(who).get(f"/api/v1/concessions/{shared.reference}/dues").json()
        assert told["years"][0]["owed"] == 300_000, who


def test_the_late_are_listed_by_age_place_and_sector(cast, visit, owing, party):
    late, fresh = owing("Late one"), owing("Paid one", holder=party("Somebody"))
    for row in Account.objects.filter(subject_id=fresh.pk):
        bank = ledger.open_account(
            cast.actor("cashier"), row.owner, kind="cash", currency="XTS", code="cash-1", name=Translated(lo="ເງິນສົດ")
        )
        ledger.pay(cast.actor("cashier"), row, into=bank, amount=600_000, paid_on=clock.today())
    page = visit("cashier").get("/concessions/arrears/").content.decode()
    assert "Late one" in page and "Paid one" not in page and "3,000.00" in page
    answer = visit("cashier").get("/api/v1/arrears", {"by": "sector"}).json()
    assert [row["reference"] for row in answer["items"]] == [late.reference]
    (group,) = answer["groups"]
    assert group["code"] == "tree_plantation" and group["late"] == 600_000 == answer["in_all"][0]["late"]
    assert (
        answer["items"][0]["ages"]["over-365"] == 300_000
        and answer["items"][0]["ages"]["31-90"] + answer["items"][0]["ages"]["1-30"] == 300_000
    )
    assert visit("cashier").get("/api/v1/arrears", {"currency": "XDL"}).json()["items"] == []
    assert visit("cashier").get("/api/v1/arrears", {"place": "02"}).json()["items"] == []
    assert visit("cashier").get("/api/v1/arrears", {"least": "nonsense"}).status_code == 422
    listed = visit("cashier").get("/api/v1/concessions", {"arrears": "late"}).json()
    assert [row["reference"] for row in listed["items"]] == [late.reference]
    assert "6,000.00" in visit("cashier").get("/concessions/").content.decode()


def test_arrears_are_closed_to_who_does_not_read_money_and_few_are_not_added_up(visit, owing, opened, party, stand_for):
    for number in range(2):
        owing(f"Late {number}", holder=party(f"Holder {number}"))
    for who in ("public", "stranger", "far_cashier"):
        assert visit(who).get("/api/v1/arrears").json()["items"] == [], who
        assert visit(who).get("/concessions/?arrears=late").context["totals"].number == 0, who
    opened("basics", "money")
    answer = visit().get("/api/v1/arrears").json()
    assert len(answer["items"]) == 2 and answer["in_all"][0]["late"] is None and answer["items"][0]["holders"] is None
    owing("Late 3", holder=party("Holder 3"))
    stand_for("basics", "money")
    assert visit().get("/api/v1/arrears").json()["in_all"][0]["late"] == 1_800_000


def test_the_table_for_spreadsheets_has_the_same_figures(visit, owing):
    made = owing()
    text = visit("cashier").get("/concessions/arrears/?format=csv").content.decode()
    assert made.reference in text and "6000.0" in text and "XTS" in text.splitlines()[1]


def test_the_table_of_the_register_tells_what_is_late_to_who_reads_money(cast, visit, owing, opened):
    made = owing()
    found = Concession.objects.filter(pk=made.pk)
    (row,) = rows(cast.actor("cashier"), found)
    assert row["late_xts"] == Decimal("6000.00") and row["late_xdl"] is None
    assert [row["late_xts"] for row in rows(cast.actor("company"), found)] == [Decimal("6000.00")]
    opened("basics")
    assert [row["late_xts"] for row in rows(cast.actor("public"), found)] == [None]


def test_the_page_of_the_holder_tells_what_it_is_late_with(visit, owing, tree_company):
    owing()
    assert "6,000.00 XTS" in visit("district").get(tree_company.get_absolute_url()).content.decode()
    assert "6,000.00 XTS" in visit("company").get(tree_company.get_absolute_url()).content.decode()


def test_the_bank_settles_a_charge_by_the_reference_of_the_concession(cast, owing, bank):
    made = owing()
    first = Raised.objects.order_by("starts_on").first().charge
    said = [
        {"day": clock.today().isoformat(), "amount": "3000.00", "reference": "BK-1", "text": f"rent {made.reference}"}
    ]
    file = bank_files.read([Line(2, said[0])], {name: name for name in said[0]}, "XTS", ".")
    taken = ledger.take_in(cast.actor("cashier"), bank, file, file_name="bank.csv", sha256="1" * 64)
    (line,) = matched(cast.actor("cashier"), taken.statement.lines.select_related("bank"))
    assert line.is_sure and line.proposals[0].account == first.account
    ledger.place(cast.actor("cashier"), line.line, line.proposals[0].account)
    told = operations.raise_charges(cast.actor("cashier"), made)
    assert told == [] and first.allocations.get().amount == 300_000


def test_a_reference_is_told_to_those_only_who_see_the_concession(cast, lately_far):
    """Its money is taken in by an office of another province, whose officer does not see the concession."""
    made, line = lately_far
    (told,) = matched(command(), [line])
    assert told.is_sure and told.proposals[0].about == made.reference
    (closed,) = matched(cast.actor("far_cashier"), [line])
    assert closed.proposals == [] and not closed.is_sure


def test_the_statement_letter_names_the_concession_in_each_language(owing):
    made = owing()
    account = Account.objects.get(subject_type="concession", subject_id=made.pk)
    content = statement_content(account, clock.today())
    assert content["about"] == made
    for language in ("lo", "en"):
        text = page_of("ledger/pdf/statement.html", content, language)
        assert made.name[language] in text and made.reference in text


def test_a_payment_is_a_sign_of_life(cast, owing, bank):
    made = owing()
    reckon(command(), [made.pk])
    assert Situation.objects.get(concession=made, until=None).code == "ghost"
    account = Account.objects.get(subject_type="concession", subject_id=made.pk)
    ledger.pay(cast.actor("cashier"), account, into=bank, amount=1_000, paid_on=clock.today())
    reckon(command(), [made.pk])
    assert Situation.objects.get(concession=made, until=None).code == "idle"


def test_the_desk_of_the_finance_officer_tells_what_waits(cast, granted, rent):
    start = months_ago(6)
    made = granted(100, starts_on=start, decided_on=start)
    rent(made, starts_on=start)
    titles = [str(row.title) for row in desk_rows(cast.actor("cashier"))]
    assert str(made.name) in titles
    assert str(made.name) not in [str(row.title) for row in desk_rows(cast.actor("far_cashier"))]
    operations.raise_charges(cast.actor("cashier"), made)
    assert str(made.name) not in [str(row.title) for row in desk_rows(cast.actor("cashier"))]


def statements(browser, address):
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


def test_a_page_takes_as_many_statements_for_many_rows_as_for_few(visit, owing, party):
    officer = visit("cashier")
    few, many = owing("Few", months=14), owing("Many", months=62, holder=party("Somebody"))
    officer.get(dues_page(few))
    assert statements(officer, dues_page(few)) == statements(officer, dues_page(many))
    before = statements(officer, "/concessions/arrears/")
    for number in range(4):
        owing(f"More {number}", holder=party(f"Holder {number}"))
    assert statements(officer, "/concessions/arrears/") == before


def test_what_was_known_on_a_day_and_what_was_changed_tell_of_the_terms(visit, owing):
    made = owing()
    for page in ("changes/", f"known/?day={clock.today().isoformat()}"):
        assert "Term of payment" in visit("cashier").get(f"/concessions/{made.reference}/{page}").content.decode()


def test_every_form_does_what_it_says(cast, visit, owing, with_paper, term):
    """A fine, a reported value, a correction, an end and a taking out, each from its page."""
    made = owing()
    officer, today = visit("cashier"), clock.today()
    decision = with_paper(made, "decision", kind="decision", number="9/GOV")

    def send(more, **said):
        made.refresh_from_db()
        assert officer.get(dues_page(made, more)).status_code == 200, more
        answer = officer.post(dues_page(made, more), {"version": made.version, **said})
        assert answer.status_code == 302, (more, answer.context["form"].errors)

    fine = {"currency": "XTS", "amount": "250.00", "starts_on": today.isoformat(), "days": "10", "books": "FIN-P01"}
    made.refresh_from_db()
    refused = officer.post(dues_page(made, "fine/"), {"version": made.version, **fine})
    assert refused.status_code == 200 and refused.context["form"].errors["document"]
    send("fine/", **fine, document=decision.pk, note="late report")
    assert Due.objects.get(kind__code="fine").amount == 25_000
    said = {
        "kind": "royalty", "basis": "percent", "area_basis": "granted", "currency": "XTS", "rate": "2,5", "months": "12",
        "days": "30", "starts_on": months_ago(14).isoformat(), "books": "FIN-P01",
    }  # fmt: skip
    send("new/", **said)
    royalty = Due.objects.get(kind__code="royalty")
    assert royalty.rate == Decimal("2.5") and royalty.area_basis == ""
    told = {"starts_on": months_ago(14).isoformat(), "reported_on": today.isoformat(), "reported_by": "Director"}
    send(f"{royalty.pk}/report/", **told, value="1,000,000.00")
    assert royalty.declared.get().value == 100_000_000
    send(f"{royalty.pk}/report/", **told, value="900000", reason="a slip")
    assert royalty.declared.get().value == 90_000_000
    send(f"{royalty.pk}/correct/", **said | {"rate": "3", "months": "6"}, reason="by the amendment")
    send(f"{royalty.pk}/end/", ends_on=today.isoformat(), reason="paid out")
    royalty.refresh_from_db()
    assert (royalty.rate, royalty.months, royalty.ends_on) == (3, 6, today)
    send(f"{royalty.pk}/remove/", reason="entered by mistake")
    assert not Due.objects.filter(pk=royalty.pk).exists()
    changes = officer.get(f"/concessions/{made.reference}/changes/").content.decode()
    assert "by the amendment" in changes and "entered by mistake" in changes
    for more in (f"{Due.objects.first().pk}/correct/", f"{Due.objects.first().pk}/remove/"):
        assert visit("company").get(dues_page(made, more)).status_code == 403
        assert visit("stranger").get(dues_page(made, more)).status_code == 404


def test_who_was_overtaken_is_told_and_nothing_is_lost(visit, owing):
    made = owing()
    due = Due.objects.get()
    answer = visit("cashier").post(
        dues_page(made, f"{due.pk}/end/"), {"version": made.version - 1, "ends_on": clock.today().isoformat(), "reason": "kept words"}
    )  # fmt: skip
    assert answer.status_code == 200 and "kept words" in answer.content.decode()
    due.refresh_from_db()
    assert due.ends_on is None


def test_the_pages_speak_lao(visit, owing):
    made = owing()
    officer = visit("cashier", language="lo")
    for page in (dues_page(made), "/concessions/arrears/"):
        text = officer.get(page).content.decode()
        assert "ຄ້າງ" in text and "Still open" not in text and "Late payments" not in text


def test_days_on_which_something_is_due_stand_in_the_calendar_of_the_payer_and_of_the_books(cast, visit, owing):
    made = owing(months=14)
    account = Account.objects.get(subject_id=made.pk, kind="receivable")
    last = account.charges.order_by("due_on").last()
    following = Due.objects.get().next_on + timedelta(days=30)
    year = timedelta(days=400)
    for who in ("company", "cashier"):
        found = entries(cast.actor(who), clock.today() - year, clock.today() + year, own=True)
        days = {entry.uid: entry.day for entry in found}
        key = f"charge-{last.pk}" if who == "company" else f"charges-{last.due_on}"
        assert days[key] == last.due_on, who
        assert following in {entry.day for entry in found if entry.uid.startswith("due-")}, who
    for who in ("district", "far_cashier", "public"):
        found = entries(cast.actor(who), clock.today() - year, clock.today() + year, own=True)
        assert not [entry for entry in found if entry.uid.startswith(("charge", "due-"))], who
    everybody = entries(cast.actor("public"), clock.today() - year, clock.today() + year)
    assert not [entry for entry in everybody if entry.uid.startswith(("charge", "due-"))]


@pytest.mark.parametrize("company", ["former", "present"])
@pytest.mark.parametrize("basis", ["rate", "percent"])
def test_who_gave_the_land_up_is_not_told_what_the_next_holder_pays(cast, granted, rent, party, tree_company, company, basis):  # fmt: skip
    start, buyer = months_ago(26), party("Buyer")
    former, present = (tree_company, buyer) if company == "former" else (buyer, tree_company)
    made = granted(100, holder=former, starts_on=start, decided_on=start)
    operations.grant(
        cast.actor("district"), made, holder=present, starts_on=months_ago(14), decided_on=months_ago(14), term_months=120,
        granted_ha=100, replaces=made.grants.get(),
    )  # fmt: skip
    what = {"basis": "percent", "area_basis": ""} if basis == "percent" else {}
    due = rent(made, starts_on=start, **what)
    if basis == "percent":
        Due.objects.filter(pk=due.pk).update(next_on=months_ago(2))  # the period of the buyer that ended then
    else:
        operations.raise_charges(cast.actor("cashier"), made)
    year = timedelta(days=400)
    for who, told in (("company", company == "present"), ("cashier", True)):
        found = entries(cast.actor(who), clock.today() - year, clock.today() + year, own=True)
        assert any(entry.uid.startswith("due-") for entry in found) is told, who


def test_the_feed_of_a_post_holds_them_although_its_address_opens_nothing_else(cast, visit, owing):
    owing(months=14)
    browser = visit("cashier")
    answer = browser.post("/posts/FIN-P01-finance/calendar/")
    address = re.search(r"/calendar/[\w-]+\.ics", answer.content.decode()).group(0)
    told = visit("public").get(address).content.decode()
    assert "UID:charges-" in told and "UID:due-" in told
