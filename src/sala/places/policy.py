"""Verbs on places, and who sees them: areas are public by nature; imports are seen by those who may import.

EDIT    correct what is written of an area (spelling, label point, other names)
CHANGE  a dated change of the tree: split, merge, rename, transfer
ENDED   recorded when an area's last day has passed; details: on, successors (ids)
IMPORT  read boundary files, and decide on their doubtful rows
"""

from sala.access.scope import Scope

EDIT = "places.edit"
CHANGE = "places.change"
ENDED = "places.ended"
IMPORT = "places.import"

AREA_SCOPE = Scope(everyone=True, area="path")
IMPORT_SCOPE = Scope(read=IMPORT)
