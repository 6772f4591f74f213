"""Receipts and statement letters: numbered, in both languages, verifiable, and invalid once the payment is taken back."""

import pytest

from sala.core import clock
from sala.core.errors import Conflict, NotPermitted
from sala.documents import pdf
from sala.ledger import operations
from sala.ledger.models import Payment
from sala.ledger.queries.papers import receipt_content, statement_content
from tests.ledger.conftest import OWN


def page_of(template, content, language):
    issued = {
        "number": "N",
        "title": {"lo": "ຊື່", "en": "Title"},
        "content_hash": "",
        "is_invented": True,
        "issuer": content["account"].owner,
    }
    return pdf.html(template, {**content, "issued": issued, "issued_on": clock.today()}, language)  # fmt: skip


def test_a_payment_has_one_receipt_in_each_language_and_anyone_verifies_it(world, owed, charged, paid, visit):
    account = owed()
    charged(account, 4_000, period=(clock.today(), clock.today()))
    payment = paid(account, 5_000, bank_reference="TT-1")
    receipt = operations.issue_receipt(world.actor("cashier"), payment)
    assert operations.issue_receipt(world.actor("cashier"), payment) == receipt
    assert (receipt.kind, receipt.number[:9], receipt.languages) == ("receipt", "FIN-P01-Q", ["lo", "en"])
    assert receipt.files.count() == 2 and Payment.objects.get(pk=payment.pk).receipt == receipt
    assert visit("public").get(f"/verify/{receipt.number}/").status_code == 200


def test_a_voided_payment_makes_its_receipt_invalid_and_gets_no_new_one(world, owed, paid, visit):
    payment = paid(owed(), 5_000)
    receipt = operations.issue_receipt(world.actor("cashier"), payment)
    operations.reverse(world.actor("approver"), payment.transaction, reason="Cheque bounced")
    receipt.refresh_from_db()
    assert not receipt.is_valid and receipt.withdrawn_reason == "Cheque bounced"
    assert "This paper was withdrawn" in visit("public").get(f"/verify/{receipt.number}/").content.decode()
    with pytest.raises(Conflict, match="taken back"):
        operations.issue_receipt(world.actor("cashier"), payment)


def test_a_stranger_issues_nothing(world, owed, paid):
    payment = paid(owed(), 5_000)
    for who in ("far_cashier", "owner", "approver"):
        with pytest.raises(NotPermitted):
            operations.issue_receipt(world.actor(who), payment)
        with pytest.raises(NotPermitted):
            operations.issue_statement(world.actor(who), payment.account, on=clock.today())


def test_the_receipt_says_who_paid_what_for_what(world, owed, charged, paid):
    account = owed()
    charged(account, 4_000)
    content = receipt_content(paid(account, 5_000, bank_reference="TT-1", payer_name="Mr Test"))
    english = page_of("ledger/pdf/receipt.html", content, "en")
    for words in ("Company rubber-1", "Mr Test", f"50.00 {OWN}", "Land rent", f"40.00 {OWN}", f"10.00 {OWN}", "TT-1"):
        assert words in english
    lao = page_of("ledger/pdf/receipt.html", content, "lo")
    for words in ("ບໍລິສັດ rubber-1", f"50,00 {OWN}", "ຄ່າເຊົ່າທີ່ດິນ"):
        assert words in lao


def test_the_letter_tells_what_is_open_by_age_at_its_day(world, owed, charged, paid):
    account = owed()
    charged(account, 10_000, due=100)
    charged(account, 4_000, due=20)
    charged(account, 300, due=-30)
    paid(account, 2_000)
    content = statement_content(account, clock.today())
    assert content["balance"] == 12_300 and content["late"] == 12_000
    assert [amount for _label, amount in content["ages"]] == [300, 4_000, 0, 8_000, 0]
    lao = page_of("ledger/pdf/statement.html", content, "lo")
    for words in ("123,00", "80,00", account.code, "010-11-22", "ຄ້າງ 91–365 ວັນ"):
        assert words in lao
    paper = operations.issue_statement(world.actor("cashier"), account, on=clock.today())
    assert paper.kind == "letter" and (paper.subject_type, paper.subject_id) == ("account", account.pk)
