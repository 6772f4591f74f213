"""Front doors and the journal in the API."""

from ninja import Router

from sala.site.api import journal, portals

router = Router()
for part in (journal, portals):
    router.add_router("", part.router)
