"""Verbs on places, and who sees them: areas are public by nature; imports are seen by those who may import."""

from sala.access.scope import Scope

EDIT = "places.edit"
CHANGE = "places.change"
IMPORT = "places.import"

AREA_SCOPE = Scope(everyone=True, area="path")
IMPORT_SCOPE = Scope(read=IMPORT)
