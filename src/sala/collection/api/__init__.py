"""Forms and answers in the API."""

from ninja import Router

from sala.collection.api import answers, data, forms

router = Router()
for part in (forms, answers, data):
    router.add_router("", part.router)
