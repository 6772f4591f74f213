"""What programs send and get of calls and assignments."""

from datetime import date, datetime
from typing import Any

from ninja import Schema


class AssignmentOut(Schema):
    """One assignment. `steps` are the moves open to the caller; `left` counts working days, negative when late."""

    id: int
    call: str
    title: dict[str, str]
    post: str
    checked_by: str
    state: str
    due_on: date | None
    left: int | None
    submissions: int
    returns: int
    reason: str
    answer: str
    steps: list[str]
    url: str


class AskedOut(Schema):
    post: str
    organisation: str
    state: str
    due_on: date | None


class CallOut(Schema):
    reference: str
    kind: str
    state: str
    title: dict[str, str]
    purpose: dict[str, str]
    instruction: dict[str, str]
    legal_basis: str
    issuer: str
    area: str | None
    period: str
    opens_on: date | None
    due_on: date | None
    is_public: bool
    is_invented: bool
    asker: str
    counts: dict[str, int]
    statistics: dict[str, Any] | None
    asked: list[AskedOut]
    url: str


class BoardOut(Schema):
    """One office or place: its code and name, how many of its assignments are in each state, and how many are late."""

    code: str
    name: dict[str, str]
    counts: dict[str, int]
    late: int


class EntryOut(Schema):
    post: str | None
    at: datetime
    is_answer: bool
    text: str
    hidden_reason: str


class ThreadOut(Schema):
    id: int
    due_on: date | None
    answered_at: datetime | None
    entries: list[EntryOut]


class ExtensionOut(Schema):
    """granted: null while nothing is decided."""

    id: int
    until: date
    reason: str
    granted: bool | None
    granted_until: date | None
    answer: str


class AnswerIn(Schema):
    """evidence: kind and number of each proof, such as "document:7"."""

    answer: str = ""
    evidence: list[str] = []


class ProgressIn(Schema):
    note: str
    evidence: list[str] = []


class DeclareIn(Schema):
    reason: str
    next_on: date | None = None


class RemarkIn(Schema):
    """A reason to one item of what is asked; the key is that of the item."""

    item: str
    label: str = ""
    reason: str


class HandOnIn(Schema):
    """post: code of the post of the same office that takes it."""

    post: str
    reason: str = ""


class ReturnIn(Schema):
    reason: str = ""
    remarks: list[RemarkIn] = []


class CheckIn(Schema):
    """gaps: number of a missing assignment below → why the answer is approved without it."""

    note: str = ""
    gaps: dict[int, str] = {}


class ReasonIn(Schema):
    reason: str


class NoteIn(Schema):
    note: str = ""


class TextIn(Schema):
    text: str


class ExtensionIn(Schema):
    until: date
    reason: str


class DecisionIn(Schema):
    granted: bool
    until: date | None = None
    answer: str = ""


class AskedIn(Schema):
    """Codes of posts: who is asked, who accepts (default: the issuer), and whose answer sums this one up."""

    post: str
    checker: str | None = None
    above: str | None = None


class DraftIn(Schema):
    """A call's draft. Texts per language, such as {"lo": …, "en": …}."""

    kind: str
    issuer: str
    title: dict[str, str]
    purpose: dict[str, str] = {}
    instruction: dict[str, str] = {}
    legal_basis: str = ""
    period: str = ""
    due_on: date | None = None
    due_days: int | None = None
    opens_on: date | None = None
    minutes: int | None = None
    asker: str = ""
    review_plan: list[dict[str, Any]] = []
    is_public: bool = False
    asked: list[AskedIn] = []
