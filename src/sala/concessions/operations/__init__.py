"""Changes to the register of leases and concessions."""

from sala.concessions.operations.areas import set_area, set_aside_area
from sala.concessions.operations.concessions import change, enter
from sala.concessions.operations.confirmations import confirm, take_back
from sala.concessions.operations.doubles import mark_double, settle_double
from sala.concessions.operations.dues import correct_due, declare, end_due, enter_due, remove_due
from sala.concessions.operations.employment import correct_jobs, count_jobs
from sala.concessions.operations.further_places import add_further_place, correct_further_place, remove_further_place
from sala.concessions.operations.grants import correct_grant, grant, remove_grant
from sala.concessions.operations.papers import add_paper, remove_paper
from sala.concessions.operations.parties import change_party, end_holding, enter_party, hold
from sala.concessions.operations.party_doubles import keep_parties_apart, merge_parties, undo_merge
from sala.concessions.operations.published import explain_figure
from sala.concessions.operations.raising import raise_all, raise_charges
from sala.concessions.operations.releases import close_class, follow_releases, open_class
from sala.concessions.operations.returned import apply_returned, bring_back, take_along
from sala.concessions.operations.steps import take_step
from sala.concessions.operations.taking import note_register_taken
from sala.concessions.operations.villages import correct_village, remove_village, tell_village

__all__ = [
    "add_further_place",
    "add_paper",
    "apply_returned",
    "bring_back",
    "change",
    "change_party",
    "close_class",
    "confirm",
    "correct_due",
    "correct_further_place",
    "correct_grant",
    "correct_jobs",
    "correct_village",
    "count_jobs",
    "declare",
    "end_due",
    "end_holding",
    "enter",
    "enter_due",
    "enter_party",
    "explain_figure",
    "follow_releases",
    "grant",
    "hold",
    "keep_parties_apart",
    "mark_double",
    "merge_parties",
    "note_register_taken",
    "open_class",
    "raise_all",
    "raise_charges",
    "remove_due",
    "remove_further_place",
    "remove_grant",
    "remove_paper",
    "remove_village",
    "set_area",
    "set_aside_area",
    "settle_double",
    "take_along",
    "take_back",
    "take_step",
    "tell_village",
    "undo_merge",
]
