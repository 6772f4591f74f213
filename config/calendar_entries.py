"""The one list of what stands in the calendar (core.calendar.Source), part by part."""

from sala.bodies.queries import calendar as bodies
from sala.catalogue.queries import releases
from sala.collection.queries import owed, visit_rows
from sala.concessions.queries import assessments_waiting as assessments
from sala.concessions.queries import calendar as concessions
from sala.core.calendar import Source
from sala.duties.queries import calendar as duties
from sala.ledger.queries import calendar as ledger

CALENDAR: list[Source] = [
    Source(open_to=duties.calls_due, own=duties.work_due),
    Source(open_to=bodies.meetings_open, own=bodies.meetings_invited),
    Source(open_to=owed.answers_open, own=owed.answers_due),
    Source(open_to=visit_rows.visits_open, own=visit_rows.visits_own),
    Source(open_to=assessments.rounds_open, own=assessments.rounds_led),
    Source(open_to=concessions.nobody, own=concessions.dues_next),
    Source(open_to=ledger.nobody, own=ledger.charges_due),
    Source(open_to=releases.calendar_entries, own=releases.own_entries),
]
