"""One function per change an official would name."""

from sala.collection.operations.devices import give_phone, gives_phones, revoke_phone
from sala.collection.operations.forms import (
    change_form,
    make_form,
    publish_version,
    receive_version,
    remove_draft,
    withdraw_form,
)
from sala.collection.operations.held import ask_anyway
from sala.collection.operations.intake import Incoming, Received, receive
from sala.collection.operations.joint import agree_joint, decline_joint, propose_joint, withdraw_proposal
from sala.collection.operations.media import add_file, renew_lists, use_list
from sala.collection.operations.parts import keep_all_parts, keep_part
from sala.collection.operations.reading import read_now, read_submission, read_waiting
from sala.collection.operations.releasing import make_edition, mark_questions
from sala.collection.operations.rounds import add_expected, choose_forms, expect_again, give_to, waive_expected
from sala.collection.operations.taking import note_taking
from sala.collection.operations.visits import call_off, change_visit, note_done, plan_visit

__all__ = [
    "Incoming",
    "Received",
    "add_expected",
    "add_file",
    "agree_joint",
    "ask_anyway",
    "call_off",
    "change_form",
    "change_visit",
    "choose_forms",
    "decline_joint",
    "expect_again",
    "give_phone",
    "give_to",
    "gives_phones",
    "keep_all_parts",
    "keep_part",
    "make_edition",
    "make_form",
    "mark_questions",
    "note_done",
    "note_taking",
    "plan_visit",
    "propose_joint",
    "publish_version",
    "read_now",
    "read_submission",
    "read_waiting",
    "receive",
    "receive_version",
    "remove_draft",
    "renew_lists",
    "revoke_phone",
    "use_list",
    "waive_expected",
    "withdraw_form",
    "withdraw_proposal",
]
