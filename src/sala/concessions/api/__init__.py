"""Leases and concessions in the API."""

from ninja import Router

from sala.concessions.api import assessing, dues, judging, numbers, register

router = Router()
for part in (judging, assessing, dues, numbers, register):  # fixed addresses before those with a reference
    router.add_router("", part.router)
