"""Forms, rounds and answers in the API."""

from ninja import Router

from sala.collection.api import answers, data, forms, rounds

router = Router()
for part in (forms, answers, data, rounds):
    router.add_router("", part.router)
