"""Datasets, their editions and the figures that calls ask in the API."""

from ninja import Router

from sala.catalogue.api import asked, datasets, editions, tables

router = Router()
router.add_router("", asked.router)
router.add_router("", datasets.router)
router.add_router("", tables.router)
router.add_router("", editions.router)
