"""Every change of bodies, meetings, projects and courses that an official would name."""

from sala.bodies.operations.agenda import add_item, attach_paper, carry_over, change_item, remove_item, take_away_paper
from sala.bodies.operations.bodies import change_body, dissolve_body, end_seat, establish_body, give_seat
from sala.bodies.operations.decisions import add_action, take_decision
from sala.bodies.operations.follow_up import follow_replaced_calls, give_out
from sala.bodies.operations.meetings import (
    call_meeting,
    cancel_meeting,
    change_meeting,
    draft_meeting,
    enter_past_meeting,
    hold_meeting,
)
from sala.bodies.operations.minutes import (
    circulate_minutes,
    endorse_minutes,
    issue_report,
    return_minutes,
    write_minutes,
)
from sala.bodies.operations.papers import ask_paper, give_paper
from sala.bodies.operations.participants import invite, note_attendance, uninvite
from sala.bodies.operations.projects import add_partner, change_project, link_subject, register_project, remove_partner
from sala.bodies.operations.reminders import remind_of_meetings
from sala.bodies.operations.series import add_standing_item, remove_standing_item, start_series
from sala.bodies.operations.training import add_session, change_course, note_trained, plan_course

__all__ = [
    "add_action",
    "add_item",
    "add_partner",
    "add_session",
    "add_standing_item",
    "ask_paper",
    "attach_paper",
    "call_meeting",
    "cancel_meeting",
    "carry_over",
    "change_body",
    "change_course",
    "change_item",
    "change_meeting",
    "change_project",
    "circulate_minutes",
    "dissolve_body",
    "draft_meeting",
    "end_seat",
    "endorse_minutes",
    "enter_past_meeting",
    "establish_body",
    "follow_replaced_calls",
    "give_out",
    "give_paper",
    "give_seat",
    "hold_meeting",
    "invite",
    "issue_report",
    "link_subject",
    "note_attendance",
    "note_trained",
    "plan_course",
    "register_project",
    "remind_of_meetings",
    "remove_item",
    "remove_partner",
    "remove_standing_item",
    "return_minutes",
    "start_series",
    "take_away_paper",
    "take_decision",
    "uninvite",
    "write_minutes",
]
