"""Duties of posts, calls, and the assignments that answer them. All work hangs on a position, never on a person.

A duty, a call or an assignment may be about a row of any noun: subject_type and subject_id, found through
sala.core.subjects.
"""

from sala.duties.models.assignment import Assignment, AssignmentStep, Extension, Review, Waiver
from sala.duties.models.call import PERIOD_HELP, Attachment, Call, CallKind, CallState
from sala.duties.models.duty import Duty, DutyKind
from sala.duties.models.honour import Honour
from sala.duties.models.letter import CallLetter
from sala.duties.models.recommendation import Outcome, Recommendation, Stance, StanceKind, Wording
from sala.duties.models.template import CallTemplate, Rhythm
from sala.duties.models.thread import Thread, ThreadEntry

__all__ = [
    "PERIOD_HELP",
    "Assignment",
    "AssignmentStep",
    "Attachment",
    "Call",
    "CallKind",
    "CallLetter",
    "CallState",
    "CallTemplate",
    "Duty",
    "DutyKind",
    "Extension",
    "Honour",
    "Outcome",
    "Recommendation",
    "Review",
    "Rhythm",
    "Stance",
    "StanceKind",
    "Thread",
    "ThreadEntry",
    "Waiver",
    "Wording",
]
