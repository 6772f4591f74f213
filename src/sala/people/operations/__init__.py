"""Changes to organisations, posts and the people in them."""

from sala.people.operations.accounts import (
    ask_address,
    close_account,
    confirm_address,
    correct_person,
    erase_person,
    open_account,
)
from sala.people.operations.appointments import appoint, end_appointment, hand_over
from sala.people.operations.granting import confirm_role, grant_role, pass_grants, revoke_role
from sala.people.operations.identity import link_identity, unlink_identity
from sala.people.operations.messages import Letter, deliver, queue_message, queue_messages
from sala.people.operations.organisations import close_organisation, found_organisation, move_organisation
from sala.people.operations.posts import (
    abolish_position,
    create_position,
    create_usual_posts,
    found_with_usual_posts,
    make_head,
)
from sala.people.operations.rights import (
    close_operator_session,
    invite,
    make_token,
    open_operator_session,
    register,
    revoke_token,
)
from sala.people.operations.second_factor import (
    print_codes_anew,
    remove_second_factor,
    reset_second_factor,
    set_up_second_factor,
)
from sala.people.operations.sharing import (
    close_sharing,
    end_sharing,
    share,
    share_as_agreed,
    share_for_work,
    sharing_verb,
)

__all__ = [
    "Letter",
    "abolish_position",
    "appoint",
    "ask_address",
    "close_account",
    "close_operator_session",
    "close_organisation",
    "close_sharing",
    "confirm_address",
    "confirm_role",
    "correct_person",
    "create_position",
    "create_usual_posts",
    "deliver",
    "end_appointment",
    "end_sharing",
    "erase_person",
    "found_organisation",
    "found_with_usual_posts",
    "grant_role",
    "hand_over",
    "invite",
    "link_identity",
    "make_head",
    "make_token",
    "move_organisation",
    "open_account",
    "open_operator_session",
    "pass_grants",
    "print_codes_anew",
    "queue_message",
    "queue_messages",
    "register",
    "remove_second_factor",
    "reset_second_factor",
    "revoke_role",
    "revoke_token",
    "set_up_second_factor",
    "share",
    "share_as_agreed",
    "share_for_work",
    "sharing_verb",
    "unlink_identity",
]
