"""The door of phones: they are answered before all that only browsers need.

A phone brings its key along. It has no session that could be misused, no message to be shown and no front door, so of what
stands further in (config/settings.py) it gets the reader's language and what the pack says, and nothing else. What stands
outside of this middleware holds for phones as well.
"""

from collections.abc import Callable
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

from sala.core.middleware import FactsMiddleware, LanguageMiddleware

DOOR = "/openrosa/"


class PhoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response
        # a fault inside is turned to an answer inside too, while the reader's language is set
        view: Any = convert_exception_to_response(_view)
        self.answer = LanguageMiddleware(FactsMiddleware(view))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = _address(request.path_info)
        if match is None:
            return self.get_response(request)
        request.resolver_match = match
        response = self.answer(request)
        if not response.streaming and "Content-Length" not in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
        return response


def _address(path: str) -> ResolverMatch | None:
    """The view for phones behind a path; None where there is none: the pages then say so."""
    if not path.startswith(DOOR):
        return None
    try:
        return resolve(path)
    except Resolver404:
        return None


def _view(request: HttpRequest) -> HttpResponse:
    view, args, named = request.resolver_match  # type: ignore[misc]  # set by whoever found the address
    return view(request, *args, **named)
