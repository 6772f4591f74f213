"""The one list of what "Where papers wait" counts, part by part (sala.duties.queries.waits.Source)."""

from sala.catalogue.queries.waits import review_waits
from sala.duties.queries.waits import Source, answer_waits

WAITS: list[Source] = [answer_waits, review_waits]
