"""Verbs on accounts, charges and payments, and who sees them.

Books are seen by the organisation that keeps them and by those who hold `ledger.read` there; a payer sees its own
account, what it owes and what it paid. The one who entered an amount never voids, refunds or waives it: a second
person does.
"""

from sala.access.scope import Scope

READ = "ledger.read"
ENTER = "ledger.enter"
APPROVE = "ledger.approve"
IMPORT = "ledger.import"

ACCOUNT_SCOPE = Scope(owner="owner__path", area="owner__area__path", parties=("payer__path",), read=READ)
TRANSACTION_SCOPE = Scope(owner="owner__path", area="owner__area__path", read=READ)
CHARGE_SCOPE = Scope(
    owner="account__owner__path", area="account__owner__area__path", parties=("account__payer__path",), read=READ
)
PAYMENT_SCOPE = CHARGE_SCOPE
STATEMENT_SCOPE = Scope(owner="bank__owner__path", area="bank__owner__area__path", read=READ)
LINE_SCOPE = Scope(owner="statement__bank__owner__path", area="statement__bank__owner__area__path", read=READ)
# a rate of exchange is said for the whole country, so laying one down needs a post whose area is the country
RATE_SCOPE = Scope(everyone=True, owner="owner__path", area="reach")
