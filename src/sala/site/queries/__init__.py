"""Front doors, and what one shows."""

from sala.site.queries.newest import newest_datasets, newest_documents
from sala.site.queries.portals import Narrowing, known_portals, narrowing_of

__all__ = ["Narrowing", "known_portals", "narrowing_of", "newest_datasets", "newest_documents"]
