"""Organisations, posts and the people in them in the API."""

from ninja import Router

from sala.people.api import organisations, people, roles

router = Router()
for part in (organisations, people, roles):
    router.add_router("", part.router)
