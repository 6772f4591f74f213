"""Charges, payments and the transactions behind them: entering, waiving, giving back, taking back."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import lao
from sala.ledger import operations, policy
from sala.ledger.forms.entries import ChargeForm, PayForm, RefundForm, VoidForm, WaiveForm
from sala.ledger.models import Account, Charge, Payment, Transaction
from sala.ledger.queries.open_items import free_of, with_open
from sala.ledger.queries.payments import alike
from sala.ledger.views.accounts import about, find

PER_PAGE = 50


# ---- entering ----------------------------------------------------------------------------------------------------


def enter_charge(request: Request, code: str) -> HttpResponse:
    account = find(request, code)
    require(request.actor, policy.ENTER, account)
    form = ChargeForm(request.POST or None, account=account)

    def work(data: dict[str, Any]) -> Charge:
        wanted = {name: data[name] for name in ("kind", "amount", "due_on", "period", "note", "key")}
        return operations.charge(request.actor, account, is_invented=account.is_invented, **wanted)

    return form_page(request, form, work, heading=_("Enter what is owed"), back=account, button=_("Enter"))


def enter_payment(request: Request, code: str) -> HttpResponse:
    """A payment. Payments of the same amount in the same days are shown first, and must be looked at."""
    account = find(request, code)
    require(request.actor, policy.ENTER, account)
    open_ones = with_open(Charge.objects.filter(account=account)).filter(open__gt=0).select_related("kind")
    form = PayForm(
        request.POST or None,
        actor=request.actor,
        account=account,
        open_charges=list(open_ones.order_by("due_on", "id")),
    )
    likes = _likes(form, account)
    if likes:
        form.ask_seen()
        if not request.POST.get("seen"):
            return render(request, "ledger/pay.html", {**_page(account), "form": form, "likes": likes})

    def work(data: dict[str, Any]) -> Payment:
        wanted = {name: value for name, value in data.items() if name != "seen" and value not in (None, "")}
        return operations.pay(request.actor, account, is_invented=account.is_invented, **wanted)

    return form_page(request, form, work, template="ledger/pay.html", **_page(account))


def _page(account: Account) -> dict[str, Any]:
    return {"heading": _("Enter a payment"), "back": account, "button": _("Enter")}


def _likes(form: PayForm, account: Account) -> list[Payment]:
    if not form.is_bound or not form.is_valid():
        return []
    data = form.cleaned_data
    sent_before = (
        Payment.objects.filter(account=account, transaction__key=data["key"]).exists() if data["key"] else False
    )
    return [] if sent_before else list(alike(account, data["amount"], data["paid_on"]))


# ---- charges -----------------------------------------------------------------------------------------------------


def find_charge(request: Request, number: str) -> Charge:
    rows = visible(request.actor, Charge).select_related(
        "account__owner__area", "account__payer", "kind", "transaction__reversed_by"
    )
    return get_object_or_404(rows, transaction__number=number)


def charge(request: Request, number: str) -> HttpResponse:
    found = find_charge(request, number)
    void = getattr(found.transaction, "reversed_by", None)
    open_now = with_open(Charge.objects.filter(pk=found.pk)).values_list("open", flat=True).first() or 0
    context = {
        "charge": found,
        "account": found.account,
        "about": about(request, found.account),
        "void": void,
        "open": open_now,
        "allocations": found.allocations.select_related("payment__transaction", "transaction").order_by("id"),
        "waivers": found.waivers.select_related("decision", "transaction__reversed_by"),
        "may_approve": void is None and can(request.actor, policy.APPROVE, found),
    }
    return render(request, "ledger/charge.html", context)


def waive(request: Request, number: str) -> HttpResponse:
    found = find_charge(request, number)
    require(request.actor, policy.APPROVE, found)
    form = WaiveForm(request.POST or None, actor=request.actor, charge=found)
    return form_page(
        request, form, lambda data: operations.waive(request.actor, found, **data) and None,
        heading=_("Waive a charge"), back=found, button=_("Waive"), danger=True,
        lead=_("A second person does this, on the strength of a numbered decision. It stays on record."),
    )  # fmt: skip


# ---- payments ----------------------------------------------------------------------------------------------------


def payments(request: Request) -> HttpResponse:
    """Payments by number, reference, payer or amount; the newest first."""
    q = lao.digits(request.GET.get("q", "")).strip()
    rows = visible(request.actor, Payment).select_related("account", "into", "transaction")
    if q:
        rows = rows.filter(
            Q(transaction__number__icontains=q) | Q(bank_reference__icontains=q) | Q(payer_name__icontains=q)
            | Q(receipt__number__iexact=q) | Q(account__code__iexact=q)
        )  # fmt: skip
    page = Paginator(rows.order_by("-paid_on", "-id"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledger/payments.html", {"page": page, "q": q})


def find_payment(request: Request, number: str) -> Payment:
    rows = visible(request.actor, Payment).select_related(
        "account__owner__area", "account__payer", "into", "receipt", "transaction__reversed_by"
    )
    return get_object_or_404(rows, transaction__number=number)


def payment(request: Request, number: str) -> HttpResponse:
    found = find_payment(request, number)
    free = free_of(found)
    may_approve = not found.is_void and can(request.actor, policy.APPROVE, found)
    context = {
        "payment": found,
        "account": found.account,
        "void": getattr(found.transaction, "reversed_by", None),
        "free": free,
        "allocations": found.allocations.select_related("charge__kind", "charge__transaction", "transaction").order_by("id"),
        "refunds": found.refunds.select_related("transaction__reversed_by"),
        "lines": found.statement_lines.select_related("statement"),
        "may_approve": may_approve,
        "may_refund": may_approve and free > 0 and found.into.currency == found.account.currency,
        "may_enter": can(request.actor, policy.ENTER, found),
        "sees_books": can(request.actor, policy.READ, found) or can(request.actor, policy.ENTER, found),
    }  # fmt: skip
    return render(request, "ledger/payment.html", context)


def refund(request: Request, number: str) -> HttpResponse:
    found = find_payment(request, number)
    require(request.actor, policy.APPROVE, found)
    form = RefundForm(request.POST or None, actor=request.actor, payment=found)
    return form_page(
        request, form, lambda data: operations.refund(request.actor, found, **data) and None,
        heading=_("Give back what is not used"), back=found, button=_("Give back"), danger=True,
        lead=_("%(free)s of this payment is not used.") % {"free": found.account.shown(free_of(found))},
    )  # fmt: skip


# ---- transactions ------------------------------------------------------------------------------------------------


def transaction(request: Request, number: str) -> HttpResponse:
    """One change of the books with its entries, for those who see the books."""
    found = find_transaction(request, number)
    context = {
        "row": found,
        "entries": found.entries.select_related("account").order_by("id"),
        "void": getattr(found, "reversed_by", None),
        "may_approve": can(request.actor, policy.APPROVE, found),
    }
    return render(request, "ledger/transaction.html", context)


def find_transaction(request: Request, number: str) -> Transaction:
    rows = visible(request.actor, Transaction).select_related("owner__area", "document", "reverses", "reversed_by")
    return get_object_or_404(rows, number=number)


def void(request: Request, number: str) -> HttpResponse:
    found = find_transaction(request, number)
    require(request.actor, policy.APPROVE, found)
    form = VoidForm(request.POST or None, actor=request.actor)
    return form_page(
        request, form, lambda data: operations.reverse(request.actor, found, **data),
        heading=_("Take this back"), back=found, button=_("Take back"), danger=True,
        lead=_("Nothing is erased: the reverse is entered today, and both stay on record. A second person does this."),
    )  # fmt: skip
