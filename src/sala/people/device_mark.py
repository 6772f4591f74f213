"""A mark in the browser that tells scripts whose device this is while it has no line. It opens nothing.

It outlives a session, because what was filled in without a line must still be there when the session has ended; it goes
when the person signs out.
"""

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import salted_hmac

from sala.access.request import Request

NAME = "who"
DAYS = 180


def mark_of(request: Request) -> str:
    """Twenty letters that stand for the person and say nothing of them."""
    return salted_hmac("people.device_mark", str(request.actor.person_id)).hexdigest()[:20]


def mark_device(request: Request, response: HttpResponse) -> HttpResponse:
    response.set_cookie(
        NAME, mark_of(request), max_age=DAYS * 86_400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def forget_device(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(NAME, samesite="Lax")
    return response
