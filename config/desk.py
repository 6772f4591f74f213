"""The one list of what may wait on a desk: functions from an Actor to its rows (core.desk.DeskRow), part by part.

A part adds its function here; the desk sorts the rows: what is late first, then by group, then by due date.
"""

from sala.bodies.queries import desk as bodies
from sala.catalogue.queries import agreements, evidence
from sala.catalogue.queries import desk as catalogue
from sala.collection.queries import answers as collection
from sala.collection.queries import owed, visit_rows
from sala.concessions.queries import assessments_waiting as assessments
from sala.concessions.queries import desk as concessions
from sala.core.desk import Source
from sala.documents import queries as documents
from sala.duties import queries as duties
from sala.duties.queries import recommendations, rounds
from sala.ledger.queries import desk as ledger
from sala.people import queries as people

DESK_ROWS: list[Source] = [
    duties.desk_rows,
    recommendations.desk_rows,
    rounds.desk_rows,
    catalogue.desk_rows,
    agreements.desk_rows,
    evidence.desk_rows,
    bodies.desk_rows,
    concessions.desk_rows,
    assessments.desk_rows,
    owed.desk_rows,
    visit_rows.desk_rows,
    documents.desk_rows,
    ledger.desk_rows,
    collection.desk_rows,
    people.desk_rows,
]
