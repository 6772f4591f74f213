"""Forms, rounds and answers in the API."""

from ninja import Router

from sala.collection.api import answers, data, forms, rounds, visits

router = Router()
for part in (forms, answers, data, rounds, visits):
    router.add_router("", part.router)
