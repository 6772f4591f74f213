"""The pages and the API: who sees what, and an office's day from entering to taking back."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sala.core import clock
from sala.ledger.models import Account, Charge, Payment, StatementLine
from sala.ledger.queries.accounts import balance
from tests.ledger.conftest import OWN, days_ago
from tests.ledger.test_statements import CSV


@pytest.fixture
def owing(owed, charged, paid):
    account = owed()
    charge = charged(account, 5_000, due=40)
    payment = paid(account, 2_000, bank_reference="TT-1")
    return account, charge, payment


def addresses(account, charge, payment):
    return [account.get_absolute_url(), charge.get_absolute_url(), payment.get_absolute_url()]


def test_the_office_the_ministry_and_the_payer_see_the_books_and_nobody_else(owing, visit):
    for who, status in (("cashier", 200), ("approver", 200), ("treasurer", 200), ("rubber-1", 200), ("far_cashier", 404),
                        ("owner", 404), ("citizen", 404), ("public", 404)):  # fmt: skip
        got = {visit(who).get(address).status_code for address in addresses(*owing)}
        assert got == {status}, who


def test_the_payer_sees_no_entries_of_the_office(owing, visit, bank):
    _account, _charge, payment = owing
    browser = visit("rubber-1")
    for address in (bank.get_absolute_url(), payment.transaction.get_absolute_url()):
        assert browser.get(address).status_code == 404
    shown = browser.get("/ledger/").content.decode()
    assert owing[0].code in shown and bank.code not in shown
    assert bank.code not in browser.get(payment.get_absolute_url()).content.decode()


def test_visible_but_not_permitted_is_403(owing, visit):
    account, charge, payment = owing
    for address in (f"{account.get_absolute_url()}pay/", f"{account.get_absolute_url()}charge/",
                    f"{charge.get_absolute_url()}waive/", f"{payment.get_absolute_url()}refund/"):  # fmt: skip
        assert visit("rubber-1").get(address).status_code == 403
        assert visit("owner").get(address).status_code == 404


def test_the_list_narrows_and_reckons_at_a_day(owing, visit, owed, company):
    other = owed(company("quiet-2"))
    browser = visit("cashier")
    late = browser.get("/ledger/?state=overdue").content.decode()
    assert owing[0].code in late and other.code not in late and "30.00" in late
    assert other.code in browser.get("/ledger/?q=quiet").content.decode()
    before = browser.get(f"/ledger/?on={days_ago(60).isoformat()}&state=owing").content.decode()
    assert owing[0].code not in before
    assert browser.get("/ledger/?on=yesterday").status_code == 422
    assert visit("public").get("/ledger/").status_code in (302, 401)


def test_a_list_takes_as_many_statements_however_many_payers(owed, charged, company, visit):
    browser = visit("cashier")
    charged(owed(company("one-1")), 100, due=5)
    browser.get("/ledger/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/ledger/")
    for number in range(6):
        charged(owed(company(f"more-{number}")), 100, due=5)
    with CaptureQueriesContext(connection) as many:
        browser.get("/ledger/")
    assert len(many) == len(few)


def test_a_page_sent_twice_enters_one_payment(owing, visit, bank):
    account = owing[0]
    browser, address = visit("cashier"), f"{account.get_absolute_url()}pay/"
    key = browser.get(address).context["form"]["key"].value()
    sent = {"into": bank.pk, "amount": "11.50", "paid_on": clock.today().isoformat(), "method": "cash", "key": key}
    first, second = browser.post(address, sent), browser.post(address, sent)
    assert first.status_code == second.status_code == 302 and first.url == second.url
    assert Payment.objects.filter(account=account, amount=1_150).count() == 1


def test_what_looks_like_a_payment_entered_before_must_be_looked_at(owing, visit, bank):
    account, _charge, payment = owing
    browser, address = visit("cashier"), f"{account.get_absolute_url()}pay/"
    sent = {"into": bank.pk, "amount": "20", "paid_on": days_ago(2).isoformat(), "method": "cash", "key": "page-2"}
    asked = browser.post(address, sent)
    assert asked.status_code == 200 and payment.transaction.number in asked.content.decode()
    assert Payment.objects.count() == 1
    assert browser.post(address, {**sent, "seen": "on"}).status_code == 302
    assert Payment.objects.count() == 2


def test_an_office_enters_and_its_head_takes_back(owing, visit):
    account, charge, payment = owing
    cashier, head = visit("cashier"), visit("approver")
    made = cashier.post(f"{account.get_absolute_url()}charge/", {
        "kind": Charge.objects.first().kind_id, "amount": "7", "due_on": days_ago(1).isoformat(), "key": "page-1",
    })  # fmt: skip
    assert made.status_code == 302 and Charge.objects.filter(amount=700).exists()
    void = f"/ledger/transactions/{payment.transaction.number}/void/"
    assert cashier.get(void).status_code == 403
    assert head.post(void, {"reason": "Wrong company"}).status_code == 302
    assert balance(account) == 5_700
    assert "Wrong company" in head.get(payment.get_absolute_url()).content.decode()
    assert charge.get_absolute_url() in head.get(account.get_absolute_url()).content.decode()


def test_the_office_issues_a_receipt_that_the_payer_opens(owing, visit):
    payment = owing[2]
    assert visit("cashier").post(f"{payment.get_absolute_url()}receipt/").status_code == 302
    file = f"{payment.get_absolute_url()}receipt/lo.pdf"
    assert visit("rubber-1").get(file)["Content-Type"] == "application/pdf"
    assert (
        visit("far_cashier").get(file).status_code == visit("cashier").get(file.replace("lo", "xx")).status_code == 404
    )


def test_a_statement_is_taken_in_placed_and_the_rest_waits(owing, visit, bank):
    browser = visit("cashier")
    file = SimpleUploadedFile("january.csv", CSV.format(days_ago(3).isoformat()).encode(), "text/csv")
    looked = browser.post("/ledger/statements/new/", {"bank": bank.pk, "file": file}, follow=True)
    form = looked.context["form"]
    chosen = {role: form.initial.get(role, "") for role in form.fields}
    taken = browser.post(looked.request["PATH_INFO"], chosen, follow=True)
    assert "3 new, 0 unchanged, 0 refused" in taken.content.decode()
    again = browser.post(looked.request["PATH_INFO"], chosen, follow=True)
    assert "0 new, 3 unchanged, 0 refused" in again.content.decode()
    line = StatementLine.objects.get(amount=125_000)
    sent = {f"take-{line.pk}": "1", f"account-{line.pk}": owing[0].code}
    assert browser.post(taken.request["PATH_INFO"], sent, follow=True).status_code == 200
    assert Payment.objects.get(amount=125_000).account == owing[0]
    waiting = browser.get("/ledger/suspense/").content.decode()
    assert "TT-2" in waiting and "Company rubber-1 Co Ltd" not in waiting
    for who in ("far_cashier", "owner", "rubber-1"):
        assert visit(who).get(taken.request["PATH_INFO"]).status_code == 404


def test_an_account_is_opened_by_hand_and_named_by_words(visit, company, books):
    company("rubber-9")
    sent = {"owner_0": "FIN-P01", "owner": "FIN-P01", "kind": "receivable", "currency": OWN, "payer": "rubber-9"}
    answer = visit("cashier").post("/ledger/accounts/new/", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Account.objects.get(payer__code="rubber-9").owner == books


# ---- the API --------------------------------------------------------------------------------------------------------


def test_the_api_reads_what_the_pages_show(owing, visit):
    account, charge, payment = owing
    browser = visit("rubber-1")
    listed = browser.get("/api/v1/ledger/accounts").json()
    assert (listed["count"], listed["items"][0]["balance"]) == (1, 3_000)
    one = browser.get(f"/api/v1/ledger/accounts/{account.code}").json()
    assert one["ages"] == {"current": 0, "1-30": 0, "31-90": 3_000, "91-365": 0, "over-365": 0}
    entries = browser.get(f"/api/v1/ledger/accounts/{account.code}/entries").json()["items"]
    assert sorted(row["amount"] for row in entries) == [-2_000, 5_000]
    assert browser.get("/api/v1/ledger/charges").json()["items"][0]["open"] == 3_000
    assert browser.get(f"/api/v1/ledger/charges/{charge.transaction.number}").json()["amount"] == 5_000
    assert browser.get(f"/api/v1/ledger/payments/{payment.transaction.number}").json()["into"] is None
    for who in ("far_cashier", "public"):
        assert visit(who).get("/api/v1/ledger/accounts").json()["count"] == 0
        assert visit(who).get(f"/api/v1/ledger/payments/{payment.transaction.number}").status_code == 404
    assert visit("public").get("/api/v1/ledger/rates").json() == []


def test_a_payment_through_the_api_needs_a_key_and_is_entered_once(world, owing, visit, bank):
    account = owing[0]
    browser, address = visit("cashier"), f"/api/v1/ledger/accounts/{account.code}/payments"
    sent = {"into": bank.code, "amount": 900, "paid_on": clock.today().isoformat(), "bank_reference": "API-1"}
    assert browser.post(address, sent, content_type="application/json").status_code == 422
    key = {"Idempotency-Key": uuid4().hex}
    first = browser.post(address, sent, content_type="application/json", headers=key)
    again = browser.post(address, sent, content_type="application/json", headers=key)
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    other = browser.post(address, {**sent, "amount": 901}, content_type="application/json", headers=key)
    assert other.status_code == 409
    assert Payment.objects.filter(amount__in=[900, 901]).count() == 1
    refused = visit("rubber-1").post(address, sent, content_type="application/json", headers=key)
    assert refused.status_code == 403
    assert balance(account) == 2_100
