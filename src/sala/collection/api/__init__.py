"""Forms and answers in the API."""

from ninja import Router

from sala.collection.api import answers, forms

router = Router()
for part in (forms, answers):
    router.add_router("", part.router)
