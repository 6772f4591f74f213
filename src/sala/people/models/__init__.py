"""Organisations, posts and the people who hold them for a time."""

from sala.people.models.keys import ApiToken, AttemptCount, OperatorSession, SignInLink
from sala.people.models.message import Message, MessageChannel, MessageState
from sala.people.models.organisation import (
    OUTSIDE_GOVERNMENT,
    Organisation,
    OrganisationKind,
    Position,
    PositionGrant,
    Role,
    Sharing,
)
from sala.people.models.person import (
    KIND_OF_MEMBERS,
    Appointment,
    AppointmentKind,
    HandOver,
    Person,
    PersonKind,
    PersonManager,
)

__all__ = [
    "KIND_OF_MEMBERS",
    "OUTSIDE_GOVERNMENT",
    "ApiToken",
    "Appointment",
    "AppointmentKind",
    "AttemptCount",
    "HandOver",
    "Message",
    "MessageChannel",
    "MessageState",
    "OperatorSession",
    "Organisation",
    "OrganisationKind",
    "Person",
    "PersonKind",
    "PersonManager",
    "Position",
    "PositionGrant",
    "Role",
    "Sharing",
    "SignInLink",
]
