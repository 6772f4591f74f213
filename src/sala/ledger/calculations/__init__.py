"""Reckoning with money in plain Python: no float, no database. Amounts are whole numbers of the smallest unit."""

from sala.ledger.calculations.ageing import BANDS, Band, Open, aged, days_late
from sala.ledger.calculations.conversion import converted
from sala.ledger.calculations.schedule import Instalment, Part, RateGap, RateOverlap, Step, schedule
from sala.ledger.calculations.sharing import Claim, allocated, amount_for, rounded, shares

__all__ = [
    "BANDS",
    "Band",
    "Claim",
    "Instalment",
    "Open",
    "Part",
    "RateGap",
    "RateOverlap",
    "Step",
    "aged",
    "allocated",
    "amount_for",
    "converted",
    "days_late",
    "rounded",
    "schedule",
    "shares",
]
