"""Search rows that change without a change of their own object."""

from procrastinate.contrib.django import app

from sala.search.operations import reindex

PLACED = ("area", "facility", "dataset", "document")  # nouns whose place on the map follows the boundaries


@app.task(name="search.follow_boundaries")
def follow_boundaries(event_id: int) -> int:
    """Boundaries came or went: what lies in which box of the map is written anew. Returns how many objects can be found."""
    return reindex(PLACED)
