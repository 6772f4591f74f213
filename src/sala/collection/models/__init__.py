"""What a form is, what is expected of whom, and what came in."""

from sala.collection.models.answer import Expected, ExpectedState, Reading, ReadingState, RoundForm
from sala.collection.models.form import About, Form, FormMedia, FormVersion, VersionState
from sala.collection.models.held import AskedAnyway, HeldKind
from sala.collection.models.part import AnswerEdition, AnswerPart
from sala.collection.models.picture import Picture
from sala.collection.models.sms import ShortMessage
from sala.collection.models.submission import AnswerStep, Channel, HandedHow, Submission, SubmissionFile, Unread
from sala.collection.models.taking import DailyTaking
from sala.collection.models.visit import JointAnswer, JointProposal, Verdict, Visit, VisitState

__all__ = [
    "About",
    "AnswerEdition",
    "AnswerPart",
    "AnswerStep",
    "AskedAnyway",
    "Channel",
    "DailyTaking",
    "Expected",
    "ExpectedState",
    "Form",
    "FormMedia",
    "FormVersion",
    "HandedHow",
    "HeldKind",
    "JointAnswer",
    "JointProposal",
    "Picture",
    "Reading",
    "ReadingState",
    "RoundForm",
    "ShortMessage",
    "Submission",
    "SubmissionFile",
    "Unread",
    "Verdict",
    "VersionState",
    "Visit",
    "VisitState",
]
