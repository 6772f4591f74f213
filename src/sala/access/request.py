"""What a request carries once the middleware has seen it; for annotations."""

from typing import Any

from django.http import HttpRequest

from sala.access.actor import Actor


class Request(HttpRequest):
    """actor: who asks. portal: the front door they came through. user: the signed-in person, if any.

    factor_demanded  whether a rule demands a second factor of that person, once it was asked
    """

    actor: Actor
    portal: Any
    user: Any
    factor_demanded: bool
