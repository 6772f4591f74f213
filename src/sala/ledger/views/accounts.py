"""Accounts: what payers owe, how old it is, and each account with its entries."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import clock, lao, money, subjects
from sala.core.errors import Invalid, SignInNeeded
from sala.ledger import operations, policy
from sala.ledger.calculations import BANDS
from sala.ledger.forms.accounts import CloseForm, MoveForm, OpenAccountForm, RenameForm
from sala.ledger.models import Account, AccountKind, Charge
from sala.ledger.models.account import HOLDS_MONEY
from sala.ledger.queries.accounts import balance
from sala.ledger.queries.listing import accounts_for, ages, ages_in_all, entries, lines, with_balance
from sala.ledger.queries.open_items import credit, with_open
from sala.ledger.wording import BAND_NAMES

PER_PAGE = 50
FILTERS = ("q", "state", "currency", "owner")


def find(request: Request, code: str) -> Account:
    rows = visible(request.actor, Account).select_related("owner__area", "payer", "income")
    return get_object_or_404(rows, code=code)


def day_asked(request: Request) -> date:
    """The day on which the books are looked at: ?on=2026-01-31, today without it."""
    text = lao.digits(request.GET.get("on", "")).strip()
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError as error:
        raise Invalid(_("This is not a day. Write it as 2026-01-31.")) from error


def accounts(request: Request) -> HttpResponse:
    """What payers owe, with its age; and where the money of one's own books lies."""
    actor, on = request.actor, day_asked(request)
    if not actor.holdings and not actor.is_everything:
        raise SignInNeeded(
            _("Accounts are seen by the offices that keep them and by those who pay. Sign in with your link.")
        )
    chosen = {name: lao.digits(request.GET.get(name, "")).strip() for name in FILTERS}
    rows = accounts_for(actor, on, **chosen)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    late = ages([row.pk for row in page], on)
    held = visible(actor, Account).filter(kind__in=[*HOLDS_MONEY, AccountKind.SUSPENSE], closed_on__isnull=True)
    context = {
        "page": page,
        "rows": [(row, late.get(row.pk, {})) for row in page],
        "abouts": _abouts(request, list(page)),
        "in_all": sorted(ages_in_all(rows, on).items()),
        "bands": [(band, BAND_NAMES[band]) for band in BANDS],
        "chosen": chosen,
        "currencies": money.known(),
        "on": on,
        "money_accounts": with_balance(held, on).select_related("owner").order_by("owner__code", "kind", "code")[:PER_PAGE],
        "may_enter": actor.has_anywhere(policy.ENTER),
        "may_import": actor.has_anywhere(policy.IMPORT),
    }  # fmt: skip
    return render(request, "ledger/accounts.html", context)


def account(request: Request, code: str) -> HttpResponse:
    """One account: what is open and how old, and its entries with the balance after each; at a day."""
    found, on = find(request, code), day_asked(request)
    held = balance(found, on)
    rows = entries(found, on)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    newer = rows[: page.start_index() - 1] if page.number > 1 else rows.none()
    context = {
        "account": found,
        "about": about(request, found),
        "debtor": _shown(request, found.debtor_type, found.debtor_id),
        "on": on,
        "is_today": on == clock.today(),
        "balance": found.natural(held),
        "page": page,
        "sees_books": can(request.actor, policy.READ, found) or can(request.actor, policy.ENTER, found),
        "lines": lines(list(page), newer, held),
        **(_owing(found, on) if found.is_receivable else {}),
        **{name: can(request.actor, verb, found) for name, verb in
           (("may_enter", policy.ENTER), ("may_approve", policy.APPROVE), ("may_import", policy.IMPORT))},
    }  # fmt: skip
    return render(request, "ledger/account.html", context)


def _owing(found: Account, on: date) -> dict[str, Any]:
    open_ones = with_open(Charge.objects.filter(account=found), on).filter(open__gt=0)
    found_ages = ages([found.pk], on).get(found.pk, {})
    return {
        "charges": open_ones.select_related("kind", "transaction").order_by("due_on", "id"),
        "ages": [(BAND_NAMES[band], found_ages.get(band, 0)) for band in BANDS],
        "credit": credit(found, on),
    }


def about(request: Request, found: Account) -> Any:
    """The row that an account is about, when the reader may see it and it has a page."""
    return _shown(request, found.subject_type, found.subject_id)


def _abouts(request: Request, rows: list[Account]) -> dict[int, Any]:
    """Account (id) → what it is owed for, of those that the reader may see; one statement for each noun."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row.subject_id and subjects.knows(row.subject_type):
            ids.setdefault(row.subject_type, set()).add(row.subject_id)
    found = {noun: visible(request.actor, subjects.by_noun(noun).model_class).in_bulk(pks) for noun, pks in ids.items()}
    told = {row.pk: found.get(row.subject_type, {}).get(row.subject_id) for row in rows}
    return {pk: about for pk, about in told.items() if about is not None}


def _shown(request: Request, noun: str, pk: int | None) -> Any:
    """A row of any noun, when the reader may see it and it has a page."""
    if not pk or not subjects.knows(noun):
        return None
    row = visible(request.actor, subjects.by_noun(noun).model_class).filter(pk=pk).first()
    return row if row is not None and hasattr(row, "get_absolute_url") else None


def open_(request: Request) -> HttpResponse:
    """Open an account by hand."""
    need_anywhere(request.actor, policy.ENTER)
    form = OpenAccountForm(request.POST or None, actor=request.actor)

    def work(data: dict[str, Any]) -> Account:
        named = {**data, "name": data["name"] or None}
        return operations.open_account(request.actor, named.pop("owner"), **named)

    return form_page(request, form, work, heading=_("Open an account"), button=_("Open"))


def rename(request: Request, code: str) -> HttpResponse:
    found = find(request, code)
    require(request.actor, policy.ENTER, found)
    form = RenameForm(request.POST or None, initial={"name": found.name, "bank_number": found.bank_number})
    if not found.holds_money:
        del form.fields["bank_number"]
    return form_page(
        request,
        form,
        lambda data: operations.rename_account(request.actor, found, **data),
        heading=_("Rename"),
        back=found,
    )


def move(request: Request, code: str) -> HttpResponse:
    """What is open here is owed on another account: of an entry made twice, of a payer who is another one."""
    found = find(request, code)
    require(request.actor, policy.ENTER, found)
    form = MoveForm(request.POST or None, actor=request.actor, source=found)

    def work(data: dict[str, Any]) -> Account:
        operations.move_open(request.actor, found, **data)
        target: Account = data["target"]
        return target

    return form_page(
        request, form, work, heading=_("Move what is open"), back=found, button=_("Move"), done=_("Moved. Each charge has a posting of its own."),
        lead=_("Every open charge leaves this account and is owed on the other, until the same day. A second person can take it back."),
    )  # fmt: skip


def close(request: Request, code: str) -> HttpResponse:
    found = find(request, code)
    require(request.actor, policy.APPROVE, found)
    return form_page(
        request, CloseForm(request.POST or None), lambda data: operations.close_account(request.actor, found, **data),
        heading=_("Close this account"), back=found, button=_("Close"), danger=True,
    )  # fmt: skip
