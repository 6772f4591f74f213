"""Invented terms of payment, charges and payments of the invented concessions: who pays, who pays late, who never did.

Terms, charges and payments go through the same operations as those of an office; each period is charged on its first day.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from config.demonstration.concessions_plan import WHOLE
from config.demonstration.concessions_rows import SOURCE
from sala.access.actor import Actor
from sala.concessions.models import Concession, ConcessionDocument, Due, Grant
from sala.concessions.operations import declare, enter_due, raise_charges
from sala.concessions.queries.books import books_of
from sala.concessions.queries.dues import fee_rates, rule_keys
from sala.core import clock, money
from sala.core.errors import Invalid
from sala.core.language import in_each_language, required_language
from sala.core.models import Term
from sala.core.pack import Report
from sala.documents.models import Document
from sala.documents.operations import add_document, publish_document
from sala.ledger import operations as ledger
from sala.ledger.calculations.schedule import month_start
from sala.ledger.models import Account, AccountKind, Charge
from sala.ledger.queries.open_items import with_open
from sala.ledger.queries.rates import in_currency
from sala.people.models import Organisation

YEARS = 4  # how far back the invented books go
WITH_DUES = 8  # of ten granted concessions
KIND = {"lease": "rent", "concession": "concession_fee"}
# how the payers of five pay: all; all but the last year; only the first; half of all; nothing
PAID = ("all", "all", "but the last", "first", "half", "nothing")
DAYS_LATE = (-10, 0, 5, 45)


def owe(actor: Actor, report: Report) -> None:
    """Terms, charges and payments of the invented concessions that have none yet and were granted to somebody."""
    rows = Concession.objects.filter(
        outside_source=SOURCE, same_as__isnull=True, dues__isnull=True, grants__isnull=False
    )
    chosen = [row for row in rows.select_related("area", "sector", "lead").distinct().order_by("pk")
              if int(row.outside_id) % 10 < WITH_DUES]  # fmt: skip
    if not chosen:
        return
    books = _Books(actor)
    for row in chosen:
        office = books.of(row)
        if office is not None and _concession(actor, row, office, books):
            report.count("new", f"dues of project {row.outside_id}")


class _Books:
    """What the invented books need again and again, looked up once."""

    def __init__(self, actor: Actor):
        self.actor = actor
        self.kinds = {term.code: term for term in Term.objects.filter(scheme="charge-kind")}
        self.rules = fee_rates()
        self.offices: dict[int, Organisation | None] = {}
        self.banks: dict[tuple[int, str], Account] = {}
        self.decision: Document | None = None

    def of(self, row: Concession) -> Organisation | None:
        if row.area_id not in self.offices:
            self.offices[row.area_id] = books_of(row.area)
        return self.offices[row.area_id]

    def currency(self, row: Concession, kind: str) -> str:
        """The currency in which the rules lay down a rate of this kind; empty where none does."""
        keys = rule_keys(kind, row.sector.code, [])
        return next((rule.currency for rule in self.rules if rule.key in keys), "")

    def bank(self, office: Organisation, currency: str) -> Account:
        key = (office.pk, currency)
        if key not in self.banks:
            known = Account.objects.filter(owner=office, kind=AccountKind.BANK, currency=currency, closed_on=None)
            self.banks[key] = known.first() or ledger.open_account(
                self.actor, office, kind=AccountKind.BANK, currency=currency, code=f"{office.code}-bank-{currency}".lower(),
                name=in_each_language(lambda: _("Invented bank account in %(currency)s") % {"currency": currency}),
                is_invented=True,
            )  # fmt: skip
        return self.banks[key]

    def fine_decision(self, row: Concession) -> Document:
        if self.decision is None:
            slug = "invented-decision-on-fines"
            self.decision = Document.objects.filter(slug=slug).first()
        if self.decision is None:
            kind = Term.objects.get(scheme="document-kind", code="decision")
            self.decision = add_document(
                self.actor, row.lead, kind=kind, title=in_each_language(lambda: _("Invented decision on fines")), slug=slug,
                number="1/INV", issued_on=clock.today() - timedelta(days=200), source=SOURCE, is_invented=True,
            )  # fmt: skip
            publish_document(self.actor, self.decision, tier="government")
        return self.decision


def _concession(actor: Actor, row: Concession, office: Organisation, books: _Books) -> bool:
    """Whether anything is owed for it."""
    number = int(row.outside_id)
    chance = random.Random(WHOLE + number)  # noqa: S311 — has to be the same each time, not secret
    grant = row.grants.select_related("holder__organisation").order_by("starts_on").first()
    if grant is None or grant.starts_on is None:
        return False
    start, today = _anniversary(grant), clock.today()
    if grant.ends_on and start > grant.ends_on:
        return False
    terms: dict[str, Any] = {"starts_on": start, "books": office}
    kind = KIND[row.kind]
    if currency := books.currency(row, kind):
        how: dict[str, Any] = {"basis": "rule", "area_basis": "granted", "currency": currency}
    else:
        how = {"basis": "rate", "area_basis": "granted", "currency": money.own(), "rate": Decimal(10)}
    enter_due(actor, row, kind=books.kinds[kind], **terms, **how)
    if row.sector.code == "mining" and number % 2:
        royalty = enter_due(
            actor, row, kind=books.kinds["royalty"], basis="percent", rate=Decimal("2.5"), currency=money.own(), **terms,
        )  # fmt: skip
        _report(actor, royalty, chance)
    if number % 11 == 0 and start <= today - timedelta(days=150):
        decision = books.fine_decision(row)
        role = Term.objects.get(scheme="concession-paper", code="decision")
        ConcessionDocument.objects.get_or_create(
            concession=row, document=decision, role=role, defaults={"added_at": clock.now()}
        )
        enter_due(
            actor, row, kind=books.kinds["fine"], basis="once", amount=10 ** money.minor_digits(money.own()) * 5000,
            currency=money.own(), document=decision, starts_on=today - timedelta(days=150), books=office,
        )  # fmt: skip
    raise_charges(actor, row, dated=True)
    _pay(actor, row, office, books, PAID[number % len(PAID)], chance)
    return True


def _anniversary(grant: Grant) -> date:
    """The day of the grant's year on which the invented books of it begin."""
    start, today = grant.starts_on or clock.today(), clock.today()
    years = max(0, today.year - start.year - YEARS)
    if grant.ends_on and grant.ends_on < today:
        years = min(years, max(0, grant.ends_on.year - start.year - 1))
    return month_start(start, 12 * years)


