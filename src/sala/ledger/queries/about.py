"""What other parts ask about their own rows. A number of statements that does not grow with the rows."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum

from sala.access.actor import Actor
from sala.access.scope import visible
from sala.ledger.calculations import BANDS, Band, Open, aged
from sala.ledger.models import Account, AccountKind, Charge, Entry, Payment
from sala.ledger.queries.open_items import in_bands, with_open

Key = tuple[str, int]  # noun and id


def receivables(actor: Actor, subjects: Iterable[Key]):
    """Accounts of these subjects that the actor may see."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for noun, pk in subjects:
        wanted[noun].append(pk)
    condition = Q(pk__in=[])
    for noun, ids in wanted.items():
        condition |= Q(subject_type=noun, subject_id__in=ids)
    return visible(actor, Account).filter(condition, kind=AccountKind.RECEIVABLE)


def balance_of(actor: Actor, subjects: Iterable[Key], on: date | None = None) -> dict[Key, dict[str, int]]:
    """(noun, id) → currency → what is owed less what was paid, in the smallest unit, at the end of a day.

    Only accounts that the actor may see count; a subject without any is not in the answer. One statement.
    """
    rows = Entry.objects.filter(account__in=receivables(actor, subjects).values("pk"))
    if on:
        rows = rows.filter(day__lte=on)
    found: dict[Key, dict[str, int]] = defaultdict(dict)
    sums = rows.order_by().values_list("account__subject_type", "account__subject_id", "account__currency")
    for noun, pk, currency, amount in sums.annotate(sum=Sum("amount")):
        found[noun, pk][currency] = int(amount)
    return dict(found)


def ageing_of(actor: Actor, subjects: Iterable[Key], on: date) -> dict[Key, dict[str, dict[Band, int]]]:
    """(noun, id) → currency → band → what is open of its charges at the end of a day. One statement.

    What a payer has to its credit is not taken off here: charges use it as soon as they are entered.
    """
    charges = Charge.objects.filter(account__in=receivables(actor, subjects).values("pk"))
    items: dict[Key, dict[str, list[Open]]] = defaultdict(lambda: defaultdict(list))
    rows = with_open(charges, on).exclude(open=0).order_by()
    for noun, pk, currency, amount, due_on in rows.values_list(
        "account__subject_type", "account__subject_id", "account__currency", "open", "due_on"
    ):
        items[noun, pk][currency].append(Open(amount, due_on))
    return {key: {currency: aged(found, on) for currency, found in by.items()} for key, by in items.items()}


def aged_by_subject(accounts: QuerySet[Account], on: date) -> dict[Key, dict[str, dict[Band, int]]]:
    """(noun, id) → currency → band → what is open at the end of a day on these accounts, added up by the database.

    The caller says which accounts the reader may know of.
    """
    rows = in_bands(with_open(Charge.objects.filter(account__in=accounts.order_by().values("pk")), on), on)
    found: dict[Key, dict[str, dict[Band, int]]] = defaultdict(lambda: defaultdict(nothing_aged))
    columns = ("account__subject_type", "account__subject_id", "account__currency", "band")
    for noun, pk, currency, band, amount in rows.order_by().values_list(*columns).annotate(sum=Sum("open")):
        if amount:
            found[noun, pk][currency][Band(band)] += int(amount)
    return {key: dict(by) for key, by in found.items()}


def late_subjects(accounts: QuerySet[Account], on: date) -> list[int]:
    """Ids of the subjects of these accounts of which something is past its due date. One statement."""
    charges = Charge.objects.filter(account__in=accounts.order_by().values("pk"), due_on__lt=on)
    return list(
        with_open(charges, on).filter(open__gt=0).order_by().values_list("account__subject_id", flat=True).distinct()
    )


def late_amount(accounts: QuerySet[Account], noun: str, currency: str, on: date) -> Subquery:
    """What is past its due date of a row of a noun, in one currency; for a query over that noun. None where nothing is."""
    charges = Charge.objects.filter(
        account__in=accounts.order_by().values("pk"), account__subject_type=noun, account__subject_id=OuterRef("pk"),
        account__currency=currency, due_on__lt=on,
    )  # fmt: skip
    rows = with_open(charges, on).filter(open__gt=0).order_by().values("account__subject_id")
    return Subquery(rows.annotate(sum=Sum("open")).values("sum"))


def last_paid(noun: str, subjects: Iterable[int] | None = None) -> dict[int, date]:
    """Subject (id) of a noun → day of the last payment that stands for it, of those of which anything was paid."""
    rows = Payment.objects.filter(is_void=False, account__subject_type=noun)
    if subjects is not None:
        rows = rows.filter(account__subject_id__in=list(subjects))
    found: Any = rows.order_by().values_list("account__subject_id").annotate(day=Max("paid_on"))
    return dict(found)


def nothing_aged() -> dict[Band, int]:
    return dict.fromkeys(BANDS, 0)
