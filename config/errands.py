"""The one list of what the worker does for a page that would take too long: kind → handler (core.errands.Handler)."""

from sala.catalogue import errands as catalogue
from sala.core.errands import Handler
from sala.documents import errands as documents
from sala.duties import errands as duties
from sala.ledger import errands as ledger
from sala.maps import errands as maps
from sala.places import errands as places
from sala.places import list_errands

ERRANDS: dict[str, Handler] = {
    "edition": catalogue.receive,
    "settle": catalogue.settle,
    "publish": catalogue.publish,
    "document": documents.add,
    "document-file": documents.add_file,
    "document-copy": documents.replace_file,
    duties.KIND: duties.write_letter,
    "bank-look": ledger.look,
    "bank-statement": ledger.take_in,
    "suitability": maps.suitability,
    "boundary-look": places.look,
    "boundaries": places.take_over,
    "place-look": list_errands.look_into_places,
    "places": list_errands.take_over_places,
    "place-change-look": list_errands.look_into_changes,
    "place-changes": list_errands.take_over_changes,
    "facility-look": list_errands.look_into_list,
    "facilities": list_errands.take_over_list,
}
