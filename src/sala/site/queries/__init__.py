"""What a front door shows."""

from sala.site.queries.newest import newest_datasets, newest_documents
from sala.site.queries.portals import Narrowing, narrowing_of

__all__ = ["Narrowing", "narrowing_of", "newest_datasets", "newest_documents"]
