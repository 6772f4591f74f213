"""The tables of bodies, one file for each subject."""

from sala.bodies.models.body import Body, BodyKind, Seat, SeatRole
from sala.bodies.models.meeting import (
    AgendaItem,
    AgendaPaper,
    ItemKind,
    Meeting,
    Outcome,
    Participant,
    Rhythm,
    Series,
    StandingItem,
)
from sala.bodies.models.minutes import Action, Decision, ItemMinutes, Minutes, Signature, Verdict
from sala.bodies.models.papers import PaperAsked, PaperGiven
from sala.bodies.models.project import (
    PartnerRole,
    PilotVerdict,
    Project,
    ProjectKind,
    ProjectLink,
    ProjectPartner,
    ProjectState,
)
from sala.bodies.models.training import Attendance, Course, Session

__all__ = [
    "Action",
    "AgendaItem",
    "AgendaPaper",
    "Attendance",
    "Body",
    "BodyKind",
    "Course",
    "Decision",
    "ItemKind",
    "ItemMinutes",
    "Meeting",
    "Minutes",
    "Outcome",
    "PaperAsked",
    "PaperGiven",
    "Participant",
    "PartnerRole",
    "PilotVerdict",
    "Project",
    "ProjectKind",
    "ProjectLink",
    "ProjectPartner",
    "ProjectState",
    "Rhythm",
    "Seat",
    "SeatRole",
    "Series",
    "Session",
    "Signature",
    "StandingItem",
    "Verdict",
]