def _report(actor: Actor, due: Due, chance: random.Random) -> None:
    """The holder reported all but the last year."""
    day, today = due.starts_on, clock.today()
    with translation.override(required_language()):
        director = _("Invented director")
    number = 1
    while (following := month_start(due.starts_on, 12 * number)) <= today:
        try:
            declare(
                actor, due, starts_on=day, reported_on=min(today, following),
                value=chance.randrange(50, 900) * 1000 * 10 ** money.minor_digits(due.currency),
                reported_by=director,
            )  # fmt: skip
        except Invalid:  # the grant ended before
            return
        day, number = following, number + 1


def _pay(actor: Actor, row: Concession, office: Organisation, books: _Books, habit: str, chance: random.Random) -> None:
    for account in Account.objects.filter(subject_type="concession", subject_id=row.pk, owner=office):
        charges = list(with_open(Charge.objects.filter(account=account)).filter(open__gt=0).order_by("due_on", "pk"))
        for charge, amount in _paid(charges, habit):
            paid_on = min(clock.today(), charge.due_on + timedelta(days=chance.choice(DAYS_LATE)))
            into, sum_ = books.bank(office, account.currency), amount
            if account.currency != money.own() and chance.randrange(3) == 0:
                into, sum_ = _in_own(books, office, account.currency, amount, paid_on) or (into, amount)
            ledger.pay(
                actor, account, into=into, amount=sum_, paid_on=paid_on, is_invented=True,
                bank_reference=f"INV-{row.outside_id}-{account.currency}-{charge.pk}", payer_name=str(account.name)[:200],
            )  # fmt: skip


def _paid(charges: Sequence[Charge], habit: str) -> list[tuple[Charge, int]]:
    if habit == "nothing":
        return []
    if habit == "half":
        return [(charge, max(1, charge.amount // 2)) for charge in charges]
    kept = {"all": charges, "but the last": charges[:-1], "first": charges[:1]}[habit]
    return [(charge, charge.amount) for charge in kept]


def _in_own(books: _Books, office: Organisation, currency: str, amount: int, day: date) -> tuple[Account, int] | None:
    """The bank account and the sum in the country's own money at the rate of the day; None where none holds on it."""
    try:
        return books.bank(office, money.own()), max(1, in_currency(amount, currency, money.own(), day))
    except Invalid:
        return None
