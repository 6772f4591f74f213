"""Accounts as lists and as pages: balances, what is late, the entries with the balance after each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.core import lao
from sala.core.language import says
from sala.ledger.calculations import BANDS, Band
from sala.ledger.models import Account, AccountKind, Charge, Entry
from sala.ledger.queries.open_items import in_bands, with_open

OVERDUE, OWING, CREDIT = "overdue", "owing", "credit"


def with_balance(accounts: QuerySet[Account], on: date | None = None) -> Any:
    """Accounts with `total`: the sum of their entries at the end of a day."""
    rows = Entry.objects.filter(account=OuterRef("pk"))
    if on:
        rows = rows.filter(day__lte=on)
    total = rows.order_by().values("account").annotate(sum=Sum("amount")).values("sum")
    return accounts.annotate(total=Coalesce(Subquery(total), Value(0), output_field=BigIntegerField()))


def accounts_for(actor: Actor, on: date, *, q: str = "", state: str = "", currency: str = "",
                 owner: str = "") -> Any:  # fmt: skip
    """Accounts of payers that the actor may see, narrowed, with `total` at the end of a day."""
    rows = visible(actor, Account).filter(kind=AccountKind.RECEIVABLE)
    if q := lao.stored(q).strip():
        words = says("name", q) | says("payer__name", q)
        ids = Account.objects.filter(words).values("pk") | Account.objects.filter(code__icontains=lao.digits(q)).values(
            "pk"
        )
        rows = rows.filter(pk__in=ids)
    if currency:
        rows = rows.filter(currency=currency)
    if owner:
        rows = rows.filter(owner__code=owner)
    if state == OVERDUE:
        late = with_open(Charge.objects.filter(account=OuterRef("pk"), due_on__lt=on), on).filter(open__gt=0)
        rows = rows.filter(Exists(late))
    rows = with_balance(rows, on)
    if state == OWING:
        rows = rows.filter(total__gt=0)
    if state == CREDIT:
        rows = rows.filter(total__lt=0)
    return rows.select_related("payer", "owner").order_by("code")


def ages(accounts: Any, on: date) -> dict[Any, dict[Band, int]]:
    """Account → band → what is open, in one statement. accounts: a queryset or a list of ids."""
    return _banded(accounts, on, "account")


def ages_in_all(accounts: QuerySet[Account], on: date) -> dict[str, dict[Band, int]]:
    """Currency → band → what is open of all these accounts, in one statement."""
    return _banded(accounts.order_by().values("pk"), on, "account__currency")


def _banded(accounts: Any, on: date, by: str) -> dict[Any, dict[Band, int]]:
    rows = in_bands(with_open(Charge.objects.filter(account__in=accounts), on), on)
    found: dict[Any, dict[Band, int]] = {}
    for key, band, amount in rows.order_by().values_list(by, "band").annotate(sum=Sum("open")):
        if amount:
            found.setdefault(key, dict.fromkeys(BANDS, 0))[Band(band)] += int(amount)
    return found


@dataclass(frozen=True)
class Line:
    """An entry and what the account held after it."""

    entry: Entry
    after: int


def entries(account: Account, on: date) -> QuerySet[Entry]:
    """The entries of an account until the end of a day, the newest first, with what they are about."""
    rows = Entry.objects.filter(account=account, day__lte=on).order_by("-day", "-id")
    return rows.select_related(
        "transaction__charge__kind", "transaction__payment", "transaction__waiver__charge__kind", "transaction__reverses",
        "transaction__reversed_by", "transaction__document", "transaction__statement_line",
    )  # fmt: skip


def lines(rows: list[Entry], newer: QuerySet[Entry], balance: int) -> list[Line]:
    """A page of entries, the newest first, with the balance after each. newer: those before this page."""
    held = balance - int(newer.aggregate(sum=Sum("amount"))["sum"] or 0)
    found = []
    for entry in rows:
        found.append(Line(entry, held))
        held -= entry.amount
    return found
