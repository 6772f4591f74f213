"""The books of one province's finance office: a bank account, a company that owes, charges and payments."""

from datetime import date, timedelta

import pytest
from django.db import connection

from sala.access.actor import command
from sala.core import clock
from sala.core.language import Translated
from sala.core.models import Term
from sala.documents.models import Document
from sala.ledger import operations
from sala.ledger.models import Account, Charge, Payment
from sala.people.models import Appointment, Organisation, Person
from sala.people.operations import create_position, found_organisation

OWN, FOREIGN = "XTS", "XDL"  # two decimal places, and none


def days_ago(count: int) -> date:
    return clock.today() - timedelta(days=count)


@pytest.fixture
def company(world):
    """company(code) → an invented company that can owe, with a representative."""

    def make(code: str = "rubber-1") -> Organisation:
        made = found_organisation(
            command(), parent=None, code=code, name=Translated(lo=f"ບໍລິສັດ {code}", en=f"Company {code}"), kind="company",
            area=world.area("DM"), is_invented=True,
        )  # fmt: skip
        post = create_position(command(), made, code=f"{code}-head", title=Translated(lo="ຜູ້ອຳນວຍການ", en="Director"))
        person = Person.objects.create(name=f"Test {code}", email=f"{code}@example.org", language="en")
        Appointment.objects.create(person=person, position=post, valid=(date(2020, 1, 1), None))
        return made

    return make


@pytest.fixture
def books(world) -> Organisation:
    return world.organisation("FIN-P01")


@pytest.fixture
def bank(world, books) -> Account:
    return operations.open_account(
        world.actor("cashier"), books, kind="bank", currency=OWN, code="fin-p01-bank", bank_number="010-11-22",
        name=Translated(lo="ບັນຊີທະນາຄານ", en="Bank account"),
    )  # fmt: skip


@pytest.fixture
def owed(world, books, company):
    """owed(payer=None, currency=OWN, subject=None) → the account of a payer."""

    def make(payer: Organisation | None = None, currency: str = OWN, subject=None) -> Account:
        payer = payer or Organisation.objects.filter(code="rubber-1").first() or company()
        return operations.open_account(world.actor("cashier"), books, currency=currency, payer=payer, subject=subject)

    return make


@pytest.fixture
def charged(world):
    """charged(account, amount, due=days ago, **more) → a charge."""

    def make(account: Account, amount: int, due: int = 0, **more) -> Charge:
        values = {"kind": "rent", "due_on": days_ago(due), "day": days_ago(max(due, 0)) if due > 0 else None}
        return operations.charge(world.actor("cashier"), account, amount=amount, **(values | more))

    return make


@pytest.fixture
def paid(world, bank):
    """paid(account, amount, ago=0, **more) → a payment into the bank account."""

    def make(account: Account, amount: int, ago: int = 0, **more) -> Payment:
        values = {"into": bank, "paid_on": days_ago(ago)}
        return operations.pay(world.actor("cashier"), account, amount=amount, **(values | more))

    return make


@pytest.fixture
def decision(world) -> Document:
    office = world.organisation("FIN")
    return Document.objects.create(
        slug="decision-on-waiver", kind=Term.objects.get(scheme="document-kind", code="decision"), owner=office,
        title=Translated(lo="ຂໍ້ຕົກລົງ", en="Decision"), number="12/FIN", issuer=office, issued_on=days_ago(3),
        tier="government", is_published=True, state="published",
    )  # fmt: skip


@pytest.fixture
def balanced(db):
    """balanced() → runs what the database checks at commit."""

    def check() -> None:
        connection.check_constraints()

    return check
