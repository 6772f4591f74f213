"""Datasets, their editions and the figures that calls ask in the API."""

from ninja import Router

from sala.catalogue.api import (
    agreements,
    asked,
    datasets,
    declaring,
    editions,
    exchange,
    origins,
    person_access,
    questions,
    services,
    tables,
    usage,
)

router = Router()
router.add_router("", asked.router)
router.add_router("", datasets.router)
router.add_router("", origins.router)
router.add_router("", declaring.router)
router.add_router("", tables.router)
router.add_router("", exchange.router)
router.add_router("", agreements.router)
router.add_router("", services.router)
router.add_router("", usage.router)
router.add_router("", questions.router)
router.add_router("", person_access.router)
router.add_router("", editions.router)
