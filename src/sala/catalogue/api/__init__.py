"""Datasets and their editions in the API."""

from ninja import Router

from sala.catalogue.api import datasets, editions

router = Router()
router.add_router("", datasets.router)
router.add_router("", editions.router)
