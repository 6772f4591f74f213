"""Changes to duties, calls and assignments."""

from sala.duties.operations.asked import Asked, add_asked, copied, remove_asked
from sala.duties.operations.assignments import acknowledge, declare_not_available, progress, start, submit
from sala.duties.operations.briefs import send_briefs
from sala.duties.operations.calendar_changes import follow_calendar, follow_calendar_everywhere
from sala.duties.operations.calls import draft_call, redraft_call, withdraw_call
from sala.duties.operations.closing import close_call
from sala.duties.operations.duties import assign_duty, end_duty, give_back_duties, pass_duties, pass_ownership
from sala.duties.operations.extensions import ask_extension, decide_extension
from sala.duties.operations.handing_on import hand_on
from sala.duties.operations.honours import give_honour
from sala.duties.operations.issuing import issue_call, missing_for_issue
from sala.duties.operations.letters import issue_letter, prepare_letter
from sala.duties.operations.orders import Ordered, order_for
from sala.duties.operations.owed import Owed, questions_owed, remind_of
from sala.duties.operations.recommendations import (
    answer_recommendation,
    describe_recommendation,
    draft_recommendation,
    put_to_offices,
    reword,
    state_position,
    submit_to,
)
from sala.duties.operations.reminders import remind
from sala.duties.operations.replacing import replace_call
from sala.duties.operations.reviews import accept, approve, remark, reopen, return_, unapprove, waive
from sala.duties.operations.rounds import draft_rounds
from sala.duties.operations.templates import (
    change_template,
    draft_round,
    make_template,
    retire_template,
    start_from_template,
)
from sala.duties.operations.threads import ask, hide, reply

__all__ = [
    "Asked",
    "Ordered",
    "Owed",
    "accept",
    "acknowledge",
    "add_asked",
    "answer_recommendation",
    "approve",
    "ask",
    "ask_extension",
    "assign_duty",
    "change_template",
    "close_call",
    "copied",
    "decide_extension",
    "declare_not_available",
    "describe_recommendation",
    "draft_call",
    "draft_recommendation",
    "draft_round",
    "draft_rounds",
    "end_duty",
    "follow_calendar",
    "follow_calendar_everywhere",
    "give_back_duties",
    "give_honour",
    "hand_on",
    "hide",
    "issue_call",
    "issue_letter",
    "make_template",
    "missing_for_issue",
    "order_for",
    "pass_duties",
    "pass_ownership",
    "prepare_letter",
    "progress",
    "put_to_offices",
    "questions_owed",
    "redraft_call",
    "remark",
    "remind",
    "remind_of",
    "remove_asked",
    "reopen",
    "replace_call",
    "reply",
    "retire_template",
    "return_",
    "reword",
    "send_briefs",
    "start",
    "start_from_template",
    "state_position",
    "submit",
    "submit_to",
    "unapprove",
    "waive",
    "withdraw_call",
]
