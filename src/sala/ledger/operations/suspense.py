"""Money that the bank reports: it comes into the books as not placed yet, and leaves from there when somebody says whose it is."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core.errors import Conflict
from sala.core.operation import operation
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.models import (
    Account,
    AccountKind,
    Charge,
    LineState,
    Method,
    Payment,
    StatementLine,
    TransactionKind,
)
from sala.ledger.operations.accounts import standard
from sala.ledger.operations.payments import check_payment, enter
from sala.ledger.operations.posting import Draft, Side, post, post_many


def receive(actor: Actor, bank: Account, lines: Sequence[StatementLine]) -> None:
    """Bring what came in into the books, line by line, as not placed yet."""
    suspense = standard(actor, bank.owner, AccountKind.SUSPENSE, bank.currency)
    drafts = [
        Draft(TransactionKind.RECEIVED, line.day, [Side(bank, line.amount), Side(suspense, -line.amount)])
        for line in lines
    ]
    for line, row in zip(lines, post_many(actor, bank.owner, drafts) if drafts else [], strict=True):
        line.received, line.state = row, LineState.WAITING


def _waiting(line: StatementLine) -> StatementLine:
    rows = StatementLine.objects.select_for_update(of=("self",), no_key=True)
    line = rows.select_related("statement__bank__owner__area", "bank__owner", "received").get(pk=line.pk)
    if line.state != LineState.WAITING:
        raise Conflict(_("This line is placed already. Look at its payment."))
    return line


@operation
def place(actor: Actor, line: StatementLine, account: Account, *, chosen: Sequence[Charge] = ()) -> Payment:
    """Say whose money a line is: it becomes a payment on that account."""
    line = _waiting(line)
    require(actor, policy.IMPORT, line)
    check_payment(account, line.bank, line.amount)
    suspense = standard(actor, line.bank.owner, AccountKind.SUSPENSE, line.bank.currency)
    payment = enter(
        actor, account, into=line.bank, from_account=suspense, amount=line.amount, paid_on=line.day,
        method=Method.TRANSFER, bank_reference=_reference(line), payer_name=line.payer_name, chosen=chosen,
        credited=None, key="", is_invented=line.statement.is_invented,
    )  # fmt: skip
    line.state, line.payment = LineState.PLACED, payment
    line.save(update_fields=["state", "payment"])
    return payment


def _reference(line: StatementLine) -> str:
    """The bank's reference; with a count where a bank gave the same one to several lines of one day and amount."""
    if not line.reference:
        return ""
    same = StatementLine.objects.filter(bank=line.bank, reference=line.reference, day=line.day, amount=line.amount)
    before = same.filter(pk__lt=line.pk).count()
    return f"{line.reference} #{before + 1}"[:120] if before else line.reference


@operation
def same_as(actor: Actor, line: StatementLine, payment: Payment) -> StatementLine:
    """Say that a line is a payment entered by hand before: it leaves what is not placed, and nothing counts twice."""
    line = _waiting(line)
    require(actor, policy.IMPORT, line)
    payment = (
        Payment.objects.select_for_update(of=("self",), no_key=True).select_related("transaction").get(pk=payment.pk)
    )
    fits = payment.into_id == line.bank_id and payment.amount == line.amount and not payment.is_void
    if not fits or payment.statement_lines.exists():
        raise Conflict(_("This payment cannot be that line: account or amount differ, or it has its line already."))
    suspense = standard(actor, line.bank.owner, AccountKind.SUSPENSE, line.bank.currency)
    received = line.received
    draft = Draft(
        TransactionKind.VOID, line.day, [Side(suspense, line.amount), Side(line.bank, -line.amount)],
        reason=_("Entered before as %(number)s") % {"number": payment.transaction.number}, reverses=received,
    )  # fmt: skip
    post(actor, line.bank.owner, draft)
    line.state, line.payment = LineState.KNOWN, payment
    line.save(update_fields=["state", "payment"])
    record(actor, policy.IMPORT, payment, change="line matched", statement=line.statement_id, row=line.row)
    return line


def put_back(actor: Actor, payment: Payment) -> None:
    """After a payment was voided: the lines it stands for wait again, and their money is in the books."""
    for line in payment.statement_lines.select_related("bank__owner", "received__reversed_by"):
        if line.received is None or hasattr(line.received, "reversed_by"):
            receive(actor, line.bank, [line])
        line.state, line.payment = LineState.WAITING, None
        line.save(update_fields=["state", "payment", "received"])
