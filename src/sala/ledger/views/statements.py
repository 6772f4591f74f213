"""Statements of the bank: sending one, saying which column is what, placing its lines, and what is not placed yet."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page, need_anywhere
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.core import errands
from sala.core.errors import Missing, SalaError
from sala.core.form_faults import show_faults
from sala.core.models import Errand, ErrandState
from sala.ledger import bank_files, operations, policy
from sala.ledger.forms.statements import ColumnsForm, PlaceForm, StatementFileForm
from sala.ledger.models import Account, BankStatement, LineState, Payment, StatementLine
from sala.ledger.queries.matching import matched

PER_PAGE = 50
LOOK, TAKE = "bank-look", "bank-statement"


def statements(request: Request) -> HttpResponse:
    """Statements that were taken in, and how many of their lines wait."""
    need_anywhere(request.actor, policy.IMPORT)
    rows = visible(request.actor, BankStatement).select_related("bank")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    waiting = visible(request.actor, StatementLine).filter(state=LineState.WAITING).count()
    return render(request, "ledger/statements.html", {"page": page, "waiting": waiting})


def upload(request: Request) -> HttpResponse:
    """First step: the file. A look at it guesses which column is what."""
    need_anywhere(request.actor, policy.IMPORT)
    form = StatementFileForm(request.POST or None, request.FILES or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        told = {"name": file.name, "bank": form.cleaned_data["bank"].code, "sheet": ""}
        try:
            return redirect(
                errands.ask(request.actor, LOOK, title=file.name, file=Path(file.temporary_file_path()), told=told)
            )
        except SalaError as error:
            show_faults(form, error, "file")
    return render(request, "ledger/upload.html", {"form": form})


def columns(request: Request, token: str) -> HttpResponse:
    """Second step: which column is what. Sending it takes the lines in."""
    need_anywhere(request.actor, policy.IMPORT)
    looked = _own_errand(request, token)
    found = looked.found
    headings = {key: found["columns"][key] for key in found["order"]}
    form = ColumnsForm(request.POST or None, initial=found["guess"], columns=headings, labels=bank_files.roles())
    if form.is_valid():
        try:
            taken = errands.ask(
                request.actor, TAKE, title=looked.title, size=looked.bytes, sha256=looked.sha256, told=looked.asked["told"],
                sheet=found["sheet"], columns=form.columns(), decimal_mark=form.cleaned_data["decimal_mark"],
            )  # fmt: skip
        except SalaError as error:
            show_faults(form, error, bank_files.AMOUNT)
        else:
            if not taken.is_open:
                messages.success(request, counted(taken.found))
                for row, why in taken.found["refused"][:PER_PAGE]:
                    messages.warning(request, _("Row %(row)s: %(why)s") % {"row": row, "why": why})
            return redirect(taken)
    context = {"form": form, "found": found, "headings": headings.values(), "told": looked.asked["told"]}
    return render(request, "ledger/columns.html", context)


def counted(found: dict[str, Any]) -> str:
    words = _(
        "%(new)d new, %(unchanged)d unchanged, %(refused)d refused; %(known)d entered by hand before, %(out)d paid out."
    )
    return words % {
        **{name: found[name] for name in ("new", "unchanged", "known", "out")},
        "refused": len(found["refused"]),
    }


def _own_errand(request: Request, token: str) -> Errand:
    rows = Errand.objects.filter(kind=LOOK, state=ErrandState.DONE, asker__person=request.actor.person_id)
    found = rows.filter(pk=token).first()
    if found is None:
        raise Missing(_("This file is not known any more. Send it again."))
    return found


def find(request: Request, pk: int) -> BankStatement:
    return get_object_or_404(visible(request.actor, BankStatement).select_related("bank__owner__area"), pk=pk)


def statement(request: Request, pk: int) -> HttpResponse:
    """The lines of a statement: those that wait with whom they may belong to, and those that have their place."""
    found = find(request, pk)
    rows = found.lines.select_related("bank__owner", "statement", "payment__transaction", "payment__account")
    may_place = can(request.actor, policy.IMPORT, found)
    if request.method == "POST":
        require(request.actor, policy.IMPORT, found)
        _place(request, {line.pk: line for line in rows if line.state == LineState.WAITING})
        return redirect(found)
    lines = list(rows)
    context = {
        "statement": found,
        "waiting": matched(request.actor, lines) if may_place else [],
        "others": [line for line in lines if not may_place or line.state != LineState.WAITING],
        "may_place": may_place,
    }
    return render(request, "ledger/statement.html", context)


def _place(request: Request, waiting: dict[int, StatementLine]) -> None:
    """Place the lines that were ticked, each by itself: one that cannot be placed keeps no other back."""
    placed = 0
    codes = {pk: request.POST.get(f"account-{pk}", "") for pk in waiting if request.POST.get(f"take-{pk}")}
    rows = visible(request.actor, Account).filter(code__in=codes.values()).select_related("owner__area", "payer")
    accounts = {account.code: account for account in rows}
    for pk, code in codes.items():
        line = waiting[pk]
        if code not in accounts:
            messages.warning(request, _("Row %(row)s: %(why)s") % {"row": line.row, "why": _("Choose an account.")})
            continue
        try:
            operations.place(request.actor, line, accounts[code])
        except SalaError as error:
            messages.warning(request, _("Row %(row)s: %(why)s") % {"row": line.row, "why": error})
        else:
            placed += 1
    messages.success(request, _("%(count)d lines are placed.") % {"count": placed})


def suspense(request: Request) -> HttpResponse:
    """What came in and has no place yet, the oldest first."""
    need_anywhere(request.actor, policy.IMPORT)
    rows = visible(request.actor, StatementLine).filter(state=LineState.WAITING)
    rows = rows.select_related("statement", "bank__owner").order_by("day", "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "ledger/suspense.html", {"page": page})


def find_line(request: Request, pk: int) -> StatementLine:
    rows = visible(request.actor, StatementLine).select_related("statement__bank__owner__area", "bank__owner")
    return get_object_or_404(rows, pk=pk)


def place(request: Request, pk: int) -> HttpResponse:
    """One line by itself: any account of the office may be chosen."""
    line = find_line(request, pk)
    require(request.actor, policy.IMPORT, line)
    form = PlaceForm(request.POST or None, actor=request.actor, bank=line.bank)
    lead = " · ".join(filter(None, [line.bank.shown(line.amount), line.payer_name, line.reference, line.text]))
    return form_page(
        request, form, lambda data: operations.place(request.actor, line, data["account"]), heading=_("Whose money is this?"),
        back=line, button=_("Accept it"), lead=lead,
    )  # fmt: skip


def same(request: Request, pk: int, number: str) -> HttpResponse:
    """Say that a line is a payment that was entered by hand."""
    line = find_line(request, pk)
    require(request.actor, policy.IMPORT, line)
    payment = get_object_or_404(
        visible(request.actor, Payment).select_related("transaction", "into"), transaction__number=number
    )
    return form_page(
        request, button_form(request), lambda data: operations.same_as(request.actor, line, payment) and None,
        heading=_("The same as payment %(number)s") % {"number": number}, back=line, button=_("It is the same"),
        lead=_("The line leaves what is not placed, so that the money counts once."),
    )  # fmt: skip
