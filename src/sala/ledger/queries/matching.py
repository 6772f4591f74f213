"""Whose money a line of a bank's statement may be. A proposal only: somebody accepts it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import subjects
from sala.ledger.models import Account, AccountKind, Charge, LineState, Payment, StatementLine
from sala.ledger.queries.open_items import with_open
from sala.places.names import fold

MOST = 5  # accounts proposed for a line
SHORTEST = 5  # letters of a name that are looked for inside the text
NEAR = timedelta(days=7)
_COMPANY = re.compile(r"\b(co|ltd|company|limited|inc|sole|public|group|plc)\b\.?", re.IGNORECASE)


@dataclass
class Proposal:
    """An account, why it is proposed, and how strongly: 3 named by number, 2 by name, 1 by amount only.

    about  reference of what is owed for, so that several accounts of one payer are told apart
    """

    account: Account
    weight: int = 0
    reasons: list[Any] = field(default_factory=list)
    about: str = ""


@dataclass(frozen=True)
class Matched:
    """A line, the accounts proposed for it, the strongest first, and payments entered by hand that may be the same."""

    line: StatementLine
    proposals: Sequence[Proposal]
    same: Sequence[Payment]

    @property
    def is_sure(self) -> bool:
        """Named by number, or by name and amount, and nobody else is proposed as strongly."""
        if self.same or not self.proposals:
            return False
        first = self.proposals[0].weight
        return first >= 3 and (len(self.proposals) == 1 or self.proposals[1].weight < first)


def name_key(text: str) -> str:
    """A name without the words that say what kind of company it is, without spaces and marks."""
    return fold(_COMPANY.sub(" ", text))


def matched(actor: Actor, lines: Iterable[StatementLine]) -> list[Matched]:
    """Proposals for lines of one bank account that wait, in a number of statements that does not grow with them.

    An account is found by the reference of its record, and that reference told, only where the actor sees the record.
    """
    waiting = [line for line in lines if line.state == LineState.WAITING]
    if not waiting:
        return []
    bank = waiting[0].bank
    accounts = list(
        Account.objects.filter(owner=bank.owner_id, kind=AccountKind.RECEIVABLE, closed_on__isnull=True).select_related("payer")
    )  # fmt: skip
    book = _Book(actor, accounts, bank.currency)
    by_hand = _entered_by_hand(bank, waiting)
    return [Matched(line, book.proposals(line), by_hand(line)) for line in waiting]


def _subjects(accounts: Iterable[Account]) -> dict[str, dict[int, set[int]]]:
    """Noun → id → accounts of that record, by whose reference people pay."""
    found: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for account in accounts:
        if account.subject_id and subjects.knows(account.subject_type):
            found[account.subject_type][account.subject_id].add(account.pk)
    return found


class _Book:
    """The accounts of an office by what a bank may write of them."""

    def __init__(self, actor: Actor, accounts: Sequence[Account], currency: str):
        self.accounts = {account.pk: account for account in accounts}
        self.numbers: dict[str, set[int]] = defaultdict(set)
        self.names: dict[str, set[int]] = defaultdict(set)
        self.amounts: dict[int, set[int]] = defaultdict(set)
        self.about: dict[int, str] = {}
        for account in accounts:
            self.numbers[account.code.casefold()].add(account.pk)
            names = [*account.name.values()]
            if account.payer:
                names += account.payer.name.values()
                if account.payer.registration:
                    self.numbers[account.payer.registration.casefold()].add(account.pk)
            for name in filter(None, map(name_key, names)):
                self.names[name].add(account.pk)
        for noun, ids in _subjects(accounts).items():
            for row in visible(actor, subjects.by_noun(noun).model_class).filter(pk__in=ids):
                if reference := getattr(row, "reference", ""):
                    self.numbers[str(reference).casefold()] |= ids[row.pk]
                    self.about |= dict.fromkeys(ids[row.pk], str(reference))
        whole: dict[int, int] = defaultdict(int)
        charges = with_open(
            Charge.objects.filter(account__in=[pk for pk, one in self.accounts.items() if one.currency == currency])
        )
        for pk, number, amount in charges.filter(open__gt=0).values_list("account", "transaction__number", "open"):
            self.numbers[number.casefold()].add(pk)
            self.amounts[amount].add(pk)
            whole[pk] += amount
        for pk, amount in whole.items():
            self.amounts[amount].add(pk)

    def proposals(self, line: StatementLine) -> list[Proposal]:
        found: dict[int, Proposal] = {}

        def add(ids: Iterable[int], weight: int, reason: Any) -> None:
            for pk in ids:
                proposal = found.setdefault(pk, Proposal(self.accounts[pk], about=self.about.get(pk, "")))
                proposal.weight += weight
                proposal.reasons.append(reason)

        said = f"{line.reference} {line.text}".casefold()
        for word in set(re.split(r"[\s,;:/()]+", said)) | {line.reference.casefold().strip()}:
            add(self.numbers.get(word, ()), 3, _("its number stands there"))
        payer = name_key(line.payer_name)
        named = set(self.names.get(payer, ())) if payer else set()
        inside = name_key(f"{line.payer_name} {line.text}")
        named |= {pk for name, ids in self.names.items() if len(name) >= SHORTEST and name in inside for pk in ids}
        add(named, 2, _("the name fits"))
        fitting = self.amounts.get(line.amount, set())
        add(fitting if len(fitting) <= MOST else fitting & found.keys(), 1, _("the amount fits what is open"))
        return sorted(found.values(), key=lambda one: (-one.weight, one.account.code))[:MOST]


def _entered_by_hand(bank: Account, lines: Sequence[StatementLine]) -> Any:
    rows: QuerySet[Payment] = Payment.objects.filter(
        into=bank, amount__in={line.amount for line in lines}, is_void=False, statement_lines=None
    ).select_related("transaction", "account")
    found = defaultdict(list)
    for payment in rows:
        found[payment.amount].append(payment)
    return lambda line: [one for one in found[line.amount] if abs(one.paid_on - line.day) <= NEAR]
