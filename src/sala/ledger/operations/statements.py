"""Taking in a statement of the bank: each line comes into the books once, whatever file it stands in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sala.access.actor import Actor
from sala.access.scope import require
from sala.core import clock
from sala.core.errors import Conflict, Invalid
from sala.core.operation import operation
from sala.journal.operations import record
from sala.ledger import policy
from sala.ledger.bank_files import BankFile, BankLine
from sala.ledger.models import Account, AccountKind, BankStatement, LineState, Payment, StatementLine
from sala.ledger.operations.locking import held
from sala.ledger.operations.suspense import receive


@dataclass(frozen=True)
class TakenIn:
    """What became of a file's lines. known: new lines that were entered by hand before; out: what was paid out."""

    statement: BankStatement
    new: int
    unchanged: int
    known: int
    out: int
    refused: Sequence[tuple[int, str]]


@operation
def take_in(actor: Actor, bank: Account, file: BankFile, *, file_name: str, sha256: str,
            is_invented: bool = False) -> TakenIn:  # fmt: skip
    """Enter the lines of a bank's file that are not there yet. What came in waits to be placed.

    A line whose reference, amount and date a payment has already is that payment. Raises Invalid when no line of the
    file could be read.
    """
    if bank.kind != AccountKind.BANK:
        raise Invalid(_("A statement belongs to a bank account. Choose one."))
    statement = BankStatement(
        bank=bank, file_name=file_name[:200], sha256=sha256, taken_at=clock.now(), is_invented=is_invented
    )
    require(actor, policy.IMPORT, statement)
    if not file.lines:
        raise Invalid(_("No row of this file could be read. Check which column holds the date and which the amount."))
    if late := next((line for line in file.lines if line.day > clock.today()), None):
        raise Conflict(_("Row %(row)s lies in the future. Check how the file writes dates.") % {"row": late.row})
    held(bank)  # the same file sent twice at once is taken in once
    earlier = BankStatement.objects.filter(bank=bank, sha256=sha256).first()
    if earlier is None:
        statement.position_id = actor.position_id
        statement.save()
    there = set(
        StatementLine.objects.filter(bank=bank, key__in=[line.key for line in file.lines]).values_list("key", flat=True)
    )
    fresh = [_fresh(line, bank, earlier or statement) for line in file.lines if line.key not in there]
    _recognise(bank, fresh)
    receive(actor, bank, [line for line in fresh if line.state == LineState.WAITING])
    StatementLine.objects.bulk_create(fresh)
    counts = {state: sum(1 for line in fresh if line.state == state) for state in LineState}
    outcome = TakenIn(
        earlier or statement, len(fresh), len(there), counts[LineState.KNOWN], counts[LineState.OUT], file.refused
    )
    if fresh:
        record(actor, policy.IMPORT, outcome.statement, change="statement taken in", new=len(fresh), sha256=sha256,
               known=outcome.known, out=outcome.out, refused=len(file.refused))  # fmt: skip
    return outcome


def _fresh(line: BankLine, bank: Account, statement: BankStatement) -> StatementLine:
    return StatementLine(
        statement=statement, bank=bank, row=line.row, key=line.key, day=line.day, amount=line.amount,
        reference=line.reference, payer_name=line.payer, text=line.text,
        state=LineState.WAITING if line.amount > 0 else LineState.OUT,
    )  # fmt: skip


def _recognise(bank: Account, lines: Sequence[StatementLine]) -> None:
    """Lines of which a payment with the same reference, amount and date is entered already."""
    references = {line.reference for line in lines if line.reference}
    payments = Payment.objects.filter(into=bank, bank_reference__in=references, is_void=False, statement_lines=None)
    entered = {(row.bank_reference, row.amount, row.paid_on): row for row in payments}
    for line in lines:
        payment = entered.pop((line.reference, line.amount, line.day), None)
        if payment:
            line.state, line.payment = LineState.KNOWN, payment
