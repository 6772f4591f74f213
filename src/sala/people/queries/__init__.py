"""Who holds what today, and what waits for those who administer posts and people."""

from sala.people.queries.administration import desk_rows, roles_to_confirm
from sala.people.queries.holding import (
    actor_again,
    actor_for,
    actor_for_token,
    actor_of_key,
    actor_of_post,
    appointments_on,
    holder,
    kinds_of_posts,
    open_session,
    people_reached,
    position_with_grants,
    shared_with,
    sharings_of,
    still_holds,
    with_vacancy,
)

__all__ = [
    "actor_again",
    "actor_for",
    "actor_for_token",
    "actor_of_key",
    "actor_of_post",
    "appointments_on",
    "desk_rows",
    "holder",
    "kinds_of_posts",
    "open_session",
    "people_reached",
    "position_with_grants",
    "roles_to_confirm",
    "shared_with",
    "sharings_of",
    "still_holds",
    "with_vacancy",
]
