"""What is owed for one concession: its page, and entering, correcting, ending, charging."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sala.access.actor import Actor
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.concessions import operations, policy, redaction
from sala.concessions.forms.dues import (
    FINE,
    CorrectDueForm,
    DeclareForm,
    DueForm,
    EndDueForm,
    FineForm,
    RaiseForm,
    SettleDoubleForm,
)
from sala.concessions.forms.parts import AsideForm
from sala.concessions.models import Concession, Due, DueBasis, FieldClass
from sala.concessions.operations.raising import may_charge
from sala.concessions.queries.books import books_of
from sala.concessions.queries.doubles import owed_on
from sala.concessions.queries.due_periods import by_year, told
from sala.concessions.queries.dues import dues_of, loaded
from sala.concessions.views.profile import find
from sala.concessions.views.writing import write
from sala.core import clock
from sala.core.models import Term
from sala.documents.models import Document
from sala.ledger import policy as ledger_policy
from sala.ledger.calculations import BANDS
from sala.ledger.models import Account, Payment
from sala.ledger.queries.accounts import balances
from sala.ledger.queries.listing import ages
from sala.ledger.wording import BAND_NAMES

LATEST = 12  # payments shown


def _open_to(request: Request, reference: str) -> tuple[Concession, Any]:
    """The concession and the classes that the reader reads; 404 where what is owed is closed to the reader."""
    found = find(request, reference)
    classes = redaction.classes_of(request.actor, found)
    if FieldClass.MONEY not in classes:
        raise Http404
    return found, classes


def dues(request: Request, reference: str) -> HttpResponse:
    """Terms of payment with what is owed, charged, paid and open of each period, the accounts and the latest payments."""
    found, classes = _open_to(request, reference)
    actor, today = request.actor, clock.today()
    rows = told(actor, found, today.replace(month=12, day=31))
    accounts = visible(actor, Account).filter(
        pk__in=redaction.accounts_open(actor).filter(subject_id=found.pk).values("pk")
    )
    shown = list(accounts.select_related("owner").order_by("code"))
    held, late = balances([row.pk for row in shown]), ages([row.pk for row in shown], today)
    payments = visible(actor, Payment).filter(account__in=shown, is_void=False)
    mine = [row.due for row in rows if may_charge(actor, row.due)]
    context = {
        "concession": found, "rows": rows, "years": by_year(rows), "today": today,
        "accounts": [(row, held.get(row.pk, 0), late.get(row.pk, {})) for row in shown],
        "bands": [(band, BAND_NAMES[band]) for band in BANDS],
        "payments": payments.select_related("transaction", "into", "account", "receipt").order_by("-paid_on", "-pk")[:LATEST],
        "may_keep": may_keep(actor, found), "may_charge": bool(mine),
        "waiting": any(due.next_on and due.next_on <= today and due.basis != DueBasis.PERCENT for due in mine),
        "unreported": any(line.lacks for row in rows for line in row.periods) and bool(mine),
        "documents": visible(actor, Document).in_bulk({row.due.document_id for row in rows if row.due.document_id}),
        "reads_holder": FieldClass.HOLDER in classes,
        "declared": found.declared.filter(due__in=[row.due.pk for row in rows]).select_related("due__kind", "document"),
    }  # fmt: skip
    return render(request, "concessions/dues.html", context)


def may_keep(actor: Actor, concession: Concession) -> bool:
    """Whether the reader may say what is owed for it, in the books of some office."""
    if actor.is_everything:
        return True
    usual = books_of(concession.area)
    if usual is not None and can(actor, policy.DUES, Due(concession=concession, books=usual)):
        return True
    known = {due.books_id: due for due in dues_of([concession.pk])} if actor.has_anywhere(policy.DUES) else {}
    return any(can(actor, policy.DUES, due) for due in known.values())


def _for_keeping(request: Request, reference: str) -> Concession:
    """404 where it is closed to the reader, 403 where the reader may not say what is owed."""
    found, _classes = _open_to(request, reference)
    if not may_keep(request.actor, found):
        books = books_of(found.area) or found.lead
        require(request.actor, policy.DUES, Due(concession=found, books=books))
    return found


def _due(request: Request, reference: str, pk: int) -> Due:
    found, _classes = _open_to(request, reference)
    grants = redaction.grants_told(request.actor, found)
    row = get_object_or_404(dues_of([found.pk]), pk=pk)
    if grants is not None and row.grant_id is not None and row.grant_id not in grants:
        raise Http404
    require(request.actor, policy.DUES, row)
    return row


def _nothing(result: Any) -> None:
    """What was made has no page of its own: the reader goes back."""


def _write(request: Request, found: Concession, make: Any, work: Any, **shown: Any) -> HttpResponse:
    return write(request, found, make, work, to="concessions:dues", **shown)


def enter(request: Request, reference: str) -> HttpResponse:
    found = _for_keeping(request, reference)
    return _write(
        request, found, DueForm, lambda data: _nothing(operations.enter_due(request.actor, found, **data)),
        heading=_("A term of payment"),
        lead=_("What the agreement says. Nothing is charged by this; the page shows what follows from it."),
    )  # fmt: skip


def fine(request: Request, reference: str) -> HttpResponse:
    found = _for_keeping(request, reference)

    def work(data: dict[str, Any]) -> None:
        kind = Term.objects.get(scheme="charge-kind", code=FINE)
        operations.enter_due(request.actor, found, kind=kind, basis=DueBasis.ONCE, **data)

    return _write(
        request, found, FineForm, work, heading=_("A fine"), lead=_("It is owed once, by the decision that you name.")
    )


def correct(request: Request, reference: str, pk: int) -> HttpResponse:
    row = _due(request, reference, pk)

    def make(*args: Any, concession: Concession, **options: Any) -> CorrectDueForm:
        row.concession = concession
        return CorrectDueForm(*args, due=row, **options)

    return _write(
        request, row.concession, make,
        lambda data: _nothing(operations.correct_due(request.actor, row, data.pop("version"), **data)),
        heading=_("Correct the term of payment"),
        lead=_("For what was entered wrongly. Where the rate rises by agreement, end this term and enter the next."),
    )  # fmt: skip


def end(request: Request, reference: str, pk: int) -> HttpResponse:
    row = _due(request, reference, pk)

    def work(data: dict[str, Any]) -> None:
        operations.end_due(request.actor, row, **data)

    return _write(
        request, row.concession, EndDueForm, work, heading=_("End the term of payment"), lead=str(row.kind), button=_("End")
    )  # fmt: skip


def remove(request: Request, reference: str, pk: int) -> HttpResponse:
    row = _due(request, reference, pk)
    return _write(
        request, row.concession, AsideForm,
        lambda data: operations.remove_due(request.actor, row, reason=data["reason"], version=data["version"]),
        heading=_("Take out this term of payment"), button=_("Take out"), danger=True, lead=str(row.kind),
    )  # fmt: skip


def declare(request: Request, reference: str, pk: int) -> HttpResponse:
    row = _due(request, reference, pk)
    (one,) = loaded([row])
    begun = one.plan(clock.today()).owed if row.basis == DueBasis.PERCENT else ()

    def work(data: dict[str, Any]) -> None:
        operations.declare(request.actor, row, **data)

    def make(*args: Any, concession: Concession, **options: Any) -> DeclareForm:
        row.concession = concession
        return DeclareForm(*args, due=row, periods=begun, **options)

    return _write(request, row.concession, make, work, heading=_("A reported value"), lead=str(row.kind))


def charge(request: Request, reference: str) -> HttpResponse:
    found, _classes = _open_to(request, reference)
    rows = list(dues_of([found.pk]))
    if not any(may_charge(request.actor, due) for due in rows):
        books = rows[0].books if rows else books_of(found.area) or found.lead
        require(request.actor, policy.DUES, Due(concession=found, books=books))
        require(request.actor, ledger_policy.ENTER, Account(owner=books))

    def work(data: dict[str, Any]) -> None:
        made = operations.raise_charges(request.actor, found, again=data["again"])
        count = len(made)
        messages.success(
            request,
            ngettext("%(count)s charge was entered.", "%(count)s charges were entered.", count) % {"count": count}
            if count else _("Nothing new has begun: there is nothing to charge."),
        )  # fmt: skip

    return _write(
        request, found, RaiseForm, work, heading=_("Charge what has begun"), button=_("Charge"),
        lead=_("Each period is charged once, when it has begun. Nothing is charged after the end of the grant."),
    )  # fmt: skip


def settle_double(request: Request, reference: str) -> HttpResponse:
    """For the office of the books: what becomes of what is owed on an entry that is another one."""
    found = _for_keeping(request, reference)

    def work(data: dict[str, Any]) -> None:
        operations.settle_double(
            request.actor, found, same_as=data["same_as"], owed=data["owed"], reason=data["reason"]
        )

    return _write(
        request, found, SettleDoubleForm, work, heading=_("It was entered twice: what is owed"), button=_("Settle"),
        lead=_("On this entry is owed: %(owed)s.") % {"owed": owed_on(found).in_words or "–"}, done=_("Settled. Nothing is owed on this entry any more."),
    )  # fmt: skip
