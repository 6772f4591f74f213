"""Organisations, posts and the people in them in the API."""

from ninja import Router

from sala.people.api import directory, roles

router = Router()
for part in (directory, roles):
    router.add_router("", part.router)
