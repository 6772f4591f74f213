"""Every change of the books that an official would name. Other parts build on these and on `ledger.queries`.

open_account(actor, owner, currency=…, payer=…, subject=…)   the account of what a payer owes for a subject; the same
                                                             one when it is there already. Who owes and is no
                                                             organisation here is its debtor: a row of any noun
charge(actor, account, kind=…, amount=…, due_on=…)           what is owed, with its period and how it came about
charge_many(actor, owner, asked)                             many charges of one office's books at once
pay(actor, account, into=…, amount=…, paid_on=…)             money that came in; settles the oldest charges, or those chosen
move_open(actor, source, target, reason=…)                   what is open, to the account on which it is owed
waive(actor, charge, decision=…)                             what is not asked for any more, by a decision
refund(actor, payment, amount=…, …)                          what is given back
reverse(actor, transaction, reason=…)                        take any of these back; a second person does
issue_receipt(actor, payment), issue_statement(actor, account, on=…)   numbered papers that anyone can verify

Amounts are whole numbers in the smallest unit of the account's currency. A `key` sent twice is entered once: the
second call gives what the first one made. A subject is a row of any noun, or a pair of noun and id.
"""

from sala.ledger.operations.accounts import close_account, open_account, rename_account
from sala.ledger.operations.charges import Asked, charge, charge_many, waive
from sala.ledger.operations.correcting import refund, reverse
from sala.ledger.operations.moving import Moved, move_open
from sala.ledger.operations.papers import issue_receipt, issue_statement
from sala.ledger.operations.payments import pay, use_credit
from sala.ledger.operations.rates import add_rate
from sala.ledger.operations.statements import TakenIn, take_in
from sala.ledger.operations.suspense import place, same_as

__all__ = [
    "Asked",
    "Moved",
    "TakenIn",
    "add_rate",
    "charge",
    "charge_many",
    "close_account",
    "issue_receipt",
    "issue_statement",
    "move_open",
    "open_account",
    "pay",
    "place",
    "refund",
    "rename_account",
    "reverse",
    "same_as",
    "take_in",
    "use_credit",
    "waive",
]
