"""What the books say. Other parts ask `balance_of` and `ageing_of` about their own rows; both are one statement each."""

from sala.ledger.queries.about import ageing_of, balance_of

__all__ = ["ageing_of", "balance_of"]
