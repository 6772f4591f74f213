"""Receipts and statement letters: issued papers with number, fingerprint and a page on which anyone verifies them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core.errors import Conflict, Overtaken
from sala.core.operation import operation
from sala.documents.models import IssuedDocument, IssuedKind
from sala.documents.operations import LaidOut, issue_document, lay_out
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.models import Account, Payment
from sala.ledger.queries.papers import receipt_content, statement_content
from sala.ledger.wording import in_each_language

TIMES = 3  # that a paper is laid out anew when another one of the office came first


@operation
def issue_receipt(actor: Actor, payment: Payment, *, acting: int | None = None) -> IssuedDocument:
    """The receipt of a payment; the same one when it was issued before. Raises Conflict for a payment taken back."""
    require(actor, policy.ENTER, payment, acting=acting)
    rows = Payment.objects.select_for_update(of=("self",), no_key=True)
    payment = rows.select_related("account__owner__area", "account__payer", "into", "transaction", "receipt").get(
        pk=payment.pk
    )
    if payment.is_void:
        raise Conflict(_("This payment was taken back. There is no receipt for it."))
    if payment.receipt:
        return payment.receipt
    title = in_each_language(lambda: _("Receipt of money"))
    paper = _issued(actor, payment.account, payment, IssuedKind.RECEIPT, title, receipt_content(payment), "ledger/pdf/receipt.html",
                    payment.is_invented)  # fmt: skip
    payment.receipt = paper
    payment.save(update_fields=["receipt"])
    record(actor, policy.ENTER, payment, change="receipt issued", number=paper.number)
    return paper


@operation
def issue_statement(actor: Actor, account: Account, *, on: date, acting: int | None = None) -> IssuedDocument:
    """A letter that tells the payer what is open at the end of a day, by age, and what came in."""
    require(actor, policy.ENTER, account, acting=acting)
    if not account.is_receivable:
        raise Conflict(_("A letter goes to a payer. Choose the account of one."))
    title = in_each_language(lambda: _("Statement of account"))
    paper = _issued(actor, account, account, IssuedKind.LETTER, title, statement_content(account, on), "ledger/pdf/statement.html",
                    account.is_invented)  # fmt: skip
    record(actor, policy.ENTER, account, change="statement issued", number=paper.number, on=on)
    return paper


def _issued(actor: Actor, account: Account, subject: Any, kind: str, title: Mapping[str, str], content: Mapping[str, Any],
            template: str, is_invented: bool) -> IssuedDocument:  # fmt: skip
    """Laid out first, then numbered, so that nobody waits for the layout; again when another paper came in between."""
    make: Callable[[], LaidOut] = lambda: lay_out(  # noqa: E731
        account.owner, kind=kind, title=title, context=content, template=template, is_invented=is_invented
    )
    for again in range(TIMES - 1, -1, -1):
        try:
            return issue_document(
                actor, account.owner, kind=kind, title=title, subject=subject, is_invented=is_invented,
                acting=actor.position_id, laid_out=make(),
            )  # fmt: skip
        except Overtaken:
            if not again:
                raise
    raise AssertionError("the last try either gives a paper or raises")
