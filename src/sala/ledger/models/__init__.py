"""The tables of the ledger, one file for each subject."""

from sala.ledger.models.account import Account, AccountKind
from sala.ledger.models.charge import Allocation, Charge, Waiver
from sala.ledger.models.payment import Method, Payment, Refund
from sala.ledger.models.rate import ExchangeRate
from sala.ledger.models.statement import BankStatement, LineState, StatementLine
from sala.ledger.models.transaction import Entry, Transaction, TransactionKind

__all__ = [
    "Account",
    "AccountKind",
    "Allocation",
    "BankStatement",
    "Charge",
    "Entry",
    "ExchangeRate",
    "LineState",
    "Method",
    "Payment",
    "Refund",
    "StatementLine",
    "Transaction",
    "TransactionKind",
    "Waiver",
]
