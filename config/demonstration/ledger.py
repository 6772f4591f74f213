"""Invented books of a finance office: a bank account, payers with charges and payments, a rate of exchange.

Read from the key `ledger` of demonstration.yaml. Days are counted from the day of loading. An office whose bank account
is there already is left alone.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sala.access.actor import Actor
from sala.core import clock, money
from sala.core.language import Translated
from sala.core.operation import operation
from sala.core.pack import Pack, PackError, Report
from sala.ledger import bank_files, operations
from sala.ledger.models import Account, AccountKind, ExchangeRate
from sala.people.models import Organisation, OrganisationKind
from sala.people.operations import found_organisation
from sala.places.lists import Line

FILE, KEY = "demonstration", "ledger"


@operation
def ledger(actor: Actor, pack: Pack) -> Report:
    report = Report()
    for entry in pack.listed(FILE, KEY):
        office = Organisation.objects.filter(code=entry["office"]).first()
        if office is None:
            raise PackError(f"{FILE}.yaml: {KEY}: there is no organisation {entry['office']}")
        for rate in entry.get("rates", []):
            _rate(actor, rate, report)
        if Account.objects.filter(code=entry["bank"]["code"]).exists():
            report.count("unchanged")
            continue
        bank = operations.open_account(
            actor, office, kind=AccountKind.BANK, currency=money.own(), code=entry["bank"]["code"],
            name=Translated(entry["bank"]["name"]), bank_number=entry["bank"].get("number", ""), is_invented=True,
        )  # fmt: skip
        report.count("new", f"account {bank.code}")
        for payer in entry.get("payers", []):
            _payer(actor, office, bank, payer, report)
        _statement(actor, bank, entry.get("statement", []), report)
    return report


def _day(days: int) -> date:
    return clock.today() + timedelta(days=days)


def _amount(text: str, currency: str) -> int:
    return money.smallest(Decimal(text), currency)


def _rate(actor: Actor, entry: dict[str, Any], report: Report) -> None:
    pair = {"from_currency": entry["from"], "to_currency": entry["to"]}
    if ExchangeRate.objects.filter(**pair).exists():
        report.count("unchanged")
        return
    operations.add_rate(
        actor, Organisation.objects.get(code=entry["owner"]), **pair, rate=Decimal(entry["rate"]), start=_day(entry["since"]),
        source=entry["source"], is_invented=True,
    )  # fmt: skip
    report.count("new", f"rate {entry['from']} {entry['to']}")


def _payer(actor: Actor, office: Organisation, bank: Account, entry: dict[str, Any], report: Report) -> None:
    currency = entry.get("currency") or money.own()
    payer = Organisation.objects.filter(code=entry["code"]).first() or found_organisation(
        actor, parent=None, code=entry["code"], name=Translated(entry["name"]), kind=OrganisationKind.COMPANY,
        area=office.area, is_invented=True,
    )  # fmt: skip
    account = operations.open_account(actor, office, currency=currency, payer=payer, is_invented=True)
    for charge in entry.get("charges", []):
        due, days = _day(charge["due"]), charge.get("days", 365)
        operations.charge(
            actor, account, kind=charge["kind"], amount=_amount(charge["amount"], currency), due_on=due,
            period=(due - timedelta(days=days), due - timedelta(days=1)), day=min(due, clock.today()), is_invented=True,
            basis=charge.get("basis"),
        )  # fmt: skip
    for payment in entry.get("payments", []):
        operations.pay(
            actor, account, into=bank, amount=_amount(payment["amount"], bank.currency), paid_on=_day(payment["day"]),
            bank_reference=payment.get("reference", ""), payer_name=payment.get("by", ""), is_invented=True,
        )  # fmt: skip
    report.count("new", f"account {account.code}")


def _statement(actor: Actor, bank: Account, entries: list[dict[str, Any]], report: Report) -> None:
    """Lines of a bank that wait to be placed."""
    if not entries:
        return
    roles = (bank_files.DAY, bank_files.AMOUNT, bank_files.REFERENCE, bank_files.PAYER, bank_files.TEXT)
    lines = [
        Line(row, {
            bank_files.DAY: _day(entry["day"]).isoformat(), bank_files.AMOUNT: entry["amount"],
            bank_files.REFERENCE: entry.get("reference", ""), bank_files.PAYER: entry.get("by", ""),
            bank_files.TEXT: entry.get("text", ""),
        })
        for row, entry in enumerate(entries, 2)
    ]  # fmt: skip
    file = bank_files.read(lines, {role: role for role in roles}, bank.currency, ".")
    taken = operations.take_in(actor, bank, file, file_name="invented.csv", sha256="0" * 64, is_invented=True)
    report.count("new", f"statement with {taken.new} lines")
