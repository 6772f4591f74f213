"""Calls, assignments, templates, letters and recommendations in the API."""

from ninja import Router

from sala.duties.api import calls, letters, recommendations, templates

router = Router()
router.add_router("", calls.router)
router.add_router("", letters.router)
router.add_router("", templates.router)
router.add_router("", recommendations.router)
