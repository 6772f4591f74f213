"""Calls, assignments, questions, templates, letters and recommendations in the API."""

from ninja import Router

from sala.duties.api import assignments, calls, letters, questions, recommendations, templates

router = Router()
for part in (assignments, calls, questions, letters, templates, recommendations):
    router.add_router("", part.router)
