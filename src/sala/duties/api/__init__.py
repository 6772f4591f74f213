"""Calls, assignments and recommendations in the API."""

from ninja import Router

from sala.duties.api import calls, recommendations

router = Router()
router.add_router("", calls.router)
router.add_router("", recommendations.router)
