"""Leases and concessions in the API."""

from ninja import Router

from sala.concessions.api import (
    assessing,
    dues,
    inspections,
    judging,
    numbers,
    orders,
    parties,
    party_doubles,
    register,
)

router = Router()
for part in (
    judging,
    assessing,
    dues,
    inspections,
    numbers,
    orders,
    party_doubles,
    parties,
    register,
):  # fixed addresses before those with a reference
    router.add_router("", part.router)
