"""Places and facilities in the API."""

from ninja import Router

from sala.places.api import areas, facilities

router = Router()
for part in (areas, facilities):
    router.add_router("", part.router)
