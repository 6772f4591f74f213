"""Verbs on places and facilities, and who sees them: areas and facilities are public by nature; imports are seen by
those who may import.

EDIT    correct what is written of an area (spelling, label point, other names)
CHANGE  a dated change of the tree: split, merge, rename, transfer
ENDED   recorded when an area's last day has passed; details: on, successors (ids)
IMPORT  read boundary files, and decide on their doubtful rows
ADD     take in lists of new places, and decide on their doubtful rows
FACILITY_EDIT    enter facilities and correct them; move, close and reopen them; their codes
FACILITY_MERGE   decide whether two entries are one facility
FACILITY_IMPORT  read lists of facilities
The three of them reach a kind of facility that an organisation keeps only from the posts of that organisation.
"""

from sala.access.scope import Scope

EDIT = "places.edit"
CHANGE = "places.change"
ENDED = "places.ended"
IMPORT = "places.import"
ADD = "places.add"
FACILITY_EDIT = "facilities.edit"
FACILITY_MERGE = "facilities.merge"
FACILITY_IMPORT = "facilities.import"

AREA_SCOPE = Scope(everyone=True, area="path")
IMPORT_SCOPE = Scope(read=IMPORT)
PLACE_LIST_SCOPE = Scope(read=ADD)
FACILITY_SCOPE = Scope(everyone=True, area="area__path", keepers="kind__keepers")
FACILITY_IMPORT_SCOPE = Scope(read=FACILITY_IMPORT)
