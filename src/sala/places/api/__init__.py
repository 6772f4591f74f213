"""Places, lists of them, and facilities in the API."""

from ninja import Router

from sala.places.api import areas, facilities, lists

router = Router()
for part in (areas, facilities, lists):
    router.add_router("", part.router)
