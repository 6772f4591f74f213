"""Sharing agreements: the list, one of them, its steps."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.form_page import form_page
from sala.access.request import Request
from sala.access.scope import can, require, visible
from sala.catalogue import policy
from sala.catalogue.forms.agreements import AgreementForm, CloseForm, ColumnsForm, SignForm
from sala.catalogue.forms.exchange import tell
from sala.catalogue.models import Agreement
from sala.catalogue.operations import agreements as operations
from sala.catalogue.queries.agreements import agreements, datasets_on, headings_on
from sala.core.errors import Conflict, Invalid
from sala.documents.models import Document
from sala.duties.views.finding import need_anywhere

PER_PAGE = 30
State = Agreement.State


def index(request: Request) -> HttpResponse:
    page = Paginator(agreements(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "may_draft": request.actor.has_anywhere(policy.PUBLISH)}
    return render(request, "catalogue/exchange/agreements.html", context)


def found(actor: Actor, reference: str) -> Agreement:
    return get_object_or_404(agreements(actor), reference=reference)


def agreement(request: Request, reference: str) -> HttpResponse:
    row = found(request.actor, reference)
    context = {
        "agreement": row, "steps": steps_of(request.actor, row),
        "datasets": [(each, headings_on(each)) if each else (None, []) for each in datasets_on(request.actor, row)],
        "signatures": row.signatures.select_related("organisation", "position"),
        "paper": visible(request.actor, Document).filter(pk=row.document_id or 0).first(),
    }  # fmt: skip
    return render(request, "catalogue/exchange/agreement.html", context)


def steps_of(actor: Actor, row: Agreement) -> list[str]:
    """Steps that the reader may take now."""
    gives = can(actor, policy.PUBLISH, row.giver) or can(actor, policy.AGREE, row.giver)
    receives = can(actor, policy.AGREE, row.receiver)
    found = []
    if row.state == State.DRAFT and can(actor, policy.PUBLISH, row.giver):
        found += ["edit", "columns", "propose"]
    if row.state == State.PROPOSED and operations.sides_of(actor, row):
        found.append("sign")
    if row.state == State.PROPOSED and receives:
        found.append("decline")
    if row.state in operations.FROM["withdraw"] and gives:
        found.append("withdraw")
    if row.state == State.SIGNED and not row.has_run_out and (receives or can(actor, policy.AGREE, row.giver)):
        found.append("end")
    return found


def draft(request: Request) -> HttpResponse:
    need_anywhere(request.actor, policy.PUBLISH)
    form = AgreementForm(request.POST or None, reader=request.actor)
    if form.is_valid():
        try:
            made = operations.draft_agreement(request.actor, **form.cleaned_data)
        except Invalid as error:
            tell(form, error)
        else:
            messages.success(request, _("Drafted. Read it, then send it to be signed."))
            return redirect(made)
    context = {"form": form, "heading": _("New sharing agreement"), "button": _("Save the draft")}
    return render(request, "catalogue/exchange/form.html", context)


def _edit(request: Request, row: Agreement) -> HttpResponse:
    require(request.actor, policy.PUBLISH, row.giver)
    form = AgreementForm(request.POST or None, reader=request.actor, agreement=row)
    if form.is_valid():
        try:
            operations.change_agreement(request.actor, row, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            return redirect(row)
    context = {"form": form, "back": row, "heading": _("Change the draft"), "button": _("Save the draft")}
    return render(request, "catalogue/exchange/form.html", context)


def _columns(request: Request, row: Agreement) -> HttpResponse:
    """Which columns alone are shared of the datasets of a draft."""
    require(request.actor, policy.PUBLISH, row.giver)
    form = ColumnsForm(request.POST if request.method == "POST" else None, agreement=row)
    return form_page(
        request, form, lambda _data: operations.name_columns(request.actor, row, form.named()), heading=_("Columns that are shared"),
        back=row, button=_("Save"),
        lead=_("Tick the columns that the other office gets. The columns of places and periods always go with them, everything else stays closed to it. Where nothing is ticked the whole dataset is shared. A column that you tick is opened to it even where the dataset keeps it closed."),
    )  # fmt: skip


def step(request: Request, reference: str, step: str) -> HttpResponse:
    """edit, columns, propose, sign, decline, withdraw, end."""
    row = found(request.actor, reference)
    if step == "edit":
        return _edit(request, row)
    if step == "columns":
        return _columns(request, row)
    form, act, words = _of_step(request, row, step)
    if form.is_valid():
        try:
            act(request.actor, row, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            tell(form, error)
        else:
            messages.success(request, _("Done."))
            return redirect(row)
    return render(request, "catalogue/exchange/form.html", {"form": form, "back": row, **words})


def _of_step(request: Request, row: Agreement, step: str) -> tuple[Any, Any, dict[str, Any]]:
    sent = request.POST if request.method == "POST" else None
    if step == "propose":
        return _Press(sent), operations.propose_agreement, {
            "heading": _("Send it to be signed"), "button": _("Send"),
            "lead": _("From now on its words stand, and the other office reads it."),
        }  # fmt: skip
    if step == "sign":
        return SignForm(sent, parties=operations.sides_of(request.actor, row)), operations.sign_agreement, {
            "heading": _("Sign"), "button": _("Sign"),
            "lead": _("With the second signature access is open until the last day."),
        }  # fmt: skip
    closing = {
        "decline": (operations.decline_agreement, _("Decline")),
        "withdraw": (operations.withdraw_agreement, _("Withdraw")),
        "end": (operations.end_agreement, _("End now")),
    }
    if step not in closing:
        raise Http404
    act, words = closing[step]
    return CloseForm(sent), act, {"heading": words, "button": words, "danger": True}


class _Press(CloseForm):
    """A form with nothing but its button."""

    reason = None  # type: ignore[assignment]
