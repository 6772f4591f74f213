"""Receipts and statement letters of the ledger."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from sala.access.form_page import button_form, form_page
from sala.access.request import Request
from sala.access.scope import require
from sala.core import clock
from sala.documents.models import IssuedFile
from sala.documents.views.files import as_download
from sala.ledger import operations, policy
from sala.ledger.forms.statements import LetterForm
from sala.ledger.views.accounts import find
from sala.ledger.views.entries import find_payment


def receipt(request: Request, number: str) -> HttpResponse:
    """Issue the receipt of a payment."""
    payment = find_payment(request, number)
    require(request.actor, policy.ENTER, payment)
    return form_page(
        request, button_form(request), lambda data: operations.issue_receipt(request.actor, payment) and None,
        heading=_("Issue the receipt"), back=payment, button=_("Issue"), done=_("The receipt is issued. Print it below."),
        lead=_("It gets the next number at once and cannot be changed afterwards."),
    )  # fmt: skip


def receipt_file(request: Request, number: str, language: str) -> HttpResponseBase:
    """The receipt as a file, for the office and for the payer."""
    payment = find_payment(request, number)
    file = get_object_or_404(IssuedFile.objects.filter(issued__isnull=False, issued=payment.receipt), language=language)
    return as_download(file.sha256, file.name, "application/pdf")


def letter(request: Request, code: str) -> HttpResponse:
    """Issue the statement letter of an account."""
    account = find(request, code)
    require(request.actor, policy.ENTER, account)
    form = LetterForm(request.POST or None, initial={"on": clock.today()})
    return form_page(
        request, form, lambda data: operations.issue_statement(request.actor, account, on=data["on"]),
        heading=_("Issue a statement letter"), back=account, button=_("Issue"), done=_("The letter is issued. Print it below."),
        lead=_("It tells the payer what is open, by age, and what came in."),
    )  # fmt: skip
