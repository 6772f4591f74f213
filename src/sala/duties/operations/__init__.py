"""Changes to duties, calls and assignments."""

from sala.duties.operations.assignments import accept, acknowledge, remark, return_, start, submit
from sala.duties.operations.calls import draft_call, issue_call, redraft_call, withdraw_call
from sala.duties.operations.duties import assign_duty, end_duty
from sala.duties.operations.reminders import remind

__all__ = [
    "accept",
    "acknowledge",
    "assign_duty",
    "draft_call",
    "end_duty",
    "issue_call",
    "redraft_call",
    "remark",
    "remind",
    "return_",
    "start",
    "submit",
    "withdraw_call",
]
